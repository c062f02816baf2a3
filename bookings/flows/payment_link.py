"""The payment link: a letter by which who booked pays, on our own page, without a password."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from bookings import locks
from bookings.models import Booking, CourseSession
from bookings.services.lifecycle import give_link_hours
from communications.models import Message
from communications.services.payment_links import queue_payment_link, waiting_payment_link
from config.kernel import clock
from config.kernel.money import format_money
from customers.services.matching import fill_blanks
from customers.services.timeline import record_activity
from payments import selectors as payments
from payments.models import Payment
from payments.services.opening import open_payment


class NotPayable(Exception):
    """A link would lead nowhere; the text says why, and what to do instead."""


class NoAddress(Exception):
    """Who booked has no email address."""


@dataclass(frozen=True)
class SentLink:
    """`is_new`: whether this call queued the letter; else an earlier one still waits to go."""

    message: Message
    is_new: bool


def amount_to_ask(booking: Booking) -> Decimal:
    """What a link would ask for, in pounds. Raises NotPayable.

    `booking` has its session. On a LOCKED booking it decides, elsewhere it is what a page says.
    """
    now = clock.now()
    if booking.status == Booking.Status.CONFIRMED:
        raise NotPayable("It is booked already: nobody has to pay before the course.")
    if booking.status == Booking.Status.CANCELLED:
        raise NotPayable("It is cancelled. Make a new booking first.")
    if booking.status == Booking.Status.EXPIRED or (booking.lapses_at and booking.lapses_at <= now):
        raise NotPayable("Its time has run out and its places were let go. Make a new booking if there is room.")
    if now >= booking.session.starts_at or booking.session.status not in CourseSession.OPEN_STATUSES:
        raise NotPayable("The course has begun or will not be held, so a payment would go straight back.")
    unfinished = payments.unfinished_payments(booking)
    if any(one.status == Payment.Status.PROCESSING or payments.open_discrepancies(one).exists() for one in unfinished):
        raise NotPayable("A payment is on its way already. Wait for what becomes of it.")
    due = payments.money_of(booking).due
    if not due:
        raise NotPayable("There is nothing to pay.")
    return due


@transaction.atomic
def send_payment_link(*, booking_id: UUID, email: str = "") -> SentLink:
    """Queues the letter and keeps the places for the policy's hours from now. While one waits, a press does nothing.

    `email` is what was typed because the booking had no address: it is the booking's from now on, and the customer's
    where they had none. Raises NotPayable, NoAddress, or AddressTaken for an address that somebody else has. Locks:
    User, CourseSession, Booking.
    """
    customer_id, session_id = Booking.objects.values_list("customer_id", "session_id").get(pk=booking_id)
    customer = fill_blanks(person_id=customer_id, email=email)
    session = locks.lock_session(session_id)
    booking = locks.lock_booking(booking_id)
    booking.session, booking.customer = session, customer
    amount = amount_to_ask(booking)
    if waiting := waiting_payment_link(booking):
        return SentLink(waiting, is_new=False)
    if email and not booking.contact_email:
        booking.contact_email = email
        booking.save(update_fields=["contact_email"])
    if not payments.has_unfinished_payment(booking):
        open_payment(booking=booking, amount=amount)
    give_link_hours(booking=booking, now=clock.now())
    message = queue_payment_link(booking=booking, amount=amount)
    if message is None:
        raise NoAddress
    record_activity(
        user_id=booking.customer_id,
        kind="payment_link_sent",
        summary=f"Sent a payment link for {format_money(amount)}, booking {booking.reference}",
        subject_kind="booking",
        subject_key=str(booking.pk),
    )
    return SentLink(message, is_new=True)
