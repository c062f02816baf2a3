"""Sending money back, and what went back already."""

from payments.stripe_gateway.answers import GatewayRefund
from payments.stripe_gateway.client import client, errors
from payments.stripe_gateway.reading import refund_of


def create_refund(*, idempotency_key: str, refund_id: str, intent_id: str, amount: int) -> GatewayRefund:
    """Sends money back: `amount` in minor units. Our refund's key stands in the metadata."""
    with errors():
        refund = client().v1.refunds.create(
            {"payment_intent": intent_id, "amount": amount, "metadata": {"refund_id": refund_id}},
            options={"idempotency_key": idempotency_key},
        )
    return refund_of(refund)


def find_refund(*, refund_id: str, intent_id: str) -> GatewayRefund | None:
    """The refund Stripe has under our key, unless it failed: asked before a repeat, as Stripe forgets keys in time."""
    found = refunds_of_intent(intent_id)
    return next((refund for refund in found if refund.refund_id == refund_id and not refund.has_failed), None)


def refunds_of_intent(intent_id: str) -> list[GatewayRefund]:
    """All that went back or was to go back on a payment, whoever asked for it, newest first."""
    with errors():
        listed = client().v1.refunds.list({"payment_intent": intent_id, "limit": 100})
        return [refund_of(refund) for refund in listed.auto_paging_iter()]


def refunds_of_charge(charge_id: str) -> list[GatewayRefund]:
    """The same by the charge, of which events speak."""
    with errors():
        listed = client().v1.refunds.list({"charge": charge_id, "limit": 100})
        return [refund_of(refund) for refund in listed.auto_paging_iter()]


def fetch_refund(stripe_refund_id: str) -> GatewayRefund:
    with errors():
        return refund_of(client().v1.refunds.retrieve(stripe_refund_id))
