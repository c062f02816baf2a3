"""From the library's objects to our own; nothing is asked of Stripe here."""

from typing import Any

import stripe

from payments.stripe_gateway.answers import CheckoutPage, GatewayRefund, Intent


def page_of(session: "stripe.checkout.Session") -> CheckoutPage:
    intent = session.payment_intent
    return CheckoutPage(
        id=session.id,
        url=session.url or "",
        status=session.status or "",
        intent=intent_of(intent) if isinstance(intent, stripe.PaymentIntent) else None,
    )


def intent_of(intent: stripe.PaymentIntent) -> Intent:
    metadata = intent.metadata.to_dict()
    charge = intent.latest_charge
    details = charge.payment_method_details if isinstance(charge, stripe.Charge) else None
    card = details.card if details and details.type == "card" else None
    failure = intent.last_payment_error
    return Intent(
        id=intent.id,
        status=intent.status,
        amount=intent.amount,
        amount_received=intent.amount_received,
        currency=intent.currency.upper(),
        payment_id=str(metadata.get("payment_id", "")),
        booking=str(metadata.get("booking", "")),
        charge_id=id_of(charge),
        card_brand=(card.brand or "") if card else "",
        card_last4=(card.last4 or "") if card else "",
        decline_code=_first(failure, "decline_code", "code") if failure else "",
        client_secret=intent.client_secret or "",
    )


def refund_of(refund: stripe.Refund) -> GatewayRefund:
    metadata = {} if refund.metadata is None else refund.metadata.to_dict()
    return GatewayRefund(
        id=refund.id,
        status=refund.status or "",
        amount=refund.amount,
        currency=refund.currency.upper(),
        refund_id=str(metadata.get("refund_id", "")),
        intent_id=id_of(refund.payment_intent),
        failure_reason=_first(refund, "failure_reason"),
        charge_id=id_of(refund.charge),
    )


def id_of(thing: Any) -> str:
    """Stripe gives either the id or, expanded, the object."""
    return thing if isinstance(thing, str) else str(getattr(thing, "id", "") or "")


def _first(thing: Any, *names: str) -> str:
    """The first of these attributes that is there; Stripe leaves absent ones out."""
    values = (getattr(thing, name, None) for name in names)
    return next((str(value) for value in values if value), "")
