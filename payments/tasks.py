"""Background work of payments. The sweepers pick up what got stuck, a bounded batch at a time."""

from uuid import UUID

from celery import shared_task

from config.kernel import clock
from config.kernel.jobs import enqueue
from payments import selectors
from payments.flows import closing, events, refunding
from payments.models import Payment
from payments.services import inbox
from payments.stripe_gateway import GatewayUnavailable

BATCH = 200


@shared_task(name="payments.tasks.apply_stripe_event")
def apply_stripe_event(event_id: str) -> None:
    events.apply_stripe_event(event_id=event_id)


@shared_task(name="payments.tasks.send_refund")
def send_refund(refund_id: str) -> None:
    refunding.send_refund(refund_id=UUID(refund_id))


@shared_task(name="payments.tasks.close_payment")
def close_payment(payment_id: str) -> None:
    """Settles or closes one payment that is due; with Stripe out of reach the sweeper comes back to it."""
    try:
        closing.look_at(payment_id=UUID(payment_id))
    except GatewayUnavailable:
        return


@shared_task(name="payments.tasks.sweep_stripe_events")
def sweep_stripe_events() -> None:
    """Events whose task was lost with Redis or a worker, or that wait for Stripe to answer again."""
    now = clock.now()
    inbox.give_up_lost(now=now, limit=BATCH)
    for event_id in selectors.due_events(now).order_by("next_attempt_at").values_list("pk", flat=True)[:BATCH]:
        enqueue("payments.tasks.apply_stripe_event", event_id)


@shared_task(name="payments.tasks.sweep_refunds")
def sweep_refunds() -> None:
    """Refunds that were not sent, or whose end nobody told us."""
    due = selectors.due_refunds(clock.now())
    for refund_id in due.order_by("next_attempt_at").values_list("pk", flat=True)[:BATCH]:
        enqueue("payments.tasks.send_refund", refund_id)


@shared_task(name="payments.tasks.sweep_open_payments")
def sweep_open_payments() -> None:
    """Payments whose webhook never came, and those whose booking lapsed while Stripe could not be asked."""
    due = selectors.due_looks(clock.now()).filter(method=Payment.Method.CARD)
    for payment_id in due.order_by("next_look_at").values_list("pk", flat=True)[:BATCH]:
        enqueue("payments.tasks.close_payment", payment_id)
