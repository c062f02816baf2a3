"""Payments that nobody needs any more: closed at Stripe, page or form, unless somebody has paid there meanwhile."""

from uuid import UUID

from django.db import transaction

from bookings.models import Booking
from config.kernel import clock
from payments import locks
from payments.flows import ways
from payments.flows.settling import Outcome, outcome_of, settle_payment
from payments.models import Payment
from payments.services.looking import claim_look
from payments.services.recording import cancel_payment

NEEDED_STATUSES = (Booking.Status.PENDING, Booking.Status.CONFIRMED)


def look_at(*, payment_id: UUID) -> Outcome | None:
    """Asks Stripe about a payment if that is due, and closes one that is not wanted; None when it is not due.

    Raises GatewayUnavailable; the next look is put off by then.
    """
    payment = Payment.objects.get(pk=payment_id)
    return close_payment(payment_id=payment_id) if claim_look(payment=payment, now=clock.now()) else None


def close_payment(*, payment_id: UUID) -> Outcome:
    """Closes a payment whose bookings have all lapsed or been cancelled. A payment still wanted is only settled.

    Raises GatewayUnavailable when Stripe does not answer.
    """
    outcome = settle_payment(payment_id=payment_id)
    if outcome != Outcome.OPEN or _is_wanted(payment_id):
        return outcome
    ways.close(payment_id)
    with transaction.atomic():
        locked = locks.lock_payment(payment_id)
        # In the last moment it may have been paid, or have gone to the bank.
        if locked.status == Payment.Status.OPEN:
            cancel_payment(payment=locked, now=clock.now())
        return outcome_of(locked)


def _is_wanted(payment_id: UUID) -> bool:
    return Booking.objects.filter(allocations__payment_id=payment_id, status__in=NEEDED_STATUSES).exists()
