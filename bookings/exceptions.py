"""Why places could not be kept or an order could not be placed. Pages turn each into a sentence."""

from collections.abc import Sequence
from decimal import Decimal


class BookingRefused(Exception):
    """The parent of all of them: nothing was changed."""


class NotEnoughPlaces(BookingRefused):
    def __init__(self, left: int) -> None:
        super().__init__(f"Only {left} places are left.")
        self.left = left


class BookingClosed(BookingRefused):
    """Draft, cancelled, over, or too close to its start for booking online."""


class TooManyPlaces(BookingRefused):
    """More than one online booking may have, or fewer than one."""


class NoSuchHold(BookingRefused):
    """The secret opens no hold on this session."""


class NoMoreExtensions(BookingRefused):
    """The hold was extended as often as the policy allows."""


class OfferChanged(BookingRefused):
    """What is ordered is no longer what the customer was shown. `besides`: what else changed at the same time."""

    besides: Sequence["OfferChanged"] = ()


class PriceChanged(OfferChanged):
    """The total is no longer what the customer agreed to."""

    def __init__(self, total: Decimal) -> None:
        super().__init__("The price changed.")
        self.total = total


class TermsChanged(OfferChanged):
    """Other booking terms are in force than those the customer was shown."""


class SessionChanged(OfferChanged):
    """The session meets on other days, at other times or somewhere else than the customer was shown."""


class TooLateToAsk(BookingRefused):
    """The course has begun, or the place is not booked (any more)."""
