"""Changing one's mind: the right of somebody who books for themselves, and what it means for one course.

Consumer Contracts (Information, Cancellation and Additional Charges) Regulations 2013: regulation 30 gives 14 days
after the day of the contract; regulation 36 wants the consumer's express request before a service begins within them,
who then pays for the part they had and, once the whole was done, can't cancel any more.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings.models import Booking
from config.kernel import clock

DAYS = 14


@dataclass(frozen=True, slots=True)
class ChangeOfMind:
    """Until the end of which London day the mind can be changed, and whether the course begins by then."""

    until: date
    begins_within: bool

    @property
    def sentence(self) -> str:
        if self.begins_within:
            return (
                "Because you’re booking for yourself, you can also cancel for any reason until the course starts, and "
                "we refund everything. Once it has started, you pay for the part you had."
            )
        return (
            "Because you’re booking for yourself, you can also cancel for any reason by "
            f"{clock.format_date(self.until)}, and we refund everything."
        )


def change_of_mind(*, purpose: Booking.Purpose | None, starts_at: datetime, today: date) -> ChangeOfMind | None:
    """The right of an order placed `today`, in London; None for one that is placed for work."""
    if purpose != Booking.Purpose.SELF:
        return None
    until = today + timedelta(days=DAYS)
    return ChangeOfMind(until, begins_within=clock.london_date(starts_at) <= until)
