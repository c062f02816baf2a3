"""Stripe's documented test cards (https://docs.stripe.com/testing): what each of them does.

No other card number works here, as in Stripe's test mode; nothing of a number is kept but its last four digits.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from .errors import StripeError

_MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "card_velocity_exceeded": "Your card was declined for making repeated attempts too frequently or exceeding its"
    " amount limit.",
}


@dataclass(frozen=True)
class Decline:
    """Why a bank says no: the error's ``code``, and the bank's own ``decline_code`` where there is one."""

    code: str
    decline_code: str | None = None

    @property
    def message(self) -> str:
        """What Stripe tells the customer. Loss and theft are not told, so that a thief does not learn of it."""
        return _MESSAGES.get(self.decline_code or self.code, "Your card was declined.")


@dataclass(frozen=True)
class Card:
    """One test card. ``refund`` is the course a refund to it takes."""

    number: str
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    decline: Decline | None = None
    challenge: bool = False
    refund: Literal["succeeds", "pending_then_succeeds", "succeeds_then_fails"] = "succeeds"

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


def _declined(reason: str) -> Decline:
    return Decline("card_declined", reason)


_CARDS: dict[str, Card] = {
    "pm_card_visa": Card("4242424242424242"),
    "pm_card_visa_debit": Card("4000056655665556", funding="debit"),
    "pm_card_mastercard": Card("5555555555554444", brand="mastercard"),
    "pm_card_amex": Card("378282246310005", brand="amex"),
    "pm_card_gb": Card("4000008260000000", country="GB"),
    "pm_card_visa_chargeDeclined": Card("4000000000000002", decline=_declined("generic_decline")),
    "pm_card_visa_chargeDeclinedInsufficientFunds": Card("4000000000009995", decline=_declined("insufficient_funds")),
    "pm_card_visa_chargeDeclinedLostCard": Card("4000000000009987", decline=_declined("lost_card")),
    "pm_card_visa_chargeDeclinedStolenCard": Card("4000000000009979", decline=_declined("stolen_card")),
    "pm_card_chargeDeclinedExpiredCard": Card("4000000000000069", decline=Decline("expired_card")),
    "pm_card_chargeDeclinedIncorrectCvc": Card("4000000000000127", decline=Decline("incorrect_cvc")),
    "pm_card_chargeDeclinedProcessingError": Card("4000000000000119", decline=Decline("processing_error")),
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": Card(
        "4000000000006975", decline=_declined("card_velocity_exceeded")
    ),
    # "Always authenticate" and "authenticate unless set up": nothing is ever set up here, so both always ask.
    "pm_card_authenticationRequired": Card("4000002760003184", country="DE", challenge=True),
    "pm_card_authenticationRequiredOnSetup": Card("4000002500003155", country="DE", challenge=True),
    "pm_card_threeDSecure2Required": Card("4000000000003220", country="IE", challenge=True),
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "4000008260003178", country="GB", challenge=True, decline=_declined("insufficient_funds")
    ),
    "pm_card_threeDSecureRequiredChargeDeclined": Card(
        "4000008400001629", challenge=True, decline=_declined("generic_decline")
    ),
    "pm_card_pendingRefund": Card("4000000000007726", refund="pending_then_succeeds"),
    "pm_card_refundFail": Card("4000000000005126", refund="succeeds_then_fails"),
}
_BY_NUMBER = {card.number: card for card in _CARDS.values()}
_IDS = {card.number: test_id for test_id, card in _CARDS.items()}


def by_id(payment_method: str) -> Card | None:
    """The card behind a ready-made id such as ``pm_card_visa``."""
    return _CARDS.get(payment_method)


def remembered(test_id: str) -> Card:
    """The card whose id was kept (see ``id_of``)."""
    return _CARDS[test_id]


def by_number(number: str) -> Card | None:
    """The card with that number, digits only."""
    return _BY_NUMBER.get(number)


def read_card(number: str, month: int, year: int, cvc: str | None, now: int) -> Card:
    """Check what was typed and return the card it names.

    ``year`` may have two digits. Raises a ``card_error`` (402) as Stripe does when a payment method is made of it.
    """
    digits = re.sub(r"[\s-]", "", number)
    if not re.fullmatch(r"\d{12,19}", digits) or not _checksum_fits(digits):
        raise _mistyped("incorrect_number", "Your card number is incorrect.", "number")
    if not 1 <= month <= 12:
        raise _mistyped("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")
    today = datetime.fromtimestamp(now, UTC)
    full_year = year + 2000 if year < 100 else year
    if not today.year <= full_year <= today.year + 50:
        raise _mistyped("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year")
    if (full_year, month) < (today.year, today.month):
        raise _mistyped("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")
    card = by_number(digits)
    if cvc is not None and not re.fullmatch(r"\d{4}" if card and card.brand == "amex" else r"\d{3}", cvc):
        raise _mistyped("invalid_cvc", "Your card's security code is invalid.", "cvc")
    if card is None:
        raise StripeError(
            402,
            "card_error",
            "Your card was declined. Your request was in test mode, but used a non test card."
            " For a list of valid test cards, visit: https://stripe.com/docs/testing.",
            code="card_declined",
            decline_code="test_mode_live_card",
        )
    return card


def _mistyped(code: str, message: str, param: str) -> StripeError:
    return StripeError(402, "card_error", message, code=code, param=param)


def _checksum_fits(digits: str) -> bool:
    """Luhn's check of a card number."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def id_of(card: Card) -> str:
    """The ready-made id of a card: what is remembered of it besides its last four digits."""
    return _IDS[card.number]
