"""The demo's plan holds on every kind of day: it is only computed here, nothing is stored."""

from collections import Counter
from datetime import date

import pytest

from bookings.models import Booking, BookingPolicy
from config.demo import past, timetable, upcoming
from config.demo.days import easter_sunday, is_working_day, next_monday, working_days
from config.demo.needs import NEEDS_OF_COMPANIONS, OWN_NEEDS
from config.kernel import clock

DAYS = [
    date(2026, 11, 21),  # a Saturday
    date(2026, 12, 24),
    date(2027, 1, 1),
    date(2027, 3, 14),  # a Sunday, with Easter ahead
    date(2027, 8, 2),
    date(2028, 2, 29),
]


@pytest.mark.parametrize(
    "day, expected",
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 21), False),
        (date(2026, 12, 23), True),
        (date(2026, 12, 24), False),
        (date(2027, 1, 1), False),
        (date(2027, 3, 26), False),  # Good Friday
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 5, 3), False),
        (date(2027, 5, 10), True),
        (date(2027, 5, 31), False),
        (date(2027, 8, 23), True),
        (date(2027, 8, 30), False),
    ],
)
def test_courses_are_held_on_working_days_of_england(day: date, expected: bool) -> None:
    assert is_working_day(day) is expected


def test_easter_is_where_the_calendar_has_it() -> None:
    years = {2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2028: (4, 16), 2038: (4, 25)}
    assert {year: easter_sunday(year) for year in years} == {y: date(y, *day) for y, day in years.items()}


def test_several_days_are_not_torn_apart() -> None:
    # Monday 28 December would do but for the days around Christmas; Friday and Monday are no run.
    assert working_days(date(2026, 12, 23), 3) == (date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 6))
    assert next_monday(date(2026, 11, 23)) == date(2026, 11, 30)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_time_ahead_is_special_in_the_same_ways_on_any_day(today: date) -> None:
    sessions, orders = timetable.sessions_ahead(today), upcoming.orders_ahead(today)
    taken = Counter({session.key: 0 for session in sessions})
    for order in orders:
        taken[order.session.key] += order.places
    left = [session.capacity - taken[session.key] for session in sessions]
    assert (len(taken), left.count(0), left.count(2), min(left)) == (len(sessions), 1, 1, 0)
    assert all(today < session.days[0] and all(map(is_working_day, session.days)) for session in sessions)
    assert 105 <= (max(session.days[-1] for session in sessions) - today).days <= 130
    assert [order.booker_needs for order in orders if order.booker_needs] == list(OWN_NEEDS)
    assert [order.companion_needs for order in orders if order.companion_needs] == list(NEEDS_OF_COMPANIONS)
    assert all(order.booker_comes for order in orders if order.booker_needs)
    assert len({(order.session.key, order.booker.email) for order in orders}) == len(orders)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_past_is_over_and_in_order_on_any_day(today: date) -> None:
    bookings = past.bookings_behind(today, BookingPolicy(version=1))
    midnight = clock.london_midnight(today)
    assert len({booking.booker.email for booking in bookings}) == 40
    for booking in bookings:
        assert booking.session.days[-1] < today
        assert booking.placed_at < booking.paid_at < (booking.ended_at or midnight) <= midnight
        assert booking.refund_percent in {0, 50, 100}
        assert booking.refund_percent == 0 or booking.status == Booking.Status.CANCELLED
    places: Counter[tuple[str, str, date]] = Counter()
    for booking in bookings:
        places[booking.session.key] += booking.places
    assert all(places[booking.session.key] <= booking.session.capacity for booking in bookings)
