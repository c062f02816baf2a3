"""The only place that speaks to Stripe, and the only `import stripe`.

Everything else sees what `answers` holds. Nothing here touches the database, and nothing here is called inside a
transaction. Two errors come out: GatewayUnavailable (try the same again later; nothing is known) and GatewayRefused
(Stripe said no, and will again).

answers: the dataclasses and errors. asking, refunds: the calls. events: who sent a webhook. client: how Stripe is
reached. reading: from its objects to ours. Callers name the package (`stripe_gateway.fetch_intent`), not its modules.
"""

from payments.stripe_gateway.answers import (
    CheckoutPage,
    GatewayRefund,
    GatewayRefused,
    GatewayUnavailable,
    Intent,
    InvalidSignature,
    ReceivedEvent,
)
from payments.stripe_gateway.asking import (
    cancel_intent,
    create_checkout,
    create_intent,
    expire_checkout,
    fetch_checkout,
    fetch_intent,
)
from payments.stripe_gateway.client import forget_client
from payments.stripe_gateway.events import verify_event
from payments.stripe_gateway.refunds import (
    create_refund,
    fetch_refund,
    find_refund,
    refunds_of_charge,
    refunds_of_intent,
)

__all__ = [
    "CheckoutPage",
    "GatewayRefund",
    "GatewayRefused",
    "GatewayUnavailable",
    "Intent",
    "InvalidSignature",
    "ReceivedEvent",
    "cancel_intent",
    "create_checkout",
    "create_intent",
    "create_refund",
    "expire_checkout",
    "fetch_checkout",
    "fetch_intent",
    "fetch_refund",
    "find_refund",
    "forget_client",
    "refunds_of_charge",
    "refunds_of_intent",
    "verify_event",
]
