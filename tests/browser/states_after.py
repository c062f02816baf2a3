"""Paying, and everything that opens for those who booked."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from django.db.models import QuerySet

from bookings.models import Attendee, Booking
from bookings.services.requirements import Needs, record_requirements
from communications.models import Message
from config.kernel import clock
from customers.models import AccessLink, SignInRequest
from customers.services import signing_in
from invoicing.models import Invoice
from tests.browser.scenes import THREE, Scene
from tests.browser.states import State
from tests.system.servers import until
from tests.system.visitor import Answer, Visitor, book, order_places

BOOKING, PLACE = AccessLink.Purpose.BOOKING, AccessLink.Purpose.ATTENDEE


def order(scene: Scene, places: int = 3) -> tuple[Visitor, Answer]:
    visitor = scene.visitor()
    return visitor, order_places(visitor, scene.session().code, places, THREE if places > 1 else {})


def payment(scene: Scene) -> None:
    visitor, page = order(scene)
    scene.go_on(visitor, page)
    scene.walk.page.get_by_role("button", name="Pay £270").wait_for()


def declined(scene: Scene) -> None:
    """On Stripe's own page, and back."""
    visitor, page = order(scene)
    sent = visitor.post(page)
    stripe = scene.site.visitor(sent.location)
    stripe.post(stripe.get(sent.location), number="4000000000000002", expiry="12 / 34", cvc="123", name="Hannah")
    scene.go_on(visitor, visitor.follow(visitor.get(page.path.replace("/pay/", "/paid/"))))
    scene.walk.page.get_by_role("button", name="Pay £270").wait_for()


def unknown_yet(scene: Scene) -> None:
    """Back from Stripe's page while Stripe does not answer."""
    visitor, page = order(scene)
    scene.walk.take_over(visitor)
    checkout = urlsplit(visitor.post(page).location).path.rpartition("/")[2]
    # The worker, who asks Stripe about other payments, must not use the failure up.
    scene.site.stripe.control("faults", method="GET", path=f"/v1/checkout/sessions/{checkout}", kind="500", times=1)
    scene.walk.open(page.path.replace("/pay/", "/paid/"))


def paid(scene: Scene) -> Answer:
    visitor = scene.visitor()
    page = book(visitor, scene.session().code, 3, THREE)
    scene.go_on(visitor, page)
    return page


def booking_page(scene: Scene, status: Booking.Status) -> None:
    scene.open_link(BOOKING, scene.booking(status=status).pk)
    scene.walk.press("Continue")


def all_sent(scene: Scene, page: Answer) -> QuerySet[Message]:
    """The letters about what was booked there, once none of them is under way."""
    letters = Message.objects.filter(booking__reference=scene.reference(page.path))
    until(lambda: not letters.exclude(state=Message.State.SENT).exists())
    return letters


def confirmation_again(scene: Scene) -> None:
    page = paid(scene)
    all_sent(scene, page).update(created_at=clock.now() - timedelta(hours=1))
    scene.walk.open(page.path)
    scene.walk.press("Email me the confirmation again")


def confirmation_being_made(scene: Scene) -> None:
    booking_page(scene, Booking.Status.CONFIRMED)
    scene.walk.open(scene.walk.path + "confirmation.pdf")


def invoice_failed(scene: Scene) -> None:
    page = paid(scene)
    invoices = Invoice.objects.filter(booking__reference=scene.reference(page.path))
    until(invoices.filter(pdf_state=Invoice.PdfState.READY).exists)
    # A letter that carries the PDF and finds it missing has it made again.
    all_sent(scene, page)
    invoices.update(pdf_state=Invoice.PdfState.FAILED)
    scene.walk.open(f"{page.path}invoices/{invoices.get().number}.pdf")


def link(scene: Scene) -> None:
    scene.open_link(BOOKING, scene.booking().pk)


def own_needs(scene: Scene) -> None:
    """Hannah comes too, and said with her order what would help her."""
    booking = scene.booking(contact_email="hannah@example.org")
    booking.attendees.filter(position=1).update(is_booker=True)
    needs = [(booking.attendees.get(position=1), Needs(("large-print",)))]
    record_requirements(booking=booking, needs=needs, now=clock.now())
    scene.open_link(BOOKING, booking.pk)
    scene.walk.press("Continue")
    scene.walk.press("See, change or take back what you told us would help you")


def place(scene: Scene, status: Booking.Status = Booking.Status.CONFIRMED) -> None:
    attendee = Attendee.objects.get(booking=scene.booking(status=status), position=2)
    scene.open_link(PLACE, attendee.pk)
    scene.walk.press("Continue")


def need_on_record(scene: Scene) -> None:
    place(scene)
    scene.walk.tick("Large print handouts")
    scene.walk.press("Save what helps me")


def words_without_consent(scene: Scene) -> None:
    place(scene)
    scene.walk.type_into("Anything else, in your own words (optional)", "A chair with arms")
    scene.walk.press("Save what helps me")


def sign_in_link(scene: Scene, age: timedelta = timedelta()) -> None:
    request = signing_in.ask(email="hannah@example.org")
    link = signing_in.make_link(request=request)
    AccessLink.objects.filter(pk=link.pk).update(expires_at=link.expires_at - age)
    SignInRequest.objects.filter(pk=request.pk).update(created_at=clock.now() - age)
    scene.walk.open(scene.path_of(link))


def my_bookings(scene: Scene, bookings: int) -> None:
    scene.sign_in(bookings)
    scene.walk.open("/my/")


AFTER = [
    State("payments:pay", "form", payment, "Pay £270", is_before_payment=False),
    State("payments:pay", "declined", declined, "Pay £270", focus="div.banner", is_error=True, is_before_payment=False),
    State("payments:returned", "unknown yet", unknown_yet, "We’re checking your payment"),
    State("bookings:booking", "paid", paid, "You’re booked, Hannah", focus="section.panel"),
    *[
        State("bookings:booking", status.label, partial(booking_page, status=status), h1, focus="section.panel")
        for status, h1 in (
            (Booking.Status.PENDING, "Waiting for payment"),
            (Booking.Status.EXPIRED, "This booking ran out of time"),
            (Booking.Status.CANCELLED, "This booking is cancelled"),
        )
    ],
    State("bookings:own_needs", "on record", own_needs, "What helps you take part, Hannah"),
    State(
        "communications:confirmation_again", "asked", confirmation_again, "You’re booked, Hannah", focus="div.banner"
    ),
    State(
        "invoicing:confirmation_pdf",
        "being made",
        confirmation_being_made,
        "Your booking confirmation is being made",
        202,
    ),
    State("invoicing:invoice_pdf", "failed", invoice_failed, "We couldn’t make the PDF of invoice INV-*"),
    State("bookings:place", "booked", place, "Your place, Tom"),
    State("bookings:place", "on record", need_on_record, "Your place, Tom", focus="h2#helps"),
    State(
        "bookings:place",
        "without consent",
        words_without_consent,
        "Your place, Tom",
        focus="div.error-summary",
        is_error=True,
    ),
    State(
        "bookings:place",
        "cancelled",
        partial(place, status=Booking.Status.CANCELLED),
        "This place isn’t booked any more",
    ),
    State("customers:open_link", "", link, "Your booking"),
    State(
        "customers:open_link",
        "unknown",
        lambda scene: scene.walk.open("/access/nothing/"),
        "This link doesn’t work",
        404,
    ),
    State("customers:finish_sign_in", "", sign_in_link, "One press to finish signing in"),
    State(
        "customers:finish_sign_in",
        "too late",
        partial(sign_in_link, age=timedelta(hours=1)),
        "This link has run out",
        410,
    ),
    State(
        "customers:finish_sign_in",
        "unknown",
        lambda scene: scene.walk.open("/my/sign-in/nothing/"),
        "This link doesn’t work",
        404,
    ),
    State("customers:my_bookings", "none", partial(my_bookings, bookings=0), "My bookings"),
    State("customers:my_bookings", "three", partial(my_bookings, bookings=3), "My bookings"),
]
