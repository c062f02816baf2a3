"""Time: aware UTC inside, London days and wording outside.

Everything that asks "which day is it?" or writes a date for people goes through here. The wording follows
the design language, section 10; names of days and months are fixed here because `strftime` follows the
server's locale.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

LONDON = ZoneInfo("Europe/London")
# So near, a clock time says which day it is on.
_SAYS_ITSELF = timedelta(hours=12)

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now().astimezone(UTC)


def london_date(instant: datetime) -> date:
    """The day it is in London at `instant`. Raises ValueError for a naive one."""
    return _in_london(instant).date()


def london_today() -> date:
    """Today, in London."""
    return london_date(now())


def london_midnight(day: date) -> datetime:
    """The instant, in UTC, at which `day` begins in London."""
    return combine_london(day, time.min)


def combine_london(day: date, at: time) -> datetime:
    """The instant, in UTC, when London's clocks show `at` on `day`.

    A time the spring change skips is read with the offset before it (01:30 on 29 March 2026 is 01:30 UTC);
    one that the autumn change repeats means the first occurrence (01:30 on 25 October 2026 is 00:30 UTC).
    Raises ValueError for a time that already carries a zone.
    """
    if at.tzinfo is not None:
        raise ValueError("A wall-clock time carries no zone of its own.")
    return datetime.combine(day, at.replace(fold=0), tzinfo=LONDON).astimezone(UTC)


def format_date(day: date) -> str:
    """ "Thursday 3 December 2026"."""
    return f"{_WEEKDAYS[day.weekday()]} {format_plain_date(day)}"


def format_plain_date(day: date) -> str:
    """ "3 December 2026", where the weekday says nothing: dates of payments and papers."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_short_date(day: date) -> str:
    """ "Thu 3 Dec", for tables."""
    return f"{_WEEKDAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1][:3]}"


def format_short_day(day: date) -> str:
    """ "Thu 3 Dec", with the year unless it is this one: for lists of what may be long ago."""
    year = f" {day.year}" if day.year != london_today().year else ""
    return f"{format_short_date(day)}{year}"


def format_short_range(first: date, last: date) -> str:
    """ "14 to 16 Dec", "30 Nov to 2 Dec", or the one day as `format_short_date`."""
    if first == last:
        return format_short_date(first)
    until = f"{last.day} {_MONTHS[last.month - 1][:3]}"
    if first.month == last.month:
        return f"{first.day} to {until}"
    return f"{first.day} {_MONTHS[first.month - 1][:3]} to {until}"


def format_date_range(first: date, last: date) -> str:
    """ "14 to 16 December 2026", saying month and year once when both days share them.

    A range of one day reads as `format_date`. Raises ValueError when it ends before it begins.
    """
    if last < first:
        raise ValueError(f"A range of days cannot end ({last}) before it begins ({first}).")
    if first == last:
        return format_date(first)
    until = format_plain_date(last)
    if first.year != last.year:
        return f"{format_plain_date(first)} to {until}"
    if first.month != last.month:
        return f"{first.day} {_MONTHS[first.month - 1]} to {until}"
    return f"{first.day} to {until}"


def format_time(moment: datetime | time) -> str:
    """ "9am", "4:30pm", "12 noon", "12 midnight": London time for an instant, as it stands for a wall-clock time.

    Seconds are dropped. Raises ValueError for a naive instant.
    """
    wall = _in_london(moment).time() if isinstance(moment, datetime) else moment
    if wall.minute == 0 and wall.hour in (0, 12):
        return "12 noon" if wall.hour else "12 midnight"
    minutes = f":{wall.minute:02d}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes}{'am' if wall.hour < 12 else 'pm'}"


def format_short_moment(instant: datetime) -> str:
    """ "Thu 3 Dec, 4:30pm", with the year unless it is this one: for lists of what happened."""
    return f"{format_short_day(london_date(instant))}, {format_time(instant)}"


def format_time_range(start: datetime | time, end: datetime | time) -> str:
    """ "9am to 4pm"."""
    return f"{format_time(start)} to {format_time(end)}"


def format_deadline(instant: datetime, *, seen_at: datetime) -> str:
    """ "2:45pm" within twelve hours, else "2:45pm on Thursday 3 December 2026": until when something is kept."""
    if instant - seen_at < _SAYS_ITSELF:
        return format_time(instant)
    return f"{format_time(instant)} on {format_date(london_date(instant))}"


def read_date(words: str) -> date:
    """A day as `format_date` writes it, with or without its weekday, shortened or not; or "2026-12-03".

    Raises ValueError for what is none, and for a weekday that is not that day's.
    """
    if "-" in words:
        return date.fromisoformat(words)
    *weekday, number, month, year = words.split()
    day = date(int(year), _place_of(month, _MONTHS) + 1, int(number))
    if weekday and [_place_of(name, _WEEKDAYS) for name in weekday] != [day.weekday()]:
        raise ValueError(f"{words} is another weekday.")
    return day


def read_time(words: str) -> time:
    """A time as `format_time` writes it, or "16:30". Raises ValueError for what is none: "9" is morning or evening."""
    figures, half = words.strip(), ""
    for ending in ("am", "pm", "noon", "midnight"):
        if figures.lower().endswith(ending):
            figures, half = figures[: -len(ending)].strip(), ending
    if not half:
        return time.fromisoformat(figures.zfill(5))
    hour, _, minute = figures.partition(":")
    if not 1 <= int(hour) <= 12:
        raise ValueError(f"No clock face shows {words}.")
    return time(int(hour) % 12 + (12 if half in ("pm", "noon") else 0), int(minute or 0))


def _place_of(name: str, names: tuple[str, ...]) -> int:
    """Where in `names` the one is that begins like this, at least with three letters."""
    found = [place for place, whole in enumerate(names) if whole.lower().startswith(name.lower())]
    if len(name) < 3 or not found:
        raise ValueError(f"{name} is none of {names}.")
    return found[0]


def _in_london(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("An instant must carry its zone.")
    return instant.astimezone(LONDON)
