"""The days on which a course can be held, and the dice that make up the rest."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from bookings.services.scheduling import Day
from config.kernel import clock

STARTS, ENDS = time(9), time(16)
_MONDAY = 0


def dice(topic: str) -> Random:
    """The same throws for a topic at every load."""
    return Random(f"React Fast Training: {topic}")  # noqa: S311 - made-up people, nothing secret


def next_monday(day: date) -> date:
    """The first Monday after `day`."""
    return day + timedelta(days=7 - day.weekday())


def is_working_day(day: date) -> bool:
    """Monday to Friday, but not a bank holiday of England, nor the days around Christmas when the office is closed.

    https://www.gov.uk/bank-holidays; a holiday that falls on a weekend in the new year is not moved to the Monday.
    """
    if day.weekday() > 4 or (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1):
        return False
    easter = easter_sunday(day.year)
    if day in {easter - timedelta(days=2), easter + timedelta(days=1)}:
        return False
    if day.weekday() != _MONDAY:
        return True
    is_first, is_last = day.day <= 7, (day + timedelta(days=7)).month != day.month
    return not ((day.month == 5 and (is_first or is_last)) or (day.month == 8 and is_last))


def easter_sunday(year: int) -> date:
    """Gregorian Easter, by the method that Nature printed on 20 April 1876."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    without_correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - without_correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    month, day = divmod(moon + weekday - 7 * ((golden + 11 * moon + 22 * weekday) // 451) + 114, 31)
    return date(year, month, day + 1)


def working_days(start: date, how_many: int) -> tuple[date, ...]:
    """The first run of so many working days, one after the other in one week, on or after `start`."""
    return next(run for run in _runs(start, how_many) if all(map(is_working_day, run)))


def meeting(day: date) -> Day:
    """9am to 4pm in London."""
    return Day(clock.combine_london(day, STARTS), clock.combine_london(day, ENDS))


def some_time(throw: Random, day: date) -> datetime:
    """A minute of the day at which people book: 8am to 10pm in London."""
    return clock.combine_london(day, time(throw.randint(8, 21), throw.randint(0, 59), throw.randint(0, 59)))


def _runs(start: date, length: int) -> Iterator[tuple[date, ...]]:
    day = start
    while True:
        yield tuple(day + timedelta(days=offset) for offset in range(length))
        day += timedelta(days=1)
