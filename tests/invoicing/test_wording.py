"""What a line says about when, where and who."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bookings.models import Attendee, CourseSession, SessionDay, Venue
from invoicing.services.wording import course_date, line_detail, printable

KELHAM = Venue(name="Kelham Works", town="Sheffield")
THURSDAY = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HANNAH = Attendee(first_name="Hannah", last_name="Okafor")


def session_of(
    *starts: datetime, venue: Venue | None = KELHAM, hours: int = 7
) -> tuple[CourseSession, list[SessionDay]]:
    ends = [start + timedelta(hours=hours) for start in starts]
    session = CourseSession(venue=venue, starts_at=starts[0], ends_at=ends[-1])
    return session, [SessionDay(starts_at=start, ends_at=end) for start, end in zip(starts, ends, strict=True)]


def detail(*starts: datetime, people: Sequence[Attendee] = (HANNAH,), venue: Venue | None = KELHAM) -> list[str]:
    session, days = session_of(*starts, venue=venue)
    return line_detail(session, days, people).split("\n")


def test_one_day_at_a_venue() -> None:
    assert detail(THURSDAY) == ["Thursday 3 December 2026, 9am to 4pm, Kelham Works, Sheffield", "Hannah Okafor"]


def test_a_session_without_a_venue_yet() -> None:
    assert detail(THURSDAY, venue=None) == ["Thursday 3 December 2026, 9am to 4pm", "Hannah Okafor"]


def test_times_are_londons_on_both_sides_of_the_clock_change() -> None:
    saturday, sunday = datetime(2026, 10, 24, 8, 0, tzinfo=UTC), datetime(2026, 10, 25, 9, 0, tzinfo=UTC)
    assert detail(saturday, sunday)[0] == "24 to 25 October 2026, 9am to 4pm, Kelham Works, Sheffield"


def test_days_in_a_row_at_the_same_hours_are_one_line() -> None:
    days = [THURSDAY + timedelta(days=n) for n in range(3)]
    assert detail(*days)[:-1] == ["3 to 5 December 2026, 9am to 4pm, Kelham Works, Sheffield"]


def test_days_apart_are_a_line_each() -> None:
    assert detail(THURSDAY, THURSDAY + timedelta(days=7))[:-1] == [
        "Thursday 3 December 2026, 9am to 4pm",
        "Thursday 10 December 2026, 9am to 4pm, Kelham Works, Sheffield",
    ]


def test_days_at_different_hours_are_a_line_each() -> None:
    assert detail(THURSDAY, THURSDAY + timedelta(days=1, minutes=30), venue=None)[:-1] == [
        "Thursday 3 December 2026, 9am to 4pm",
        "Friday 4 December 2026, 9:30am to 4:30pm",
    ]


def test_a_session_whose_days_were_never_written_down() -> None:
    session, _ = session_of(THURSDAY)
    assert line_detail(session, [], [HANNAH]) == (
        "Thursday 3 December 2026, 9am to 4pm, Kelham Works, Sheffield\nHannah Okafor"
    )


@pytest.mark.parametrize(
    "names, expected",
    [
        (["Hannah Okafor", "Tom Ackroyd"], "Hannah Okafor, Tom Ackroyd"),
        (["Hannah Okafor", ""], "Hannah Okafor and 1 person to be named"),
        (["Hannah Okafor", "", "Tom Ackroyd", ""], "Hannah Okafor, Tom Ackroyd and 2 people to be named"),
        ([""], "1 person to be named"),
        (["", "", ""], "3 people to be named"),
        (["Łukasz\nŻółć\t "], "Łukasz Żółć"),
    ],
)
def test_who_comes(names: list[str], expected: str) -> None:
    assert detail(THURSDAY, people=[Attendee(first_name=name) for name in names])[-1] == expected


def test_the_date_of_the_course() -> None:
    assert course_date(session_of(THURSDAY)[0]) == "3 December 2026"
    assert course_date(session_of(THURSDAY, THURSDAY + timedelta(days=2))[0]) == "3 to 5 December 2026"


@pytest.mark.parametrize(
    "typed, printed",
    [
        ("4 Mill Lane\r\n  Hebden Bridge ", "4 Mill Lane\nHebden Bridge"),
        ("Zoë O’Neill-Żak", "Zoë O’Neill-Żak"),
        ("Wis\u0301niewski", "Wiśniewski"),
        ("bell\x07 and \x1b[31mred", "bell and [31mred"),
        ("\u202eevil\u2066", "evil"),
        ("क्‍ष", "क्‍ष"),
        ("", ""),
    ],
)
def test_printable(typed: str, printed: str) -> None:
    assert printable(typed) == printed
