"""London days, the two changes of the clock, and how dates and times read."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from config.kernel import clock


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type] # the parts are year, month, day ...


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    "instant, day",
    [
        (utc(2026, 6, 30, 22, 59), date(2026, 6, 30)),
        (utc(2026, 6, 30, 23, 0), date(2026, 7, 1)),
        (utc(2026, 12, 31, 23, 59), date(2026, 12, 31)),
        (datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))), date(2025, 12, 31)),
    ],
)
def test_a_day_is_a_london_day(instant: datetime, day: date) -> None:
    assert clock.london_date(instant) == day


def test_today_is_the_london_day_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: utc(2026, 6, 30, 23, 30))
    assert clock.london_today() == date(2026, 7, 1)


@pytest.mark.parametrize(
    "day, instant",
    [
        (date(2026, 1, 15), utc(2026, 1, 15)),
        (date(2026, 6, 15), utc(2026, 6, 14, 23)),
        (date(2026, 3, 29), utc(2026, 3, 29)),
        (date(2026, 3, 30), utc(2026, 3, 29, 23)),
        (date(2026, 10, 25), utc(2026, 10, 24, 23)),
        (date(2026, 10, 26), utc(2026, 10, 26)),
    ],
)
def test_a_london_day_begins_at_its_own_midnight(day: date, instant: datetime) -> None:
    midnight = clock.london_midnight(day)
    assert midnight == instant
    assert midnight.tzinfo is UTC
    assert clock.london_date(midnight) == day
    assert clock.london_date(midnight - timedelta(seconds=1)) == day - timedelta(days=1)


@pytest.mark.parametrize(
    "day, at, instant",
    [
        (date(2026, 1, 15), time(9), utc(2026, 1, 15, 9)),
        (date(2026, 6, 15), time(9), utc(2026, 6, 15, 8)),
        # Spring: 01:00 to 02:00 does not exist and is read with the offset before the change.
        (date(2026, 3, 29), time(0, 59), utc(2026, 3, 29, 0, 59)),
        (date(2026, 3, 29), time(1, 30), utc(2026, 3, 29, 1, 30)),
        (date(2026, 3, 29), time(2, 0), utc(2026, 3, 29, 1, 0)),
        # Autumn: 01:00 to 02:00 comes twice; the first is meant, whatever `fold` says.
        (date(2026, 10, 25), time(1, 30), utc(2026, 10, 25, 0, 30)),
        (date(2026, 10, 25), time(1, 30, fold=1), utc(2026, 10, 25, 0, 30)),
        (date(2026, 10, 25), time(2, 0), utc(2026, 10, 25, 2, 0)),
    ],
)
def test_a_wall_clock_time_becomes_an_instant(day: date, at: time, instant: datetime) -> None:
    combined = clock.combine_london(day, at)
    assert combined == instant
    assert combined.tzinfo is UTC


def test_times_without_a_zone_and_wall_clocks_with_one_are_refused() -> None:
    naive = datetime(2026, 6, 1, 9)  # noqa: DTZ001 - the naive instant is what is tested
    with pytest.raises(ValueError, match="zone"):
        clock.london_date(naive)
    with pytest.raises(ValueError, match="zone"):
        clock.format_time(naive)
    with pytest.raises(ValueError, match="zone"):
        clock.combine_london(date(2026, 6, 1), time(9, tzinfo=UTC))


def test_dates_read_as_the_design_language_says() -> None:
    assert clock.format_date(date(2026, 12, 3)) == "Thursday 3 December 2026"
    assert clock.format_plain_date(date(2026, 12, 3)) == "3 December 2026"
    assert clock.format_short_date(date(2026, 12, 3)) == "Thu 3 Dec"


def test_a_moment_in_a_list_has_its_year_unless_it_is_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: utc(2026, 12, 31, 12))
    assert clock.format_short_moment(utc(2026, 12, 3, 16, 30)) == "Thu 3 Dec, 4:30pm"
    assert clock.format_short_moment(utc(2025, 6, 30, 23, 5)) == "Tue 1 Jul 2025, 12:05am"


@pytest.mark.parametrize("day", [date(2026, 12, 3), date(2027, 5, 1), date(2024, 2, 29)])
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    for words in (clock.format_date(day), clock.format_plain_date(day), f"{clock.format_short_date(day)} {day.year}"):
        assert clock.read_date(words) == day
    assert clock.read_date(day.isoformat()) == day


@pytest.mark.parametrize("minutes", [0, 1, 90, 540, 719, 720, 721, 990, 1439])
def test_a_time_is_read_as_it_is_written(minutes: int) -> None:
    at = time(minutes // 60, minutes % 60)
    assert clock.read_time(clock.format_time(at)) == at
    assert clock.read_time(f"{at:%H:%M}") == at


@pytest.mark.parametrize(
    "words, why",
    [
        ("Fri 3 December 2026", "another weekday"),
        ("Thu Fri 3 December 2026", "another weekday"),
        ("30 Feb 2027", "range"),
        ("3 De 2026", "De is none of"),
        ("3 Dez 2026", "Dez is none of"),
        ("2026-13-03", "month"),
        ("tomorrow", "not enough values"),
    ],
)
def test_a_day_that_is_none_is_refused(words: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        clock.read_date(words)


@pytest.mark.parametrize(
    "words, why",
    [
        ("9", "Invalid isoformat"),
        ("13pm", "No clock face"),
        ("0am", "No clock face"),
        ("9:75am", "minute must be"),
        ("25:00", "hour must be"),
        ("noon", "invalid literal"),
    ],
)
def test_a_time_that_is_none_is_refused(words: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        clock.read_time(words)


@pytest.mark.parametrize("offset", range(7))
def test_every_weekday_has_its_name(offset: int) -> None:
    day = date(2026, 11, 16) + timedelta(days=offset)
    names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    assert clock.format_date(day) == f"{names[offset]} {day.day} November 2026"


@pytest.mark.parametrize(
    "first, last, text",
    [
        (date(2026, 12, 14), date(2026, 12, 16), "14 to 16 December 2026"),
        (date(2026, 11, 30), date(2026, 12, 2), "30 November to 2 December 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 December 2026 to 2 January 2027"),
        (date(2026, 12, 3), date(2026, 12, 3), "Thursday 3 December 2026"),
    ],
)
def test_a_range_of_days_says_month_and_year_once(first: date, last: date, text: str) -> None:
    assert clock.format_date_range(first, last) == text


def test_a_range_of_days_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        clock.format_date_range(date(2026, 12, 3), date(2026, 12, 2))


@pytest.mark.parametrize(
    "moment, text",
    [
        (time(9), "9am"),
        (time(16, 30), "4:30pm"),
        (time(12), "12 noon"),
        (time(0), "12 midnight"),
        (time(12, 5), "12:05pm"),
        (time(0, 30), "12:30am"),
        (time(11, 59, 59), "11:59am"),
        (utc(2026, 6, 1, 8), "9am"),
        (utc(2026, 12, 1, 8), "8am"),
        (utc(2026, 6, 1, 23), "12 midnight"),
    ],
)
def test_times_read_as_the_design_language_says(moment: datetime | time, text: str) -> None:
    assert clock.format_time(moment) == text


def test_a_range_of_times() -> None:
    assert clock.format_time_range(time(9), time(16)) == "9am to 4pm"
    assert clock.format_time_range(utc(2026, 6, 1, 8), utc(2026, 6, 1, 11)) == "9am to 12 noon"


def test_a_deadline_names_its_day_unless_it_is_a_few_hours_off() -> None:
    noon = utc(2026, 11, 21, 12)
    # Past midnight as well: nobody takes it for the day after.
    assert clock.format_deadline(utc(2026, 11, 21, 23, 59), seen_at=noon) == "11:59pm"
    assert clock.format_deadline(utc(2026, 11, 22), seen_at=utc(2026, 11, 21, 23)) == "12 midnight"
    assert clock.format_deadline(utc(2026, 11, 22), seen_at=noon) == "12 midnight on Sunday 22 November 2026"
