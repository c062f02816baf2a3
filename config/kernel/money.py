"""Money: pounds and pence, Stripe's minor units, rounding, VAT and sharing out a remainder.

Amounts are `Decimal` with two places beside a currency code. Pure arithmetic only: what an order costs and until when
it is refunded is in `bookings/services/pricing.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

PENNY = Decimal("0.01")
CURRENCY = "GBP"

# https://docs.stripe.com/currencies#minor-units
_ZERO_DECIMAL = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
# No minor unit in life, but two places at Stripe, always 00: "special cases" on the same page.
_WHOLE_BUT_TWO_PLACES = frozenset({"ISK", "UGX"})
# Three places at Stripe; our amounts have two, so these are refused rather than guessed.
_THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class VatSplit:
    """A price with VAT taken apart. `net + vat == gross`, to the penny."""

    net: Decimal
    vat: Decimal
    gross: Decimal


def to_minor(amount: Decimal, currency: str = CURRENCY) -> int:
    """The integer Stripe expects for `amount`: pence for pounds, yen for yen.

    Raises ValueError for what cannot be charged or refunded: a negative, infinite or undefined
    amount, a fraction of the smallest unit, or a currency with three decimal places.
    """
    _require_finite(amount)
    if amount < 0:
        raise ValueError(f"An amount sent to Stripe cannot be negative: {amount}.")
    places = _places_at_stripe(currency)
    minor = amount.scaleb(places)
    smallest = 100 if currency.upper() in _WHOLE_BUT_TWO_PLACES else 1
    if minor % smallest:
        raise ValueError(f"{amount} is not a whole number of the smallest unit of {currency}.")
    return int(minor)


def from_minor(minor: int, currency: str = CURRENCY) -> Decimal:
    """The amount, with two places, for an integer that came from Stripe.

    Negative integers are real there (balance transactions), so they are kept. Raises ValueError for
    anything but an integer, a fraction in a currency that has none, or a three-decimal currency.
    """
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise ValueError(f"A minor amount is an integer, not {type(minor).__name__}.")
    places = _places_at_stripe(currency)
    if currency.upper() in _WHOLE_BUT_TWO_PLACES and minor % 100:
        raise ValueError(f"{minor} is not a whole number of the smallest unit of {currency}.")
    return Decimal(minor).scaleb(-places).quantize(PENNY)


def round_money(amount: Decimal) -> Decimal:
    """`amount` to the nearest penny, half a penny away from nought."""
    _require_finite(amount)
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def split_vat(gross: Decimal, rate: Decimal) -> VatSplit:
    """Take VAT at `rate` per cent out of a price that includes it.

    The VAT is rounded to the nearest penny and the net is what remains, so the parts always add up.
    Raises ValueError for a negative rate or a gross that is not whole pence.
    """
    if round_money(gross) != gross:
        raise ValueError(f"{gross} is not a whole number of pence.")
    if not rate.is_finite() or rate < 0:
        raise ValueError(f"{rate} is not a rate of VAT.")
    vat = round_money(gross * rate / (100 + rate))
    return VatSplit(net=gross - vat, vat=vat, gross=gross)


def share_out(total: Decimal, parts: int | Sequence[Decimal]) -> list[Decimal]:
    """Share `total` evenly (an int) or by weights, in whole pence, so that the shares add up exactly.

    Pennies that are left over go to the shares that lost most by rounding down, the earlier first
    (largest remainder). Raises ValueError when there is nobody to share with, a weight is negative,
    all weights are nought, or `total` is not whole pence.
    """
    weights = [Decimal(1)] * parts if isinstance(parts, int) else list(parts)
    if not weights:
        raise ValueError("There is nothing to share the amount between.")
    if any(not weight.is_finite() or weight < 0 for weight in weights):
        raise ValueError("A weight must be nought or more.")
    if not any(weights):
        raise ValueError("At least one weight must be more than nought.")
    if round_money(total) != total:
        raise ValueError(f"{total} is not a whole number of pence.")
    if total < 0:
        return [-share for share in share_out(-total, weights)]
    pence = int(total.scaleb(2))
    whole = sum(map(Fraction, weights))
    # Fractions, so that equal losses compare equal and the earlier share really comes first.
    exact = [pence * Fraction(weight) / whole for weight in weights]
    floors = [floor(share) for share in exact]
    by_loss = sorted(range(len(weights)), key=lambda i: exact[i] - floors[i], reverse=True)
    for i in by_loss[: pence - sum(floors)]:
        floors[i] += 1
    return [Decimal(share).scaleb(-2).quantize(PENNY) for share in floors]


def format_money(amount: Decimal, *, whole: bool = False) -> str:
    """Pounds as people read them: "£1,080.00", "−£90.00"; `whole` drops ".00" ("£90", but "£90.50").

    Sums, invoices and receipts show pence; sentences and lists use `whole` (design language, section 10).
    """
    rounded = round_money(amount)
    sign = MINUS if rounded < 0 else ""
    figures = f"{abs(rounded):,.2f}"
    if whole:
        figures = figures.removesuffix(".00")
    return f"{sign}£{figures}"


def format_rate(rate: Decimal) -> str:
    """A rate in per cent without idle noughts: "20%", "17.5%"."""
    figures = f"{rate:f}"
    return f"{figures.rstrip('0').rstrip('.') if '.' in figures else figures}%"


def _places_at_stripe(currency: str) -> int:
    code = currency.upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise ValueError(f"{currency!r} is not a currency code.")
    if code in _THREE_DECIMAL:
        raise ValueError(f"Amounts in {code} have three decimal places and are not supported.")
    return 0 if code in _ZERO_DECIMAL else 2


def _require_finite(amount: Decimal) -> None:
    if not amount.is_finite():
        raise ValueError(f"{amount!r} is not an amount of money.")
