"""The only place that speaks to Stripe, and the only `import stripe`.

Everything else sees the frozen dataclasses below. Nothing here touches the database, and nothing here is called inside
a transaction. Two errors come out: GatewayUnavailable (try the same again later; nothing is known) and GatewayRefused
(Stripe said no, and will again).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

import stripe
from django.conf import settings

# Tolerance of the signature's time stamp, as Stripe's own documentation has it (DOMAIN section 6).
SIGNATURE_TOLERANCE_SECONDS = 300
# A failed call is repeated once by the library itself, with the same idempotency key.
NETWORK_RETRIES = 1
# What ids and types are made of, no longer than Stripe's ids ever are (https://docs.stripe.com/upgrades: 255).
_NAME = re.compile(r"[!-~]{1,255}")


class GatewayUnavailable(Exception):
    """No answer, an answer of trouble (5xx), or too many requests (429). Whether it was done is not known.

    `is_kept`: Stripe gave an answer of trouble and may give it again for as long as it remembers the idempotency key
    (https://docs.stripe.com/api/idempotent_requests: "including 500 errors"), so that only another key gets through.
    """

    def __init__(self, message: str, *, is_kept: bool = False) -> None:
        super().__init__(message)
        self.is_kept = is_kept


class GatewayRefused(Exception):
    """Stripe refused. `code` is its error code; the message is for staff."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class InvalidSignature(Exception):
    """The request was not signed by Stripe with our secret just now, or what was signed is no event."""


@dataclass(frozen=True)
class Intent:
    """A PaymentIntent: amounts in minor units, `payment_id` and `booking` as our metadata has them.

    With `client_secret` a browser can pay it; it goes to its payer's page only, and into no log.
    """

    id: str
    status: str
    amount: int
    amount_received: int
    currency: str
    payment_id: str
    booking: str
    charge_id: str
    card_brand: str
    card_last4: str
    decline_code: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class CheckoutPage:
    """A Checkout session. `intent` is None until somebody has tried to pay."""

    id: str
    url: str
    status: str
    intent: Intent | None


@dataclass(frozen=True)
class GatewayRefund:
    id: str
    status: str
    amount: int
    currency: str
    refund_id: str
    intent_id: str
    failure_reason: str
    charge_id: str = ""

    @property
    def has_failed(self) -> bool:
        return self.status in {"failed", "canceled"}


@dataclass(frozen=True)
class ReceivedEvent:
    id: str
    type: str
    object_id: str
    created: datetime


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
    with _errors():
        session = _client().v1.checkout.sessions.create(cast(Any, params), options={"idempotency_key": idempotency_key})
    return _page(session)


def fetch_checkout(checkout_id: str) -> CheckoutPage:
    with _errors():
        return _page(_client().v1.checkout.sessions.retrieve(checkout_id, {"expand": ["payment_intent.latest_charge"]}))


def expire_checkout(checkout_id: str) -> CheckoutPage:
    """Closes an open page. Raises GatewayRefused when it is not open any more."""
    with _errors():
        return _page(_client().v1.checkout.sessions.expire(checkout_id, {"expand": ["payment_intent.latest_charge"]}))


def fetch_intent(intent_id: str) -> Intent:
    with _errors():
        return _intent(_client().v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]}))


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
    with _errors():
        return _intent(
            _client().v1.payment_intents.create(cast(Any, params), options={"idempotency_key": idempotency_key})
        )


def cancel_intent(intent_id: str) -> Intent:
    """Nobody can pay it any more. Raises GatewayRefused when it is paid, with the bank, or cancelled already."""
    with _errors():
        return _intent(_client().v1.payment_intents.cancel(intent_id, {"expand": ["latest_charge"]}))


def create_refund(*, idempotency_key: str, refund_id: str, intent_id: str, amount: int) -> GatewayRefund:
    """Sends money back: `amount` in minor units. Our refund's key stands in the metadata."""
    with _errors():
        refund = _client().v1.refunds.create(
            {"payment_intent": intent_id, "amount": amount, "metadata": {"refund_id": refund_id}},
            options={"idempotency_key": idempotency_key},
        )
    return _refund(refund)


def find_refund(*, refund_id: str, intent_id: str) -> GatewayRefund | None:
    """The refund Stripe has under our key, unless it failed: asked before a repeat, as Stripe forgets keys in time."""
    found = refunds_of_intent(intent_id)
    return next((refund for refund in found if refund.refund_id == refund_id and not refund.has_failed), None)


def refunds_of_intent(intent_id: str) -> list[GatewayRefund]:
    """All that went back or was to go back on a payment, whoever asked for it, newest first."""
    with _errors():
        listed = _client().v1.refunds.list({"payment_intent": intent_id, "limit": 100})
        return [_refund(refund) for refund in listed.auto_paging_iter()]


def refunds_of_charge(charge_id: str) -> list[GatewayRefund]:
    """The same by the charge, of which events speak."""
    with _errors():
        listed = _client().v1.refunds.list({"charge": charge_id, "limit": 100})
        return [_refund(refund) for refund in listed.auto_paging_iter()]


def fetch_refund(stripe_refund_id: str) -> GatewayRefund:
    with _errors():
        return _refund(_client().v1.refunds.retrieve(stripe_refund_id))


def verify_event(payload: bytes, signature: str) -> ReceivedEvent:
    """Who sent this and what it is about.

    Raises InvalidSignature for anything not signed by Stripe just now, and for what can be no event of Stripe's.
    """
    try:
        event = stripe.Webhook.construct_event(
            payload, signature, settings.STRIPE_WEBHOOK_SECRET, tolerance=SIGNATURE_TOLERANCE_SECONDS
        )
        about = _id_of(event.data.object)
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


@lru_cache(maxsize=1)
def _client() -> stripe.StripeClient:
    """One client a process: its connections to Stripe are kept open between calls."""
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(timeout=settings.STRIPE_TIMEOUT_SECONDS),
        max_network_retries=NETWORK_RETRIES,
    )


def forget_client() -> None:
    """The next call reads the settings anew."""
    _client.cache_clear()


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayUnavailable(type(error).__name__) from error
    except stripe.StripeError as error:
        # 409 is a call with this idempotency key that is still running: the same as no answer yet.
        if error.http_status is None or error.http_status >= 500 or error.http_status == 409:
            is_kept = error.http_status is not None and error.http_status >= 500
            raise GatewayUnavailable(type(error).__name__, is_kept=is_kept) from error
        raise GatewayRefused(error.code or "", error.user_message or str(error)) from error


def _page(session: "stripe.checkout.Session") -> CheckoutPage:
    intent = session.payment_intent
    return CheckoutPage(
        id=session.id,
        url=session.url or "",
        status=session.status or "",
        intent=_intent(intent) if isinstance(intent, stripe.PaymentIntent) else None,
    )


def _intent(intent: stripe.PaymentIntent) -> Intent:
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
        charge_id=_id_of(charge),
        card_brand=(card.brand or "") if card else "",
        card_last4=(card.last4 or "") if card else "",
        decline_code=_first(failure, "decline_code", "code") if failure else "",
        client_secret=intent.client_secret or "",
    )


def _refund(refund: stripe.Refund) -> GatewayRefund:
    metadata = {} if refund.metadata is None else refund.metadata.to_dict()
    return GatewayRefund(
        id=refund.id,
        status=refund.status or "",
        amount=refund.amount,
        currency=refund.currency.upper(),
        refund_id=str(metadata.get("refund_id", "")),
        intent_id=_id_of(refund.payment_intent),
        failure_reason=_first(refund, "failure_reason"),
        charge_id=_id_of(refund.charge),
    )


def _id_of(thing: Any) -> str:
    """Stripe gives either the id or, expanded, the object."""
    return thing if isinstance(thing, str) else str(getattr(thing, "id", "") or "")


def _name(text: Any) -> str:
    """An id or a type as Stripe gives them. Raises ValueError or TypeError for anything else."""
    if not _NAME.fullmatch(text):
        raise ValueError("Stripe gives no such name.")
    return str(text)


def _first(thing: Any, *names: str) -> str:
    """The first of these attributes that is there; Stripe leaves absent ones out."""
    values = (getattr(thing, name, None) for name in names)
    return next((str(value) for value in values if value), "")
