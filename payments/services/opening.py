"""Asking for money: the payment row, and the page at Stripe where it can be paid."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bookings.models import Booking
from payments import selectors
from payments.models import Payment, PaymentAllocation, PaymentEvent
from payments.services.history import record_event

# Stripe wants a page to live for 30 minutes at least. The rest is room to ask again with the same key, and so the same
# expiry, when an answer was lost.
PAGE_MINUTES = 45
REPEATABLE_MINUTES = 14


class AlreadyOpen(Exception):
    """There is an unfinished payment for this booking; a second one would let it be paid twice."""


@dataclass(frozen=True)
class Round:
    """One page at Stripe: its idempotency key and when it closes."""

    idempotency_key: str
    expires_at: datetime


def open_payment(*, booking: Booking, amount: Decimal, method: Payment.Method = Payment.Method.CARD) -> Payment:
    """The payment row for a booking, whose row or session the caller has locked. `amount` in pounds, above nought.

    Raises AlreadyOpen when there is an unfinished one.
    """
    if selectors.has_unfinished_payment(booking):
        raise AlreadyOpen(booking.reference)
    payment = Payment.objects.create(
        payer=booking.customer, amount=amount, currency=booking.currency, method=method, status=Payment.Status.OPEN
    )
    PaymentAllocation.objects.create(payment=payment, booking=booking, amount=amount)
    return payment


def booking_label(bookings: list[Booking]) -> str:
    """How Stripe's metadata names what a payment is for; compared when the money arrives."""
    first, *others = sorted(booking.reference for booking in bookings)
    return f"{first} and {len(others)} more" if others else first


def start_round(*, payment: Payment, now: datetime) -> Round:
    """What to ask Stripe with, for a LOCKED open payment: the same again after a lost answer, else something new."""
    expires_at = payment.checkout_expires_at
    page_is_known = payment.stripe_checkout_id is not None
    repeatable_for = timedelta(minutes=PAGE_MINUTES - REPEATABLE_MINUTES)
    if expires_at is None or page_is_known or now > expires_at - repeatable_for:
        # Whole seconds, as Stripe has them: a repeat must send the same number.
        expires_at = (now + timedelta(minutes=PAGE_MINUTES)).replace(microsecond=0)
        payment.checkout_round += 1
        payment.stripe_checkout_id, payment.checkout_expires_at = None, expires_at
        payment.save(update_fields=["checkout_round", "stripe_checkout_id", "checkout_expires_at"])
    return Round(f"checkout-{payment.pk}-{payment.checkout_round}", expires_at)


def abandon_round(*, payment: Payment) -> None:
    """The next page for a LOCKED payment is asked for under a new key."""
    payment.checkout_expires_at = None
    payment.save(update_fields=["checkout_expires_at"])


def record_page(*, payment: Payment, checkout_id: str) -> None:
    """Notes which page was opened, on a LOCKED payment."""
    if payment.stripe_checkout_id != checkout_id:
        payment.stripe_checkout_id = checkout_id
        payment.save(update_fields=["stripe_checkout_id"])
        record_event(payment=payment, kind=PaymentEvent.Kind.OPENED, stripe_object_id=checkout_id)
