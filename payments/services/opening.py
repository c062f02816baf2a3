"""Asking for money: the payment row, and what is opened at Stripe to pay it with.

There are two ways: a page of Stripe's (Checkout), and the form on our own page (a PaymentIntent). A payment is open in
one way at a time; each opening of either is one round.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bookings.models import Booking
from payments import selectors
from payments.models import Payment, PaymentAllocation, PaymentEvent
from payments.services.history import record_event
from payments.services.looking import LOOK_FIELDS, look_anew

# Stripe wants a page to live for 30 minutes at least. The rest is room to ask again with the same key, and so the same
# expiry, when an answer was lost.
PAGE_MINUTES = 45
REPEATABLE_MINUTES = 14


class AlreadyOpen(Exception):
    """There is an unfinished payment for this booking; a second one would let it be paid twice."""


@dataclass(frozen=True)
class Round:
    """One opening at Stripe: which way, the idempotency key, and when a page closes by itself."""

    number: int
    way: Payment.Way
    idempotency_key: str
    expires_at: datetime | None


def open_payment(*, booking: Booking, amount: Decimal, method: Payment.Method = Payment.Method.CARD) -> Payment:
    """The payment row for a booking, whose row or session the caller has locked. `amount` in pounds, above nought.

    Raises AlreadyOpen when there is an unfinished one.
    """
    if selectors.has_unfinished_payment(booking):
        raise AlreadyOpen(booking.reference)
    payment = Payment(
        payer=booking.customer, amount=amount, currency=booking.currency, method=method, status=Payment.Status.OPEN
    )
    look_anew(payment=payment, now=payment.created_at)
    payment.save(force_insert=True)
    PaymentAllocation.objects.create(payment=payment, booking=booking, amount=amount)
    return payment


def booking_label(bookings: list[Booking]) -> str:
    """How Stripe's metadata names what a payment is for; compared when the money arrives."""
    first, *others = sorted(booking.reference for booking in bookings)
    return f"{first} and {len(others)} more" if others else first


def start_round(*, payment: Payment, way: Payment.Way, now: datetime) -> Round:
    """What to ask Stripe with, for a LOCKED open payment: the same again after a lost answer, else something new.

    Either way the payer is at it now, so Stripe is soon asked how it ended.
    """
    expires_at = payment.checkout_expires_at
    repeatable_for = timedelta(minutes=PAGE_MINUTES - REPEATABLE_MINUTES)
    unanswered = unanswered_round(payment)
    look_anew(payment=payment, now=now)
    changed: tuple[str, ...] = LOOK_FIELDS
    if unanswered is None or unanswered.way != way or (expires_at and now > expires_at - repeatable_for):
        # Whole seconds, as Stripe has them: a repeat must send the same number.
        page_closes_at = (now + timedelta(minutes=PAGE_MINUTES)).replace(microsecond=0)
        payment.way = way
        payment.checkout_round += 1
        payment.checkout_expires_at = page_closes_at if way == Payment.Way.PAGE else None
        payment.stripe_checkout_id = payment.stripe_form_id = None
        changed += ("way", "checkout_round", "checkout_expires_at", "stripe_checkout_id", "stripe_form_id")
    payment.save(update_fields=changed)
    return _current_round(payment)


def unanswered_round(payment: Payment) -> Round | None:
    """What Stripe was asked for without our knowing what came of it: the call runs just now, or its answer was lost."""
    is_answered = payment.stripe_checkout_id or payment.stripe_form_id
    return None if is_answered or not payment.way else _current_round(payment)


def _current_round(payment: Payment) -> Round:
    way = Payment.Way(payment.way)
    word = "checkout" if way == Payment.Way.PAGE else "form"
    key = f"{word}-{payment.pk}-{payment.checkout_round}"
    return Round(payment.checkout_round, way, key, payment.checkout_expires_at)


def abandon_round(*, payment: Payment, number: int) -> None:
    """After a refusal the next opening of a LOCKED payment is asked for under a new key, unless it has one already."""
    if payment.checkout_round == number:
        payment.way, payment.checkout_expires_at = "", None
        payment.save(update_fields=["way", "checkout_expires_at"])


def record_opening(*, payment: Payment, number: int, way: Payment.Way, stripe_id: str) -> bool:
    """Notes what was opened, on a LOCKED payment. False when another round began meanwhile: this is closed by then."""
    if payment.checkout_round != number:
        return False
    field = "stripe_checkout_id" if way == Payment.Way.PAGE else "stripe_form_id"
    if getattr(payment, field) != stripe_id:
        setattr(payment, field, stripe_id)
        payment.save(update_fields=[field])
        record_event(payment=payment, kind=PaymentEvent.Kind.OPENED, detail=way.label, stripe_object_id=stripe_id)
    return True
