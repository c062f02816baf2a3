"""Changing one's mind: for whom, until when, and what a course within that time means."""

from datetime import date, datetime, timedelta

import pytest

from bookings.models import Booking
from bookings.services.consumers import ChangeOfMind, change_of_mind
from config.kernel import clock

TODAY = date(2026, 11, 21)


def starting(day: date) -> datetime:
    return clock.combine_london(day, datetime.min.time()) + timedelta(hours=9)


@pytest.mark.parametrize(
    "day, begins_within",
    [
        (date(2026, 11, 22), True),
        (date(2026, 12, 5), True),
        (date(2026, 12, 6), False),
    ],
)
def test_fourteen_days_for_who_books_for_themselves(day: date, begins_within: bool) -> None:
    mind = change_of_mind(purpose=Booking.Purpose.SELF, starts_at=starting(day), today=TODAY)
    assert mind == ChangeOfMind(date(2026, 12, 5), begins_within=begins_within)


@pytest.mark.parametrize("purpose", [Booking.Purpose.WORK, None])
def test_no_such_right_for_work(purpose: Booking.Purpose | None) -> None:
    assert change_of_mind(purpose=purpose, starts_at=starting(date(2027, 1, 1)), today=TODAY) is None


def test_the_right_in_a_sentence() -> None:
    assert ChangeOfMind(date(2026, 12, 5), begins_within=False).sentence == (
        "Because you’re booking for yourself, you can also cancel for any reason by Saturday 5 December 2026, and we "
        "refund everything."
    )
    assert ChangeOfMind(date(2026, 12, 5), begins_within=True).sentence == (
        "Because you’re booking for yourself, you can also cancel for any reason until the course starts, and we "
        "refund everything. Once it has started, you pay for the part you had."
    )
