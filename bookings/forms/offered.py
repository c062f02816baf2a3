"""A session as the office's list offers it: what is left of it, and the price that was told to who is booked for."""

from dataclasses import dataclass
from typing import Any

from bookings.models import Booking, CourseSession
from bookings.services.consumers import change_of_mind
from config.kernel import clock

_BETWEEN = "~"


@dataclass(frozen=True)
class Offered:
    """A session that can be booked, with the places left as a hint. `value` carries the price that was told."""

    session: CourseSession
    left: int

    @property
    def value(self) -> str:
        return f"{self.session.pk}{_BETWEEN}{self.session.price}"

    @property
    def needs_early_start(self) -> bool:
        """Whether a consumer has to ask for the course to be held while they can still change their mind."""
        mind = change_of_mind(
            purpose=Booking.Purpose.SELF, starts_at=self.session.starts_at, today=clock.london_today()
        )
        return bool(self.session.price and mind and mind.begins_within)


def key_of(value: Any) -> str:
    """The session's key in what a form says of an offer; the key alone is enough."""
    return str(value or "").partition(_BETWEEN)[0]


def price_told(value: Any) -> str:
    """The price in what a form says of an offer; empty without one."""
    return str(value or "").partition(_BETWEEN)[2]
