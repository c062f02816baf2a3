"""Placing an order: person, booking, payment and access link, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from bookings import locks, selectors
from bookings.exceptions import NoSuchHold
from bookings.models import Booking, Hold
from bookings.services.placing import Order, place_booking
from config.kernel import clock, signing
from config.kernel.jobs import enqueue
from config.kernel.money import format_money
from customers.models import AccessLink
from customers.services.access import ensure_access_link, link_token, make_access_link
from customers.services.matching import match_or_create
from customers.services.timeline import record_activity
from payments.selectors import latest_payment
from payments.services.opening import open_payment


@dataclass(frozen=True)
class PlacedOrder:
    """`payment_id` is None for a free course, which payments.flows.completing confirms without Stripe."""

    booking: Booking
    payment_id: UUID | None
    access_token: str


@transaction.atomic
def place_order(*, hold_id: UUID, secret: str, order: Order) -> PlacedOrder:
    """Makes the booking of this hold, once: a second call gives back the first one's booking.

    Raises NoSuchHold for a wrong secret, and what `place_booking` raises, having changed nothing.
    Locks: User (matching), CourseSession, Hold.
    """
    hold = _opened_hold(hold_id, secret)
    if hold.ordered_at is not None:
        return _placed_already(hold)
    contact = order.contact
    customer = match_or_create(
        email=contact.email,
        first_name=contact.first_name,
        last_name=contact.last_name,
        phone=contact.phone,
        company=contact.company,
    )
    session = locks.lock_session(hold.session_id)
    hold = locks.lock_hold(hold_id)
    if hold.ordered_at is not None:
        return _placed_already(hold)
    now = clock.now()
    booking = place_booking(session=session, hold=hold, customer=customer, order=order, now=now)
    payment = open_payment(booking=booking, amount=booking.total) if booking.total else None
    record_activity(
        user_id=customer.pk,
        kind="booking_placed",
        summary=f"Ordered {hold.places} of {session.course.name}, {format_money(booking.total)}",
        subject_kind="booking",
        subject_key=str(booking.pk),
    )
    # An order that is not paid yet counts among a customer's bookings (customers.flows.statistics).
    enqueue("customers.tasks.refresh_statistics", customer.pk)
    # Nothing can lead to a booking that was made just now: there is no link to look for.
    token = _access_token(booking, make_access_link)
    return PlacedOrder(booking, payment.pk if payment else None, token)


def _opened_hold(hold_id: UUID, secret: str) -> Hold:
    """What must be known of the hold before anything is locked. Raises NoSuchHold."""
    holds = Hold.objects.only("session_id", "ordered_at")
    try:
        return holds.get(pk=hold_id, secret_hash=signing.hash_token(secret))
    except Hold.DoesNotExist:
        raise NoSuchHold from None


def _placed_already(hold: Hold) -> PlacedOrder:
    booking = Booking.objects.select_related("session").get(hold=hold)
    payment = latest_payment(booking)
    token = _access_token(booking, ensure_access_link)
    return PlacedOrder(booking, payment.pk if payment else None, token)


def _access_token(booking: Booking, get_link: Callable[..., AccessLink]) -> str:
    """The secret that opens the booking's page, for the browser that placed the order."""
    link = get_link(
        purpose=AccessLink.Purpose.BOOKING,
        subject_key=str(booking.pk),
        expires_at=selectors.links_end_at(booking.session),
    )
    return link_token(link)
