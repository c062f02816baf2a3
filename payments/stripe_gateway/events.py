"""Whether news comes from Stripe, and what it is about. What it says of that is not believed but fetched."""

import re
from datetime import UTC, datetime
from typing import Any

import stripe
from django.conf import settings

from payments.stripe_gateway.answers import InvalidSignature, ReceivedEvent
from payments.stripe_gateway.reading import id_of

# Tolerance of the signature's time stamp, as Stripe's own documentation has it (DOMAIN section 6).
SIGNATURE_TOLERANCE_SECONDS = 300
# What ids and types are made of, no longer than Stripe's ids ever are (https://docs.stripe.com/upgrades: 255).
_NAME = re.compile(r"[!-~]{1,255}")


def verify_event(payload: bytes, signature: str) -> ReceivedEvent:
    """Who sent this and what it is about.

    Raises InvalidSignature for anything not signed by Stripe just now, and for what can be no event of Stripe's.
    """
    try:
        event = stripe.Webhook.construct_event(
            payload, signature, settings.STRIPE_WEBHOOK_SECRET, tolerance=SIGNATURE_TOLERANCE_SECONDS
        )
        about = id_of(event.data.object)
        return ReceivedEvent(
            id=_name(event.id),
            type=_name(event.type),
            # Some events are about something without an id, such as the account's balance.
            object_id=_name(about) if about else "",
            created=datetime.fromtimestamp(event.created, UTC),
        )
    except (
        ValueError,
        AttributeError,
        KeyError,
        TypeError,
        OverflowError,
        OSError,
        RecursionError,
        stripe.SignatureVerificationError,
    ) as error:
        raise InvalidSignature from error


def _name(text: Any) -> str:
    """An id or a type as Stripe gives them. Raises ValueError or TypeError for anything else."""
    if not _NAME.fullmatch(text):
        raise ValueError("Stripe gives no such name.")
    return str(text)
