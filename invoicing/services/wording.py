"""What papers say: when, where and who. Pure functions; on an invoice their result is frozen with it."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from bookings.models import Attendee, CourseSession, SessionDay
from config.kernel import clock
from config.kernel.characters import DIRECTION_CONTROLS


def line_detail(session: CourseSession, days: Sequence[SessionDay], people: Sequence[Attendee]) -> str:
    """When and where, then who, each on lines of its own. Never anything about anybody's needs."""
    when = meetings(session, days)
    if session.venue is not None:
        when[-1] += f", {session.venue}"
    return "\n".join([*when, _who(people)])


def meetings(session: CourseSession, days: Sequence[SessionDay]) -> list[str]:
    """ "Thursday 3 December 2026, 9am to 4pm": one line for days in a row at the same hours, else one line a day."""
    return _when([(day.starts_at, day.ends_at) for day in days] or [(session.starts_at, session.ends_at)])


def printable(text: str) -> str:
    """`text` without control characters and without marks that turn the reading direction: no typeface draws them, and
    a paper must read as it is stored. A letter with its accent is one character, as the typeface has it."""
    unified = "\n".join(line.strip() for line in unicodedata.normalize("NFC", text).splitlines())
    return "".join(c for c in unified if c == "\n" or not (unicodedata.category(c) == "Cc" or c in DIRECTION_CONTROLS))


def course_date(session: CourseSession) -> str:
    """ "3 December 2026", or "14 to 16 December 2026"."""
    first, last = clock.london_date(session.starts_at), clock.london_date(session.ends_at)
    return clock.format_plain_date(first) if first == last else clock.format_date_range(first, last)


def _when(times: Sequence[tuple[datetime, datetime]]) -> list[str]:
    dates = [clock.london_date(start) for start, _ in times]
    hours = [clock.format_time_range(start, end) for start, end in times]
    in_a_row = (dates[-1] - dates[0]).days == len(dates) - 1
    if in_a_row and len(set(hours)) == 1:
        return [f"{clock.format_date_range(dates[0], dates[-1])}, {hours[0]}"]
    return [f"{clock.format_date(day)}, {time}" for day, time in zip(dates, hours, strict=True)]


def _who(people: Sequence[Attendee]) -> str:
    names = [" ".join(printable(person.full_name).split()) for person in people]
    named = ", ".join(name for name in names if name)
    unnamed = names.count("")
    if not unnamed:
        return named
    rest = "1 person to be named" if unnamed == 1 else f"{unnamed} people to be named"
    return f"{named} and {rest}" if named else rest
