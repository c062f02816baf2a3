"""Calendar files (RFC 5545, RFC 5546): one entry a course day, in London time with its zone spelled out.

The caller gives stable UIDs, counts SEQUENCE up when a day changes, and names the stamp, so that a file can be
made again byte for byte.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from icalendar import Calendar, Component, Event, Timezone, vCalAddress, vText

from config.kernel.clock import LONDON

_PRODUCT = "-//Coursebook//Bookings//EN"

# The rule in force since 1996, without an end; the library's own zone stops in 2038 and lists every change.
_LONDON_ZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of a session. `start` and `end` are instants; an empty text is left out of the file."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    location: str
    description: str
    url: str
    sequence: int


def calendar_file(
    days: Sequence[CalendarDay],
    *,
    organizer_name: str,
    organizer_email: str,
    stamp: datetime,
    method: Literal["PUBLISH", "CANCEL"] = "PUBLISH",
) -> bytes:
    """The bytes of an .ics file that publishes `days`, or cancels what was published under their UIDs.

    Serve or attach it as `text/calendar; charset=utf-8; method=<method>`. Raises ValueError for no days, a naive
    instant, or a day that ends before it begins.
    """
    if not days:
        raise ValueError("A calendar file needs at least one day.")
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_london_zone())
    organizer = vCalAddress(f"mailto:{_one_line(organizer_email)}")
    organizer.params["CN"] = vText(_one_line(organizer_name))
    for day in days:
        event = _event(day, stamp=stamp, cancelled=method == "CANCEL")
        event.add("organizer", organizer)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


@lru_cache(maxsize=1)
def _london_zone() -> Component:
    """Read once a process: that takes a third of the time of a file. Nothing changes it."""
    return Timezone.from_ical(_LONDON_ZONE)


def _event(day: CalendarDay, *, stamp: datetime, cancelled: bool) -> Event:
    if any(instant.tzinfo is None for instant in (day.start, day.end, stamp)):
        raise ValueError("A calendar file is made from instants that carry their zone.")
    if day.end <= day.start:
        raise ValueError("A calendar day must end after it begins.")
    event = Event()
    event.add("uid", _one_line(day.uid))
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("sequence", day.sequence)
    event.add("dtstart", day.start.astimezone(LONDON))
    event.add("dtend", day.end.astimezone(LONDON))
    event.add("summary", _one_line(day.summary))
    for name, text in (("location", _one_line(day.location)), ("description", _lines(day.description))):
        if text:
            event.add(name, text)
    if day.url:
        event.add("url", _one_line(day.url))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    return event


def _lines(text: str) -> str:
    """`text` with plain line breaks and without control characters, which RFC 5545 does not allow."""
    unified = "\n".join(text.splitlines())
    return "".join(c for c in unified if c == "\n" or unicodedata.category(c) != "Cc")


def _one_line(text: str) -> str:
    return " ".join(_lines(text).split("\n"))
