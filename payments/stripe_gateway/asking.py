"""Asking for money: a page of Stripe's own (Checkout), or an intent that a form on our page pays."""

from datetime import datetime
from typing import Any, cast

from payments.stripe_gateway.answers import CheckoutPage, Intent
from payments.stripe_gateway.client import client, errors
from payments.stripe_gateway.reading import intent_of, page_of


def create_checkout(
    *,
    idempotency_key: str,
    payment_id: str,
    booking: str,
    amount: int,
    currency: str,
    description: str,
    email: str,
    success_url: str,
    cancel_url: str,
    expires_at: datetime,
) -> CheckoutPage:
    """Opens a payment page at Stripe. `amount` is in minor units; the same key gives the same page again."""
    metadata = {"payment_id": payment_id, "booking": booking}
    params: dict[str, Any] = {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency.lower(),
                    "unit_amount": amount,
                    "product_data": {"name": description},
                },
            }
        ],
        "client_reference_id": payment_id,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": description},
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": int(expires_at.timestamp()),
        "expand": ["payment_intent.latest_charge"],
    }
    if email:
        params["customer_email"] = email
    with errors():
        session = client().v1.checkout.sessions.create(cast(Any, params), options={"idempotency_key": idempotency_key})
    return page_of(session)


def fetch_checkout(checkout_id: str) -> CheckoutPage:
    with errors():
        return page_of(
            client().v1.checkout.sessions.retrieve(checkout_id, {"expand": ["payment_intent.latest_charge"]})
        )


def expire_checkout(checkout_id: str) -> CheckoutPage:
    """Closes an open page. Raises GatewayRefused when it is not open any more."""
    with errors():
        return page_of(client().v1.checkout.sessions.expire(checkout_id, {"expand": ["payment_intent.latest_charge"]}))


def fetch_intent(intent_id: str) -> Intent:
    with errors():
        return intent_of(client().v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]}))


def create_intent(
    *, idempotency_key: str, payment_id: str, booking: str, amount: int, currency: str, description: str
) -> Intent:
    """Asks for a PaymentIntent that a form on our own page can pay, whatever ways to pay the Dashboard has switched on.

    `amount` is in minor units; the same key gives the same intent again.
    """
    params: dict[str, Any] = {
        "amount": amount,
        "currency": currency.lower(),
        "automatic_payment_methods": {"enabled": True},
        "metadata": {"payment_id": payment_id, "booking": booking},
        "description": description,
        "expand": ["latest_charge"],
    }
    with errors():
        return intent_of(
            client().v1.payment_intents.create(cast(Any, params), options={"idempotency_key": idempotency_key})
        )


def cancel_intent(intent_id: str) -> Intent:
    """Nobody can pay it any more. Raises GatewayRefused when it is paid, with the bank, or cancelled already."""
    with errors():
        return intent_of(client().v1.payment_intents.cancel(intent_id, {"expand": ["latest_charge"]}))
