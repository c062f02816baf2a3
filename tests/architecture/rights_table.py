"""Who may open which page of the site, and who may press something there. A page without a row fails the test.

Roles by letter: w the owner, o the office, f finance, i the instructor (of the session that everything hangs on),
a the auditor. A stranger and a customer who is signed in to their bookings are sent to the log-in by the whole office.
"""

from dataclasses import dataclass

EVERYBODY = "wofia"
_SEEING = "wofa"
_WORKING = "wo"


@dataclass(frozen=True)
class Model:
    """Who finds a model's rows in the list and their pages; adds one; changes one. Nobody deletes.

    Who looks also sees what was changed, unless `history` says who does.
    """

    view: str
    add: str = ""
    change: str = ""
    history: str = ""


@dataclass(frozen=True)
class Page:
    """Who gets `status` for looking, and who may press.

    Others get 403, or 404 where they are not told either that something is there; who may only look, 403 or 405.
    """

    get: str
    post: str = ""
    status: int = 200
    query: str = ""


@dataclass(frozen=True)
class Open:
    """A page outside the office: what a stranger, the customer whose booking it is, and staff get for looking.

    Pressing is tried where `post` says what a stranger gets; the customer is then not refused.
    """

    stranger: int
    customer: int
    staff: int | str = 0
    """0: as a stranger; letters: these roles get what the customer gets, the others what a stranger gets."""
    post: int = 0


_READ = Model(_SEEING)
_KEPT = Model(_SEEING, _WORKING, _WORKING)

MODELS = {
    "auth.group": Model("wa"),
    "customers.accesslink": _READ,
    "customers.activity": _READ,
    "customers.change": _READ,
    "customers.customerstatistics": _READ,
    "customers.membership": _KEPT,
    # Written and put right on pages of their own, below.
    "customers.note": _READ,
    "customers.organisation": _KEPT,
    "customers.portalvisit": _READ,
    "customers.secondfactor": Model("wa"),
    "customers.signinrequest": _READ,
    "customers.tag": _KEPT,
    "customers.user": _KEPT,
    "customers.viewing": Model("wa"),
    # What was changed of somebody holds their address.
    "bookings.attendee": Model(EVERYBODY, history=_SEEING),
    "bookings.booking": Model(_SEEING, change=_WORKING),
    "bookings.bookingpolicy": Model(_SEEING, "w"),
    "bookings.course": _KEPT,
    "bookings.coursesession": Model(EVERYBODY, _WORKING, _WORKING),
    "bookings.hold": _READ,
    "bookings.requirementtemplate": _KEPT,
    "bookings.specialrequirement": Model("woa"),
    "bookings.venue": _KEPT,
    "payments.discrepancy": _READ,
    "payments.payment": _READ,
    "payments.paymentevent": _READ,
    "payments.refund": _READ,
    "payments.stripeevent": _READ,
    "invoicing.bookingconfirmation": _READ,
    "invoicing.invoice": _READ,
    "invoicing.numbersequence": _READ,
    "invoicing.supplierprofile": Model(_SEEING, "w"),
    "communications.mailboxmessage": Model("wo"),
    "communications.message": _READ,
    "communications.pagetext": Model(_SEEING, change=_WORKING),
}

# What can be done to rows chosen in a list.
ACTIONS = {
    ("customers.accesslink", "revoke"): _WORKING,
    ("bookings.hold", "release"): _WORKING,
    ("payments.stripeevent", "try_again"): "wf",
    ("payments.refund", "try_again"): "wf",
    ("invoicing.invoice", "make_pdf_again"): "wof",
    ("invoicing.bookingconfirmation", "make_pdf_again"): "wof",
    ("communications.message", "send_failed_again"): "wof",
}

STAFF_PAGES = {
    "index": Page(EVERYBODY),
    "password_change": Page(EVERYBODY, EVERYBODY),
    "password_change_done": Page(EVERYBODY),
    "jsi18n": Page(EVERYBODY),
    "app_list": Page(EVERYBODY, EVERYBODY),
    "view_on_site": Page(EVERYBODY, EVERYBODY, 404),
    "autocomplete": Page(EVERYBODY, query="app_label=bookings&model_name=hold&field_name=session"),
    "second_factor": Page(EVERYBODY),
    "second_factor_begin": Page(EVERYBODY, EVERYBODY),
    "second_factor_set_up": Page(EVERYBODY, EVERYBODY, 302),
    "second_factor_codes": Page(EVERYBODY, EVERYBODY, 302),
    "second_factor_remove": Page(EVERYBODY, EVERYBODY, 302),
    "auth_user_password_change": Page("w", "w"),
    "customers_lookup": Page(_SEEING),
    "customers_user_page": Page(_SEEING),
    "customers_user_role": Page("w", "w"),
    "customers_user_second_factor": Page("w", "w"),
    "customers_user_note": Page("wof", "wof"),
    "customers_note_edit": Page(_SEEING, _WORKING),
    "customers_note_pin": Page(_WORKING, _WORKING, 405),
    "customers_user_write": Page(_WORKING, _WORKING),
    "customers_user_sign_in_link": Page(_WORKING, _WORKING),
    "bookings_booking_page": Page(_SEEING),
    # The PDF is being made.
    "bookings_booking_confirmation": Page(_SEEING, status=202),
    "bookings_booking_cancel": Page(_WORKING, _WORKING),
    "bookings_booking_export": Page("wof"),
    "bookings_booking_new": Page(_WORKING, _WORKING),
    "bookings_booking_payment_link": Page(_WORKING, _WORKING),
    "bookings_coursesession_page": Page(EVERYBODY),
    "bookings_coursesession_people": Page(EVERYBODY),
    "bookings_coursesession_move": Page(_WORKING, _WORKING),
    "bookings_specialrequirement_page": Page("woia", "woi"),
    "bookings_specialrequirement_page_arranged": Page(_WORKING, _WORKING, 405),
    "bookings_specialrequirement_page_again": Page(_WORKING, _WORKING, 405),
    "payments_payment_page": Page(_SEEING),
    "payments_payment_look": Page("wof", "wof", 405),
    "payments_payment_refund": Page("wof", "wof"),
    "payments_refund_again": Page("wf", "wf", 405),
    "payments_discrepancy_resolve": Page("wf", "wf"),
    "communications_message_page": Page(_SEEING),
    "communications_message_letter": Page(_SEEING),
    "communications_message_resend": Page("wof", "wof"),
    "communications_mailboxmessage_attachment": Page(_WORKING, _WORKING, 404),
}

OPEN_PAGES = {
    "favicon": Open(302, 302),
    "healthz": Open(200, 200),
    # Nothing works in the background while this is tested.
    "readyz": Open(503, 503),
    "admin:login": Open(200, 200, 302),
    "admin:logout": Open(302, 302, 405, post=302),
    # Nobody is half in.
    "admin:login_code": Open(302, 302),
    "admin:login_set_up": Open(302, 302),
    "customers:open_link": Open(404, 404),
    "customers:my_bookings": Open(302, 200),
    "customers:sign_in": Open(200, 302),
    "customers:sign_in_sent": Open(302, 302),
    "customers:finish_sign_in": Open(404, 404),
    "customers:sign_out": Open(405, 405),
    "payments:pay": Open(404, 302, post=404),
    "payments:form": Open(405, 405, post=404),
    "payments:ask": Open(405, 405, post=404),
    "payments:more_time": Open(405, 405, post=404),
    "payments:returned": Open(404, 200),
    "payments:stripe_webhook": Open(405, 405, post=400),
    "payments:stripe_webhook_old": Open(405, 405, post=400),
    "invoicing:confirmation_pdf": Open(404, 202),
    "invoicing:invoice_pdf": Open(404, 202, _SEEING),
    "communications:confirmation_again": Open(405, 405, post=404),
    "communications:help": Open(200, 200),
    "communications:terms": Open(200, 200),
    "communications:terms_version": Open(200, 200),
    "communications:privacy": Open(200, 200),
    "communications:accessibility": Open(200, 200),
    "bookings:catalogue": Open(200, 200),
    "bookings:robots": Open(200, 200),
    "bookings:sitemap": Open(200, 200),
    "bookings:course": Open(200, 200),
    "bookings:book": Open(200, 200),
    "bookings:people": Open(302, 302),
    "bookings:requirements": Open(302, 302),
    "bookings:check": Open(302, 302),
    "bookings:booking": Open(404, 200),
    "bookings:booking_calendar": Open(404, 200),
    # The booker's own place, which they may see: on to its page.
    "bookings:own_needs": Open(404, 302, post=404),
    "bookings:verify_certificate": Open(200, 200),
    "bookings:place": Open(404, 200, post=404),
    "bookings:place_calendar": Open(404, 200),
}
