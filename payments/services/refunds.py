"""Money back: the row before the call, and what became of it."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F

from bookings.models import Booking
from config.kernel.actor import current_actor
from config.kernel.jobs import enqueue
from config.kernel.money import format_money, from_minor
from config.kernel.states import advance
from customers.services.timeline import record_activity
from payments import selectors
from payments.models import REFUND_TRANSITIONS, Payment, PaymentEvent, Refund
from payments.services.history import record_event
from payments.stripe_gateway import GatewayRefund

# How long to wait before asking Stripe again, by attempt; the last one goes on for ever, slowly.
BACKOFF_MINUTES = (1, 5, 15, 60, 360)

# Stripe's word for a refund's state, and ours.
STATUS_AT_STRIPE = {
    "pending": Refund.Status.PENDING,
    "requires_action": Refund.Status.PENDING,
    "succeeded": Refund.Status.SUCCEEDED,
    "failed": Refund.Status.FAILED,
    "canceled": Refund.Status.FAILED,
}


class FiguresChanged(Exception):
    """What somebody saw before they pressed is not so any more: paid, refunded or cancelled meanwhile."""


class RefundTooLarge(Exception):
    """More than was paid and has not gone back yet."""

    def __init__(self, refundable: Decimal) -> None:
        super().__init__(f"At most £{refundable} can go back.")
        self.refundable = refundable


def request_refund(*, payment: Payment, booking: Booking | None, amount: Decimal, reason: Refund.Reason) -> Refund:
    """The refund row, for a LOCKED payment; the worker asks Stripe after the commit. `amount` in pounds.

    Raises RefundTooLarge; refunds that are still on their way are counted.
    """
    most = selectors.refundable(payment)
    if amount > most:
        raise RefundTooLarge(most)
    refund = Refund.objects.create(
        payment=payment,
        booking=booking,
        amount=amount,
        currency=payment.currency,
        reason=reason,
        requested_by_id=current_actor().user_id,
    )
    record_event(payment=payment, kind=PaymentEvent.Kind.REFUND_REQUESTED, stripe_object_id=str(refund.pk))
    enqueue("payments.tasks.send_refund", refund.pk)
    return refund


def claim_refund(*, refund: Refund, now: datetime) -> bool:
    """Takes a due refund in hand, as `refund` was read just now. False when it is not due or somebody else has it.

    The attempt is counted and the next one put off by it, before Stripe is asked: one whose worker dies comes back ever
    more seldom, and one that Stripe says nothing new of doesn't keep others waiting. What the bank works on takes days.
    """
    is_pending = refund.status == Refund.Status.PENDING
    minutes = BACKOFF_MINUTES[-1] if is_pending else _pause_after(refund.attempts + 1)
    due = selectors.due_refunds(now).filter(pk=refund.pk)
    if not due.update(attempts=F("attempts") + 1, next_attempt_at=now + timedelta(minutes=minutes)):
        return False
    refund.attempts += 1
    return True


def record_dashboard_refund(
    *, payment: Payment, booking: Booking | None, answer: GatewayRefund, now: datetime
) -> Refund:
    """The row of a refund that somebody made in Stripe's Dashboard, on a LOCKED payment that has none of this id.

    It is a fact, whatever is left of the payment by our records; what can still go back is never below nought.
    """
    refund = Refund.objects.create(
        payment=payment,
        booking=booking,
        amount=from_minor(answer.amount, answer.currency),
        currency=answer.currency,
        reason=Refund.Reason.DASHBOARD,
        stripe_refund_id=answer.id,
    )
    label = str(Refund.Reason.DASHBOARD.label)
    record_event(
        payment=payment, kind=PaymentEvent.Kind.REFUND_REQUESTED, detail=label, stripe_object_id=str(refund.pk)
    )
    record_refund(refund=refund, answer=answer, now=now)
    return refund


def record_refund(*, refund: Refund, answer: GatewayRefund, now: datetime) -> bool:
    """Takes in what Stripe says of a LOCKED refund. True when it changed something; late or repeated news do not."""
    status = STATUS_AT_STRIPE.get(answer.status, Refund.Status.PENDING)
    is_backwards = status == Refund.Status.PENDING and refund.status != Refund.Status.REQUESTED
    if is_backwards or _failed_before(refund, answer):
        return False
    if not advance(refund, "status", status, REFUND_TRANSITIONS):
        return False
    refund.stripe_refund_id = answer.id
    refund.last_error = answer.failure_reason[:300]
    refund.finished_at = None if status == Refund.Status.PENDING else now
    refund.next_attempt_at = now + timedelta(minutes=BACKOFF_MINUTES[-1])
    refund.save(update_fields=["status", "stripe_refund_id", "last_error", "finished_at", "next_attempt_at"])
    if status == Refund.Status.SUCCEEDED:
        record_event(payment=refund.payment, kind=PaymentEvent.Kind.REFUND_SUCCEEDED, stripe_object_id=answer.id)
    if status == Refund.Status.FAILED:
        record_event(
            payment=refund.payment,
            kind=PaymentEvent.Kind.REFUND_FAILED,
            detail=answer.failure_reason,
            stripe_object_id=answer.id,
        )
    return True


def _failed_before(refund: Refund, answer: GatewayRefund) -> bool:
    """News of an attempt that is known to have failed says nothing about the one that staff asked for after it."""
    return PaymentEvent.objects.filter(
        payment_id=refund.payment_id, kind=PaymentEvent.Kind.REFUND_FAILED, stripe_object_id=answer.id
    ).exists()


def postpone_refund(*, refund: Refund, error: str, now: datetime, with_new_key: bool = False) -> None:
    """Stripe could not be asked: the sweeper tries a LOCKED, claimed refund later, under another key where it must.

    Before it does, it looks at Stripe for what this attempt may have done all the same.
    """
    if with_new_key:
        refund.round += 1
    refund.last_error = error[:300]
    refund.next_attempt_at = now + timedelta(minutes=_pause_after(refund.attempts))
    refund.save(update_fields=["round", "last_error", "next_attempt_at"])


def _pause_after(attempts: int) -> int:
    """In minutes, after so many attempts: one at least."""
    return BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES)) - 1]


def refuse_refund(*, refund: Refund, error: str, now: datetime) -> None:
    """Stripe said no to a LOCKED refund; a person has to look."""
    if advance(refund, "status", Refund.Status.FAILED, REFUND_TRANSITIONS):
        refund.last_error, refund.finished_at = error[:300], now
        refund.save(update_fields=["status", "last_error", "finished_at"])
        record_event(payment=refund.payment, kind=PaymentEvent.Kind.REFUND_FAILED, detail=error)


def retry_refund(*, refund: Refund, now: datetime) -> bool:
    """Staff pressed "try again", for a LOCKED failed refund of a LOCKED payment.

    False when it did not fail, and for one of Stripe's Dashboard, which is tried again there. Raises RefundTooLarge
    when other refunds have taken its place: a failed one keeps no money back for itself.
    """
    if refund.status != Refund.Status.FAILED or refund.reason == Refund.Reason.DASHBOARD:
        return False
    most = selectors.refundable(refund.payment)
    if refund.amount > most:
        raise RefundTooLarge(most)
    advance(refund, "status", Refund.Status.REQUESTED, REFUND_TRANSITIONS)
    refund.round, refund.attempts = refund.round + 1, 0
    refund.next_attempt_at, refund.finished_at = now, None
    refund.save(update_fields=["status", "round", "attempts", "next_attempt_at", "finished_at"])
    record_activity(
        user_id=refund.payment.payer_id,
        kind="refund_retried",
        summary=f"The refund of {format_money(refund.amount)} is tried again",
        subject_kind="payment",
        subject_key=str(refund.payment_id),
    )
    enqueue("payments.tasks.send_refund", refund.pk)
    return True
