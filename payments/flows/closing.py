"""Payments that nobody needs any more: their page is closed at Stripe, unless somebody has paid there meanwhile."""

from uuid import UUID

from django.db import transaction

from bookings.models import Booking
from config.kernel import clock
from payments import locks, stripe_gateway
from payments.flows.settling import Outcome, outcome_of, settle_payment
from payments.models import Payment
from payments.services.recording import cancel_payment

NEEDED_STATUSES = (Booking.Status.PENDING, Booking.Status.CONFIRMED)


def close_payment(*, payment_id: UUID) -> Outcome:
    """Closes a payment whose bookings have all lapsed or been cancelled. A payment still wanted is only settled.

    Raises GatewayUnavailable when Stripe does not answer; the sweeper comes back.
    """
    outcome = settle_payment(payment_id=payment_id)
    if outcome != Outcome.OPEN or _is_wanted(payment_id):
        return outcome
    payment = Payment.objects.get(pk=payment_id)
    if payment.stripe_checkout_id:
        try:
            stripe_gateway.expire_checkout(payment.stripe_checkout_id)
        except stripe_gateway.GatewayRefused:
            # Not open any more: paid in this very moment, or closed by time. Look once more.
            outcome = settle_payment(payment_id=payment_id)
            if outcome != Outcome.OPEN:
                return outcome
    with transaction.atomic():
        locked = locks.lock_payment(payment_id)
        cancel_payment(payment=locked, now=clock.now())
        return outcome_of(locked)


def _is_wanted(payment_id: UUID) -> bool:
    return Booking.objects.filter(allocations__payment_id=payment_id, status__in=NEEDED_STATUSES).exists()
