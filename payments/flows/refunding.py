"""Sending refunds, and taking in what became of them."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from config.kernel import clock
from config.kernel.jobs import enqueue
from config.kernel.money import format_money, to_minor
from customers.services.timeline import record_activity
from payments import locks, stripe_gateway
from payments.models import Refund
from payments.services.refunds import claim_refund, postpone_refund, record_refund, refuse_refund
from payments.stripe_gateway import GatewayRefund

logger = logging.getLogger(__name__)

# Stripe remembers an idempotency key for a day at least; well before that its own list is asked instead.
KEYS_ARE_SAFE_FOR = timedelta(hours=12)


def send_refund(*, refund_id: UUID) -> None:
    """Asks Stripe to send one refund that is due, or how one on its way is doing.

    One that is finished, not due or in somebody else's hands is left alone. Must not be called inside a transaction:
    with it the count of attempts would roll back.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if not claim_refund(refund=refund, now=clock.now()):
        return
    try:
        take_in_refund(refund_id=refund_id, answer=_ask(refund))
    except (stripe_gateway.GatewayUnavailable, stripe_gateway.GatewayRefused) as error:
        _note_trouble(refund, error)
    except Exception as error:
        # A mistake of ours may be mended by a later release. Until then it is tried as seldom as if Stripe were silent.
        logger.exception("A refund could not be sent.", extra={"refund_id": str(refund_id)})
        _note_trouble(refund, stripe_gateway.GatewayUnavailable(type(error).__name__))


@transaction.atomic
def _note_trouble(asked: Refund, error: stripe_gateway.GatewayUnavailable | stripe_gateway.GatewayRefused) -> None:
    """Later again, or a person's business; unless the refund moved on while Stripe was asked."""
    refund = locks.lock_refund(asked.pk)
    if (refund.status, refund.round) != (asked.status, asked.round):
        return
    now = clock.now()
    if isinstance(error, stripe_gateway.GatewayRefused):
        refuse_refund(refund=refund, error=f"{error.code}: {error}", now=now)
        _note_failure(refund)
    else:
        postpone_refund(refund=refund, error=str(error), now=now, with_new_key=error.is_kept)


@transaction.atomic
def take_in_refund(*, refund_id: UUID, answer: GatewayRefund) -> None:
    """Brings one refund to where Stripe is. Safe to repeat."""
    refund = locks.lock_refund(refund_id)
    if record_refund(refund=refund, answer=answer, now=clock.now()):
        enqueue("customers.tasks.refresh_statistics", refund.payment.payer_id)
        if refund.status == Refund.Status.FAILED:
            _note_failure(refund)


def _note_failure(refund: Refund) -> None:
    """Stands on the payer's timeline until somebody has found another way."""
    record_activity(
        user_id=refund.payment.payer_id,
        kind="refund_failed",
        summary=f"A refund of {format_money(refund.amount)} failed: the money has not gone back",
        subject_kind="payment",
        subject_key=str(refund.payment_id),
    )


def _ask(refund: Refund) -> GatewayRefund:
    if refund.status == Refund.Status.PENDING and refund.stripe_refund_id:
        return stripe_gateway.fetch_refund(refund.stripe_refund_id)
    intent_id = refund.payment.stripe_intent_id
    if not intent_id:
        raise stripe_gateway.GatewayRefused("not_by_card", "This payment was not made through Stripe.")
    if refund.attempts > 1 or clock.now() - refund.created_at > KEYS_ARE_SAFE_FOR:
        # An earlier answer was lost, or the worker that got it. Metadata are not forgotten.
        found = stripe_gateway.find_refund(refund_id=str(refund.pk), intent_id=intent_id)
        if found:
            return found
    return stripe_gateway.create_refund(
        idempotency_key=f"refund-{refund.pk}-{refund.round}",
        refund_id=str(refund.pk),
        intent_id=intent_id,
        amount=to_minor(refund.amount, refund.currency),
    )
