"""Why places could not be kept or an order could not be placed. Pages turn each into a sentence."""

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


class PriceChanged(BookingRefused):
    """The total is no longer what the customer agreed to."""

    def __init__(self, total: Decimal) -> None:
        super().__init__("The price changed.")
        self.total = total


class TooLateToAsk(BookingRefused):
    """The course has begun, or the place is not booked (any more)."""
