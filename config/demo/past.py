"""What happened in the last two years, as a plan: who booked what when, and how it ended. Nothing is stored here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random

from bookings.models import Booking, BookingPolicy
from config.demo.days import dice, meeting, some_time
from config.demo.people import MEMBERS, DemoPerson, companions, customers
from config.demo.timetable import DemoSession, sessions_behind
from config.demo.upcoming import REFERRAL_ANSWERS
from config.kernel import clock
from config.kernel.money import round_money

_MOST_BOOKINGS = 3
_SIZES = (1, 1, 2, 2, 3, 4)
_CALLED_OFF = (5, 40)
"""Which sessions the company itself called off, a week before; everybody got all of their money back."""
_WEEK = timedelta(days=7)
_PAYS_AFTER = timedelta(minutes=4)
_LAPSES_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class PastBooking:
    """One order and how it ended. `refund_percent` is what went back when it was cancelled."""

    session: DemoSession
    booker: DemoPerson
    companions: tuple[DemoPerson, ...]
    referral_source: str
    source: Booking.Source
    placed_at: datetime
    status: Booking.Status
    ended_at: datetime | None = None
    refund_percent: int = 0

    @property
    def places(self) -> int:
        return len(self.companions) + 1

    @property
    def was_paid(self) -> bool:
        return self.status != Booking.Status.EXPIRED

    @property
    def paid_at(self) -> datetime:
        return self.placed_at + _PAYS_AFTER

    def refund(self, total: Decimal) -> Decimal:
        """What went back of so much, in pounds."""
        return round_money(total * self.refund_percent / 100)


def bookings_behind(today: date, policy: BookingPolicy) -> list[PastBooking]:
    """Two years of bookings by all customers in turn, in the order in which they were placed."""
    throw = dice("bookings behind")
    bookers, referrals = cycle(_in_turn()), cycle(REFERRAL_ANSWERS)
    planned: list[PastBooking] = []
    for number, session in enumerate(sessions_behind(today)):
        left = session.capacity
        for _ in range(throw.randint(1, _MOST_BOOKINGS)):
            size = min(throw.choice(_SIZES), left)
            if not size:
                break
            left -= size
            booker = next(bookers)
            others = companions(f"{session.key} {booker.email}", size - 1)
            placed_at = some_time(throw, session.days[0] - timedelta(days=throw.randint(10, 45)))
            status, ended_at, percent = _end(throw, session, placed_at, policy, called_off=number in _CALLED_OFF)
            planned.append(
                PastBooking(
                    session,
                    booker,
                    tuple(others),
                    next(referrals),
                    throw.choice((*[Booking.Source.WEBSITE] * 5, Booking.Source.PHONE)),
                    placed_at,
                    status,
                    ended_at,
                    percent,
                )
            )
    return sorted(planned, key=lambda booking: booking.placed_at)


def is_called_off(bookings: list[PastBooking]) -> bool:
    """Whether these bookings of one session ended because the company called it off."""
    return all(booking.ended_at == _called_off_at(booking.session) for booking in bookings)


def _in_turn() -> Iterator[DemoPerson]:
    """Every customer once, and the organisation's organiser between every few of them."""
    organiser, *others = customers()
    for number, person in enumerate(others):
        if number % MEMBERS == 0:
            yield organiser
        yield person


def _end(
    throw: Random, session: DemoSession, placed_at: datetime, policy: BookingPolicy, *, called_off: bool
) -> tuple[Booking.Status, datetime | None, int]:
    """How a booking ended, when, and what share of its money went back."""
    chance = throw.random()
    if called_off:
        return Booking.Status.CANCELLED, _called_off_at(session), 100
    if chance < 0.05:
        return Booking.Status.EXPIRED, placed_at + _LAPSES_AFTER, 0
    if chance < 0.14:
        starts_at = meeting(session.days[0]).starts_at
        ended_on = clock.london_date(placed_at + (starts_at - placed_at) * throw.choice((2, 5, 9)) / 10)
        # Days after the order, so that the hour of the day cannot bring it before; and on the eve at the latest.
        ended_at = some_time(throw, min(ended_on, session.days[0] - timedelta(days=1)))
        return Booking.Status.CANCELLED, ended_at, _percent_back(policy, (starts_at - ended_at).days)
    return Booking.Status.CONFIRMED, None, 0


def _called_off_at(session: DemoSession) -> datetime:
    return meeting(session.days[0]).starts_at - _WEEK


def _percent_back(policy: BookingPolicy, days_before: int) -> int:
    """What the terms give back so many days before the course (DOMAIN section 2)."""
    if days_before >= policy.full_refund_days:
        return 100
    return policy.part_refund_percent if days_before >= policy.part_refund_days else 0
