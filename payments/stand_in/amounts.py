"""Amounts of money as Stripe checks and words them: whole minor units and a currency."""

from .errors import bad_parameter, unsupported

_SMALLEST = {"gbp": 30, "eur": 50, "usd": 50}
"""Minimum charge amounts: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts."""
_LARGEST = 99_999_999
_SIGNS = {"gbp": "£", "eur": "€", "usd": "$"}


def checked_currency(currency: str, param: str = "currency") -> str:
    """The currency in lower case. Only pounds, euros and dollars are played."""
    lowered = currency.lower()
    if lowered not in _SMALLEST:
        raise unsupported(f"the currency {currency!r}", param)
    return lowered


def check_amount(amount: int, currency: str, *, param: str = "amount", subject: str = "Amount") -> None:
    """Raise when an amount may not be charged."""
    if amount < 1:
        raise bad_parameter(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param=param
        )
    if amount < _SMALLEST[currency]:
        smallest = words(_SMALLEST[currency], currency)
        raise bad_parameter(f"{subject} must be at least {smallest} {currency}", code="amount_too_small", param=param)
    if amount > _LARGEST:
        largest = words(_LARGEST, currency)
        raise bad_parameter(
            f"{subject} must be no more than {largest} {currency}", code="amount_too_large", param=param
        )


def words(amount: int, currency: str) -> str:
    """An amount for people: ``£12.50``."""
    return f"{_SIGNS[currency]}{amount // 100:,}.{amount % 100:02d}"
