"""Calendar files, read back by the library and, for the zone, compared with the system's own zone data."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from config.kernel.calendar import CalendarDay, calendar_file
from config.kernel.clock import combine_london

STAMP = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SUMMARY = "Emergency First Aid at Work – Sheffield, day 1; bring warm socks, a pen & Zoë’s notes"


def course_day(day: date, **changes: Any) -> CalendarDay:
    facts: dict[str, Any] = {
        "uid": f"day-{day}@example.org",
        "start": combine_london(day, time(9)),
        "end": combine_london(day, time(16, 30)),
        "summary": SUMMARY,
        "location": "Hillsborough Hall, 1 High Street, Sheffield",
        "description": "Bring a pen.\nLunch is included.",
        "url": "https://example.org/sessions/abc/",
        "sequence": 2,
    }
    return CalendarDay(**{**facts, **changes})


def written(*days: CalendarDay, method: Literal["PUBLISH", "CANCEL"] = "PUBLISH") -> bytes:
    return calendar_file(
        days,
        organizer_name='React "Fast" Training, Ltd',
        organizer_email="bookings@example.org",
        stamp=STAMP,
        method=method,
    )


def read_back(data: bytes) -> tuple[Calendar, list[Any]]:
    calendar = Calendar.from_ical(data)
    return calendar, list(calendar.walk("VEVENT"))


def test_a_course_day_reads_back_as_it_was_given() -> None:
    calendar, [event] = read_back(written(course_day(date(2026, 12, 3))))
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["VERSION"] == "2.0"
    assert event["UID"] == "day-2026-12-03@example.org"
    assert event["SEQUENCE"] == 2
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == SUMMARY
    assert event["LOCATION"] == "Hillsborough Hall, 1 High Street, Sheffield"
    assert event["DESCRIPTION"] == "Bring a pen.\nLunch is included."
    assert event["URL"] == "https://example.org/sessions/abc/"
    assert event["DTSTAMP"].dt == STAMP
    assert event["ORGANIZER"] == "mailto:bookings@example.org"


@pytest.mark.parametrize(
    "day, utc_hour, offset",
    [(date(2026, 6, 15), 8, timedelta(hours=1)), (date(2026, 12, 3), 9, timedelta(0))],
)
def test_summer_and_winter_days_begin_at_nine_in_london(day: date, utc_hour: int, offset: timedelta) -> None:
    data = written(course_day(day))
    assert f"DTSTART;TZID=Europe/London:{day:%Y%m%d}T090000\r\n".encode() in data
    assert f"DTEND;TZID=Europe/London:{day:%Y%m%d}T163000\r\n".encode() in data
    _, [event] = read_back(data)
    assert event["DTSTART"].dt.utcoffset() == offset
    assert event["DTSTART"].dt.astimezone(UTC) == datetime.combine(day, time(utc_hour), tzinfo=UTC)


def test_the_zone_that_is_written_out_agrees_with_the_systems() -> None:
    calendar, _ = read_back(written(course_day(date(2026, 12, 3))))
    zone: Any
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/London"
    written_out, systems = zone.to_tz(lookup_tzid=False), ZoneInfo("Europe/London")
    for year in (1997, 2026, 2027, 2036):
        for day in range(366):
            noon = datetime(year, 1, 1, 12) + timedelta(days=day)  # noqa: DTZ001 - a wall clock, put into both zones
            assert noon.replace(tzinfo=written_out).utcoffset() == noon.replace(tzinfo=systems).utcoffset()


def test_a_cancellation_names_the_same_days_and_says_so() -> None:
    day = course_day(date(2026, 12, 3))
    calendar, [event] = read_back(written(day, method="CANCEL"))
    assert calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == (day.uid, "CANCELLED", 2)


def test_a_course_of_three_days_is_three_entries_and_one_zone() -> None:
    days = [course_day(date(2026, 12, 14) + timedelta(days=n)) for n in range(3)]
    calendar, events = read_back(written(*days))
    assert [event["UID"] for event in events] == [day.uid for day in days]
    assert len(calendar.walk("VTIMEZONE")) == 1


def test_the_same_days_give_the_same_bytes() -> None:
    assert written(course_day(date(2026, 12, 3))) == written(course_day(date(2026, 12, 3)))


def test_lines_end_in_crlf_and_are_folded_between_characters() -> None:
    data = written(course_day(date(2026, 12, 3), summary="Å–Zoë’s course " * 20))
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        assert b"\r" not in line
        assert b"\n" not in line
        line.decode()  # a fold within a character would raise


def test_what_people_typed_adds_no_lines_of_its_own() -> None:
    typed = "Hall\r\nATTENDEE:mailto:x@example.org\rURL:x\x0bSUMMARY:y\x00\u2028END:VEVENT"
    data = written(course_day(date(2026, 12, 3), location=typed, summary=typed, description=typed))
    _, [event] = read_back(data)
    assert "ATTENDEE" not in event
    assert event["SUMMARY"] == event["LOCATION"]
    assert event["LOCATION"] == "Hall ATTENDEE:mailto:x@example.org URL:x SUMMARY:y END:VEVENT"
    assert event["DESCRIPTION"] == "Hall\nATTENDEE:mailto:x@example.org\nURL:x\nSUMMARY:y\nEND:VEVENT"


def test_empty_texts_are_left_out() -> None:
    _, [event] = read_back(written(course_day(date(2026, 12, 3), location="", description="", url="")))
    assert {"LOCATION", "DESCRIPTION", "URL"}.isdisjoint(event)


def test_impossible_days_are_refused() -> None:
    day = course_day(date(2026, 12, 3))
    with pytest.raises(ValueError, match="at least one day"):
        written()
    with pytest.raises(ValueError, match="must end after it begins"):
        written(course_day(date(2026, 12, 3), end=day.start))
    with pytest.raises(ValueError, match="carry their zone"):
        written(course_day(date(2026, 12, 3), start=day.start.replace(tzinfo=None)))
