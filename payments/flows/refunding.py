"""Sending refunds, and taking in what became of them."""

from uuid import UUID

from django.db import transaction

from config.kernel import clock
from config.kernel.jobs import enqueue
from config.kernel.money import to_minor
from payments import locks, stripe_gateway
from payments.models import Refund
from payments.services.refunds import postpone_refund, record_refund, refuse_refund
from payments.stripe_gateway import GatewayRefund


def send_refund(*, refund_id: UUID) -> None:
    """Asks Stripe to send one refund, or how one on its way is doing. A finished one is left alone."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.status not in {Refund.Status.REQUESTED, Refund.Status.PENDING}:
        return
    try:
        answer = _ask(refund)
    except stripe_gateway.GatewayUnavailable as error:
        with transaction.atomic():
            postpone_refund(refund=locks.lock_refund(refund_id), error=str(error), now=clock.now())
        return
    except stripe_gateway.GatewayRefused as error:
        with transaction.atomic():
            refuse_refund(refund=locks.lock_refund(refund_id), error=f"{error.code}: {error}", now=clock.now())
        return
    take_in_refund(refund_id=refund_id, answer=answer)


@transaction.atomic
def take_in_refund(*, refund_id: UUID, answer: GatewayRefund) -> None:
    """Brings one refund to where Stripe is. Safe to repeat."""
    refund = locks.lock_refund(refund_id)
    if record_refund(refund=refund, answer=answer, now=clock.now()):
        enqueue("customers.tasks.refresh_statistics", refund.payment.payer_id)


def _ask(refund: Refund) -> GatewayRefund:
    if refund.status == Refund.Status.PENDING and refund.stripe_refund_id:
        return stripe_gateway.fetch_refund(refund.stripe_refund_id)
    intent_id = refund.payment.stripe_intent_id
    if not intent_id:
        raise stripe_gateway.GatewayRefused("not_by_card", "This payment was not made through Stripe.")
    if refund.attempts:
        # An earlier answer was lost. Idempotency keys are forgotten after a day, metadata are not.
        found = stripe_gateway.find_refund(refund_id=str(refund.pk), intent_id=intent_id)
        if found:
            return found
    return stripe_gateway.create_refund(
        idempotency_key=f"refund-{refund.pk}-{refund.round}",
        refund_id=str(refund.pk),
        intent_id=intent_id,
        amount=to_minor(refund.amount, refund.currency),
    )
