"""Sending money back on a payment while its bookings stay as they are."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from communications.services.money_letters import queue_refund_sent
from config.kernel.money import format_money
from customers.services.timeline import record_activity
from payments import locks, selectors
from payments.models import Payment, Refund
from payments.selectors import NOTHING, BookingShare
from payments.services.refunds import FiguresChanged, RefundTooLarge, request_refund


@dataclass(frozen=True)
class Standing:
    """How much of a payment can still go back through Stripe, in pounds, by booking; refunds on their way have gone."""

    payment: Payment
    left: Decimal
    shares: tuple[BookingShare, ...]

    @property
    def figures(self) -> str:
        """What somebody who presses the button relies on, in one word."""
        return " ".join([self.payment.status, *(f"{amount:.2f}" for amount in (self.payment.amount, self.left))])

    def share_of(self, booking_id: UUID) -> Decimal:
        return next((share.left for share in self.shares if share.booking.pk == booking_id), NOTHING)


def standing_of(payment: Payment) -> Standing:
    """For a payment read now: three queries."""
    if not payment.stripe_intent_id:
        return Standing(payment, NOTHING, ())
    return Standing(payment, selectors.refundable(payment), tuple(selectors.booking_shares(payment)))


@transaction.atomic
def send_back(*, payment_id: UUID, booking_id: UUID, amount: Decimal, reason: Refund.Reason, figures: str) -> Refund:
    """Asks for a refund of one booking's money and tells the customer; the worker asks Stripe after the commit.

    `figures` are those of the standing that was shown. Raises FiguresChanged, or RefundTooLarge for more than is left
    of what was paid for this booking; both leave everything as it was. Locks: Payment.
    """
    payment = locks.lock_payment(payment_id)
    standing = standing_of(payment)
    if standing.figures != figures:
        raise FiguresChanged
    most = standing.share_of(booking_id)
    if amount > most:
        raise RefundTooLarge(most)
    booking = next(share.booking for share in standing.shares if share.booking.pk == booking_id)
    refund = request_refund(payment=payment, booking=booking, amount=amount, reason=reason)
    queue_refund_sent(refund=refund)
    record_activity(
        user_id=booking.customer_id,
        kind="refund_requested",
        summary=f"{format_money(amount)} of booking {booking.reference} is going back. Why: {reason.label}",
        subject_kind="payment",
        subject_key=str(payment.pk),
    )
    return refund
