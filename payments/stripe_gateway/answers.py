"""What Stripe's answers are to everything else: frozen dataclasses for what was told, errors for what was not done."""

from dataclasses import dataclass, field
from datetime import datetime


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
