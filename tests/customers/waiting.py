"""What needs a person, one of each kind; each gives back what puts it right."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4

from bookings.models import Booking, CourseSession, SpecialRequirement
from bookings.services.arranging import mark_arranged
from bookings.services.requirements import Needs, OwnWords, add_own_requirement
from communications.models import Message
from config.kernel import clock
from invoicing.models import BookingConfirmation
from invoicing.services.issuing import issue_invoice
from payments.models import Discrepancy, Payment, Refund, StripeEvent
from tests.factories import (
    make_booking,
    make_payment,
    make_refund,
    make_session,
    make_staff,
    make_user,
    make_venue,
    offer_first_templates,
)

DAY = timedelta(days=1)


def taught(**fields: Any) -> CourseSession:
    """A session that somebody teaches, a month off unless told otherwise."""
    session = make_session(**({"starts_at": clock.now() + 40 * DAY} | fields))
    session.instructors.add(make_user(kind="instructor"))
    return session


def needs(session: CourseSession, *slugs: str, words: str = "") -> SpecialRequirement:
    place = make_booking(session, people=[("Tom", "Ackroyd", "")]).attendees.get()
    own_words = OwnWords(words, "2026-11") if words else None
    add_own_requirement(attendee_id=place.pk, needs=Needs(slugs, own_words))
    return SpecialRequirement.objects.get(attendee=place)


def arrange(said: SpecialRequirement) -> None:
    mark_arranged(requirement_id=said.pk, user=make_staff(), arranged="All of it", said_at=said.said_at)


def critical() -> Callable[[], object]:
    offer_first_templates()
    said = needs(taught(), words="I have epilepsy")
    return lambda: arrange(said)


def standard() -> Callable[[], object]:
    offer_first_templates()
    said = needs(taught(starts_at=clock.now() + 10 * DAY), "large-print")
    return lambda: arrange(said)


def venue_gap() -> Callable[[], object]:
    offer_first_templates()
    venue = make_venue(name="Kelham Works", town="Leeds", hearing_loop=False)
    said = needs(taught(starts_at=clock.now() + 10 * DAY, venue=venue), "hearing-loop")
    return lambda: arrange(said)


def discrepancy() -> Callable[[], object]:
    found = Discrepancy.objects.create(kind="unknown_payment", stripe_object_id=f"pi_{uuid4()}", found="£180.00")
    return lambda: update(found, resolved_at=clock.now())


def failed_refund() -> Callable[[], object]:
    payment = make_payment(make_booking(taught()))
    refund = make_refund(payment, amount=Decimal(30), status=Refund.Status.FAILED, last_error="The card is closed.")
    return lambda: update(refund, status=Refund.Status.REQUESTED)


def failed_event() -> Callable[[], object]:
    event = StripeEvent.objects.create(
        id=f"evt_{uuid4()}",
        type="refund.updated",
        happened_at=clock.now(),
        state="failed",
        last_error="No refund.",
    )
    return lambda: update(event, state=StripeEvent.State.APPLIED)


def stuck_payment() -> Callable[[], object]:
    payment = make_payment(make_booking(taught()), status=Payment.Status.PROCESSING, created_at=clock.now() - 8 * DAY)
    return lambda: update(payment, status=Payment.Status.OPEN, way="page", stripe_checkout_id=f"cs_{uuid4()}")


def lost_payment() -> Callable[[], object]:
    payment = make_payment(
        make_booking(taught()), status=Payment.Status.OPEN, way="form", created_at=clock.now() - 2 * DAY
    )
    return lambda: update(payment, stripe_form_id=f"pi_{uuid4()}")


def declined() -> Callable[[], object]:
    asked_at = clock.now() - timedelta(hours=1)
    booking = make_booking(taught(), status=Booking.Status.PENDING, lapses_at=clock.now() + 2 * DAY)
    payment = make_payment(
        booking, status=Payment.Status.OPEN, last_decline_code="insufficient_funds", created_at=asked_at
    )
    # Somebody who still tries, and somebody whose places are gone.
    trying = make_booking(taught(), status=Booking.Status.PENDING, lapses_at=clock.now() + 2 * DAY)
    make_payment(trying, status=Payment.Status.OPEN, last_decline_code="insufficient_funds")
    lapsed = make_booking(taught(), status=Booking.Status.PENDING, lapses_at=asked_at)
    make_payment(lapsed, status=Payment.Status.OPEN, last_decline_code="expired_card", created_at=asked_at)
    return lambda: update(payment, last_decline_code="")


def refunded_in_dashboard() -> Callable[[], object]:
    booking = make_booking(taught())
    make_refund(make_payment(booking), amount=booking.total, reason=Refund.Reason.DASHBOARD)
    # A part that went back is somebody's kindness.
    part = make_payment(make_booking(taught()))
    make_refund(part, amount=Decimal(1), reason=Refund.Reason.DASHBOARD)
    return lambda: update(booking, status=Booking.Status.CANCELLED, cancelled_at=clock.now())


def ended() -> Callable[[], object]:
    session = taught(starts_at=clock.now() - 3 * DAY)
    return lambda: update(session, status=CourseSession.Status.COMPLETED)


def about_to_lapse() -> Callable[[], object]:
    soon: Any = {"lapses_at": clock.now() + timedelta(hours=5)}
    phone = make_booking(taught(), status=Booking.Status.PENDING, source=Booking.Source.PHONE, **soon)
    make_booking(taught(), status=Booking.Status.PENDING, **soon)
    return lambda: update(phone, status=Booking.Status.CONFIRMED, confirmed_at=clock.now(), lapses_at=None)


def too_many() -> Callable[[], object]:
    session = taught(starts_at=clock.now() + 5 * DAY, capacity=1)
    make_booking(session, people=[("Tom", "Ackroyd", ""), ("Priya", "Shah", "")])
    return lambda: update(session, capacity=2)


def bounced() -> Callable[[], object]:
    booking = make_booking(taught(), contact_phone="07700 900142")
    letter = message(booking, state=Message.State.BOUNCED)
    return lambda: message(booking, dedupe_key=f"{letter.dedupe_key}:resend:1")


def failed_letter() -> Callable[[], object]:
    letter = message(None, state=Message.State.FAILED, kind=Message.Kind.OFFICE_LETTER, last_error="No address.")
    return lambda: message(None, kind=letter.kind, dedupe_key=f"{letter.dedupe_key}:resend:1")


def without_instructor() -> Callable[[], object]:
    session = make_session(starts_at=clock.now() + 5 * DAY)
    return lambda: session.instructors.add(make_user(kind="instructor"))


def tentative() -> Callable[[], object]:
    session = taught(starts_at=clock.now() + 9 * DAY, status=CourseSession.Status.TENTATIVE)
    make_booking(session)
    return lambda: update(session, status=CourseSession.Status.CONFIRMED)


def invoice() -> Callable[[], object]:
    booking = make_booking(taught())
    issued = issue_invoice(booking=booking, paid=booking.total, paid_on=clock.london_today(), payment_note="")
    update(issued, pdf_state="failed", pdf_error="No font.")
    return lambda: update(issued, pdf_state="ready")


def printed() -> Callable[[], object]:
    paper = BookingConfirmation.objects.create(booking=make_booking(taught()), pdf_state="failed", pdf_error="No font.")
    return lambda: update(paper, pdf_state="ready")


def late_print() -> Callable[[], object]:
    paper = BookingConfirmation.objects.create(
        booking=make_booking(taught()), pdf_next_attempt_at=clock.now() - timedelta(hours=1)
    )
    return lambda: update(paper, pdf_next_attempt_at=clock.now())


def update(row: Any, **fields: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(**fields)


def message(booking: Booking | None, **fields: Any) -> Message:
    given: dict[str, Any] = {
        "kind": Message.Kind.BOOKING_CONFIRMATION,
        "dedupe_key": str(uuid4()),
        "to_email": "tom@example.org",
    }
    return Message.objects.create(booking=booking, **given | fields)


class Waiting(NamedTuple):
    """One kind of what the desk shows."""

    make: Callable[[], Callable[[], object]]
    seen_by: str
    mended_by: str
    what: str
    button: str
    as_fact: str = ""
    """What it is to who does not put it right, if that is said otherwise."""


_NEED, _SESSION = "bookings.change_specialrequirement", "bookings.change_coursesession"
_BOOKING, _PAYMENT, _LETTER = "bookings.view_booking", "payments.view_payment", "communications.view_message"
_FAILED_PRINT = ("invoicing.view_bookingconfirmation", "invoicing.change_bookingconfirmation", "has no PDF")
_REQUIREMENT, _SOMETHING = "bookings.view_specialrequirement", "Tom Ackroyd needs something"
_MONEY, _EVENT = "payments.view_discrepancy", "payments.view_stripeevent"
_ADD_REFUND, _AGAIN = "payments.add_refund", "communications.send_message_again"

KINDS = [
    Waiting(critical, _REQUIREMENT, _NEED, "Tom Ackroyd has a critical requirement", "Prepare"),
    Waiting(standard, _REQUIREMENT, _NEED, f"{_SOMETHING} arranged", "Prepare", _SOMETHING),
    Waiting(
        venue_gap,
        "bookings.read_adjustments",
        _NEED,
        "Kelham Works, Leeds can’t meet what Tom Ackroyd needs",
        "Prepare",
        _SOMETHING,
    ),
    Waiting(discrepancy, _MONEY, "payments.change_discrepancy", "Money with no payment of ours", "Match it"),
    Waiting(
        failed_refund, "payments.view_refund", _ADD_REFUND, "£30.00 did not get back to Hannah Okafor", "Send it again"
    ),
    Waiting(failed_event, _EVENT, "payments.change_stripeevent", "News from Stripe was not taken in", "Try again"),
    Waiting(stuck_payment, _PAYMENT, _ADD_REFUND, "£90.00 from Hannah Okafor is still with the bank", "Open"),
    Waiting(lost_payment, _PAYMENT, _ADD_REFUND, "£90.00 from Hannah Okafor was never heard of", "Open"),
    Waiting(declined, _PAYMENT, _ADD_REFUND, "The card of Hannah Okafor was declined", "Open"),
    Waiting(refunded_in_dashboard, _BOOKING, "bookings.cancel_booking", "is refunded and still booked", "Decide"),
    Waiting(ended, _BOOKING, _SESSION, "A course is over and still open", "Complete"),
    Waiting(about_to_lapse, _BOOKING, "bookings.add_booking", "is not paid, and its places go at", "Ring them"),
    Waiting(too_many, _BOOKING, _SESSION, "2 people for 1 place", "Decide"),
    Waiting(bounced, _LETTER, _AGAIN, "Booking confirmation bounced", "Fix address"),
    Waiting(failed_letter, _LETTER, _AGAIN, "Letter from the office could not be sent", "Send again"),
    Waiting(without_instructor, _BOOKING, _SESSION, "Nobody teaches this course yet", "Assign"),
    Waiting(tentative, _BOOKING, _SESSION, "Will this course run?", "Decide", "This course is still tentative"),
    Waiting(invoice, "invoicing.view_invoice", "invoicing.change_invoice", "has no PDF", "Make it again"),
    Waiting(printed, *_FAILED_PRINT, "Make it again"),
    Waiting(late_print, *_FAILED_PRINT, "Make it again"),
]


MAKERS = [kind.make for kind in KINDS]
