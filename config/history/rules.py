"""Which records have a change history, and what of them is left out of it.

Every model stands in RULES or in EXEMPT; a test sees to it, and another that the database has exactly these triggers.
After a change here comes a migration that calls `config.history.triggers.install` again.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How the rows of one table get into the history."""

    table: str
    record: str
    """The label of the record in whose history a change stands: "bookings.Booking"."""
    key: str = "id"
    """The column that holds that record's key."""
    part: str = ""
    """Which part of the record a row of this table is, where it is not the record itself."""
    ignored: tuple[str, ...] = ()
    """Columns that are book-keeping or follow from others."""
    hidden: tuple[str, ...] = ()
    """Columns of which only is told that they changed: secrets and what people say about their health."""
    only: tuple[str, ...] = ()
    """Nothing but a change of these columns counts."""
    is_append_only: bool = False
    """Written once by our code: creation is no news, any change is."""


_PAPER = ("pdf_attempts", "pdf_next_attempt_at", "pdf_path", "pdf_sha256")

RULES = (
    Rule(
        table="customers_user",
        record="customers.User",
        ignored=("last_login", "email_key", "session_round"),
        hidden=("password",),
    ),
    Rule(table="customers_user_tags", record="customers.User", key="user_id", part="tags", ignored=("id",)),
    Rule(table="customers_user_groups", record="customers.User", key="user_id", part="roles", ignored=("id",)),
    Rule(
        table="customers_user_user_permissions",
        record="customers.User",
        key="user_id",
        part="permissions",
        ignored=("id",),
    ),
    Rule(table="auth_group", record="auth.Group"),
    Rule(table="auth_group_permissions", record="auth.Group", key="group_id", part="permissions", ignored=("id",)),
    Rule(table="customers_tag", record="customers.Tag"),
    Rule(table="customers_organisation", record="customers.Organisation"),
    Rule(table="customers_membership", record="customers.Membership"),
    Rule(table="customers_note", record="customers.Note"),
    Rule(
        table="customers_accesslink", record="customers.AccessLink", ignored=("last_used_at",), hidden=("token_hash",)
    ),
    Rule(table="customers_activity", record="customers.Activity", is_append_only=True),
    Rule(table="bookings_course", record="bookings.Course"),
    Rule(table="bookings_venue", record="bookings.Venue"),
    Rule(table="bookings_coursesession", record="bookings.CourseSession"),
    Rule(
        table="bookings_coursesession_instructors",
        record="bookings.CourseSession",
        key="coursesession_id",
        part="instructors",
        ignored=("id",),
    ),
    Rule(table="bookings_sessionday", record="bookings.CourseSession", key="session_id", part="days", ignored=("id",)),
    Rule(table="bookings_bookingpolicy", record="bookings.BookingPolicy"),
    Rule(table="bookings_booking", record="bookings.Booking", ignored=("reference_key", "hold_id")),
    Rule(table="bookings_attendee", record="bookings.Booking", key="booking_id", part="people"),
    Rule(table="bookings_requirementtemplate", record="bookings.RequirementTemplate"),
    Rule(
        table="bookings_specialrequirement",
        record="bookings.SpecialRequirement",
        hidden=("adjustments", "own_words", "arranged", "reopen_reason"),
    ),
    Rule(
        table="payments_payment",
        record="payments.Payment",
        ignored=("checkout_round", "checkout_expires_at", "way", "next_look_at", "looks"),
    ),
    Rule(
        table="payments_paymentallocation",
        record="payments.Payment",
        key="payment_id",
        part="bookings",
        is_append_only=True,
    ),
    Rule(table="payments_paymentevent", record="payments.PaymentEvent", is_append_only=True),
    Rule(table="payments_refund", record="payments.Refund", ignored=("round", "attempts", "next_attempt_at")),
    Rule(table="payments_discrepancy", record="payments.Discrepancy"),
    Rule(table="invoicing_supplierprofile", record="invoicing.SupplierProfile"),
    Rule(table="invoicing_invoice", record="invoicing.Invoice", ignored=_PAPER),
    Rule(
        table="invoicing_invoiceline",
        record="invoicing.Invoice",
        key="invoice_id",
        part="lines",
        is_append_only=True,
    ),
    Rule(table="invoicing_bookingconfirmation", record="invoicing.BookingConfirmation", ignored=_PAPER),
    # Its states are its events; the words of a letter would stand here a second time.
    Rule(table="communications_message", record="communications.Message", only=("to_email", "to_name")),
    Rule(table="communications_messageevent", record="communications.MessageEvent", is_append_only=True),
    Rule(table="communications_pagetext", record="communications.PageText"),
)

EXEMPT = {
    "customers.Change": "it is the history",
    "customers.Viewing": "the database refuses to change it, and to remove it before its time",
    "customers.CustomerStatistics": "recomputed whole from the facts",
    "customers.SignInRequest": "lives for some days and is written by our code alone",
    "customers.PortalVisit": "a visit, not a record",
    "customers.SearchWord": "made from the names of others' records",
    "customers.SecondFactor": "the timeline says when one was set up and removed",
    "customers.RecoveryCode": "the timeline says when one was used",
    "bookings.Hold": "what somebody types before they order",
    "payments.StripeEvent": "its own row says what became of it",
    "invoicing.NumberSequence": "the invoices say which numbers were given",
    "communications.MailboxMessage": "stands in for a mail server on a development machine",
    "admin.LogEntry": "Django's own log",
    "auth.Permission": "made from the models",
    "contenttypes.ContentType": "made from the models",
    "sessions.Session": "a visit, not a record",
}
