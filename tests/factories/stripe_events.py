"""Stripe's events as they arrive: recorded shapes from tests/payloads, with our ids put in, signed as Stripe signs."""

import json
import time
from pathlib import Path

import stripe

from config.kernel import clock
from payments.models import StripeEvent
from tests.system.stand_in import WEBHOOK_SECRET

PAYLOADS = Path(__file__).parent.parent / "payloads"


def event_body(event_type: str, object_id: str, *, event_id: str = "evt_1") -> str:
    """The body of a webhook request. A type without a recorded payload takes the shape of `customer.created`."""
    recorded = PAYLOADS / f"{event_type}.json"
    payload = json.loads((recorded if recorded.exists() else PAYLOADS / "customer.created.json").read_text())
    payload["id"], payload["type"] = event_id, event_type
    payload["data"]["object"]["id"] = object_id
    return json.dumps(payload)


def signature_of(body: str, *, secret: str = WEBHOOK_SECRET, seconds_ago: int = 0) -> str:
    """The `Stripe-Signature` header."""
    return stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time()) - seconds_ago)


def make_event(event_type: str, object_id: str, *, event_id: str = "evt_1", **fields: object) -> StripeEvent:
    """An event as the webhook stores it, due and not applied yet."""
    now = clock.now()
    return StripeEvent.objects.create(
        id=event_id,
        type=event_type,
        object_id=object_id,
        **{"happened_at": now, "next_attempt_at": now, "received_at": now} | fields,
    )
