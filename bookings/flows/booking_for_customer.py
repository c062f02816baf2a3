"""Booking for somebody who rings, writes or stands at the desk: the same rules and locks as on the website."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from bookings import locks
from bookings.models import Booking
from bookings.services import holding
from bookings.services.placing import OfficeSide, Order, place_booking
from communications.models import Message
from communications.services.payment_links import queue_payment_link
from config.kernel import clock
from config.kernel.jobs import enqueue
from config.kernel.money import format_money
from customers.models import Organisation, User
from customers.services.matching import fill_blanks, match_or_create
from customers.services.timeline import record_activity
from payments.services.opening import open_payment


@dataclass(frozen=True)
class Wish:
    """What the office typed. `form_key` is the form's own: sent twice, it makes one booking.

    Without `customer_id` the customer is found or made by the contact's address. `exceed_because` is why the session
    may hold more people than it has places; empty where it may not. `sends_link`: a payment link is mailed at once.
    """

    staff: User
    form_key: UUID
    session_id: UUID
    places: int
    order: Order
    customer_id: UUID | None = None
    organisation: Organisation | None = None
    notes: str = ""
    exceed_because: str = ""
    sends_link: bool = True


@dataclass(frozen=True)
class Made:
    """`is_new` is False when the form had been sent before. `link`: the letter that was queued, if one was."""

    booking: Booking
    is_new: bool
    link: Message | None = None
    beyond_capacity: int = 0


class _SentBefore(Exception):
    """The same form arrived twice at one moment, and the other was quicker: nothing of this one may stay."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(booking.reference)
        self.booking = booking


def book_for_customer(*, wish: Wish) -> Made:
    """Makes the booking, with its payment and the letter that asks for it, in one transaction.

    A free one is confirmed by payments.flows.completing, as everywhere. Raises BookingClosed, NotEnoughPlaces,
    PriceChanged, or AddressTaken, having changed nothing. Locks: User, CourseSession.
    """
    booking = booked_with(staff=wish.staff, form_key=wish.form_key)
    if booking is None:
        try:
            return _book(wish)
        except _SentBefore as sent:
            booking = sent.booking
    return Made(booking, is_new=False)


def booked_with(*, staff: User, form_key: UUID) -> Booking | None:
    """The booking that this form of a member of staff has made."""
    hold = holding.ordered_with(secret=_secret(staff, form_key))
    return Booking.objects.select_related("session").get(hold=hold) if hold else None


@transaction.atomic
def _book(wish: Wish) -> Made:
    customer = _customer(wish)
    session = locks.lock_session(wish.session_id)
    if booking := booked_with(staff=wish.staff, form_key=wish.form_key):
        raise _SentBefore(booking)
    now = clock.now()
    hold, beyond = holding.keep_for_office(
        session=session,
        places=wish.places,
        secret=_secret(wish.staff, wish.form_key),
        now=now,
        may_exceed=bool(wish.exceed_because),
    )
    office = OfficeSide(wish.staff, wish.organisation, _notes(wish, beyond))
    booking = place_booking(session=session, hold=hold, customer=customer, order=wish.order, now=now, office=office)
    link = None
    if booking.total:
        open_payment(booking=booking, amount=booking.total)
        link = queue_payment_link(booking=booking, amount=booking.total) if wish.sends_link else None
    _note_on_timeline(booking, wish, beyond, link)
    enqueue("customers.tasks.refresh_statistics", customer.pk)
    return Made(booking, is_new=True, link=link, beyond_capacity=beyond)


def _customer(wish: Wish) -> User:
    contact = wish.order.contact
    if wish.customer_id:
        return fill_blanks(person_id=wish.customer_id, email=contact.email, phone=contact.phone)
    return match_or_create(
        email=contact.email,
        first_name=contact.first_name,
        last_name=contact.last_name,
        phone=contact.phone,
        company=contact.company,
    )


def _secret(staff: User, form_key: UUID) -> str:
    return f"office:{staff.pk}:{form_key}"


def _notes(wish: Wish, beyond: int) -> str:
    """What was typed, and why the session holds more than it has places for."""
    why = f"{beyond} over capacity: {wish.exceed_because}" if beyond else ""
    return "\n".join(part for part in (wish.notes, why) if part)


def _note_on_timeline(booking: Booking, wish: Wish, beyond: int, link: Message | None) -> None:
    course, people = booking.session.course.name, wish.places
    how = {Booking.Source.PHONE: "by telephone", Booking.Source.EMAIL: "by email"}.get(wish.order.source, "in person")
    _record(
        booking,
        "booking_placed",
        f"Booked {people} place{'s' if people > 1 else ''} on {course} {how}, {format_money(booking.total)}",
    )
    if beyond:
        _record(booking, "capacity_exceeded", f"{beyond} over capacity: {wish.exceed_because}")
    if link:
        _record(
            booking,
            "payment_link_sent",
            f"Sent a payment link for {format_money(booking.total)}, booking {booking.reference}",
        )


def _record(booking: Booking, kind: str, summary: str) -> None:
    record_activity(
        user_id=booking.customer_id,
        kind=kind,
        summary=summary,
        subject_kind="booking",
        subject_key=str(booking.pk),
    )
