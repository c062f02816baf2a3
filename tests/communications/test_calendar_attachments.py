"""The calendar files that go with letters: right at every time of the year, the same entry each time, nobody else's."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bookings.models import CourseSession
from bookings.services.calendars import booking_calendar, place_calendar
from bookings.services.scheduling import Day, set_days
from communications import selectors
from communications.models import Message
from communications.rendering import render
from communications.services import outbox
from config.kernel import clock
from tests.communications.builders import HANNAH, TOM, Book

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")


def parsed(content: bytes) -> Any:
    """The library's types say of each property that it may be any of thirty things."""
    return Calendar.from_ical(content)


def attached(message: Message) -> Any:
    [attachment] = render(selectors.with_subject(message.pk), link_url="").attachments
    assert (attachment.maintype, attachment.subtype) == ("text", "calendar")
    assert dict(attachment.params) == {"charset": "utf-8", "method": "PUBLISH"}
    return parsed(attachment.content)


def test_one_entry_a_day_with_place_reference_and_page(book: Book) -> None:
    booking = book()
    [message] = outbox.queue_booking_messages(booking=booking, invoice=None)
    calendar = attached(message)
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE", "VEVENT"]
    assert calendar["METHOD"] == "PUBLISH"
    [event] = calendar.walk("VEVENT")
    assert event["UID"] == f"booking-{booking.pk}-day-1@testserver"
    assert event["SEQUENCE"] == 0
    assert event["SUMMARY"] == "Emergency First Aid at Work"
    assert event["LOCATION"] == "Kelham Works, Green Lane, Sheffield S3 8SE"
    page = f"http://testserver/bookings/{booking.reference}/"
    assert event["URL"] == page
    assert event["DESCRIPTION"] == (
        f"Booking {booking.reference}\nYour booking: {page}\nQuestions: call 0114 496 0321."
    )


def test_a_places_entry_knows_only_the_place(book: Book) -> None:
    booking = book([HANNAH, TOM])
    [_, message] = outbox.queue_booking_messages(booking=booking, invoice=None)
    tom = booking.attendees.get(position=2)
    [event] = attached(message).walk("VEVENT")
    page = f"http://testserver/places/{tom.pk}/"
    assert event["UID"] == f"place-{tom.pk}-day-1@testserver"
    assert event["URL"] == page
    assert event["DESCRIPTION"] == (
        f"Session K7HQ2M\nYour place on this course: {page}\nQuestions: call 0114 496 0321."
    )


def test_summer_and_winter_days_are_nine_o_clock_in_london(
    book: Book, make_session: Callable[..., CourseSession]
) -> None:
    """The clocks go forward on Sunday 28 March 2027, between the two days."""
    session = make_session(date(2027, 3, 26), date(2027, 3, 29), code="SPRING")
    booking = book(on=session)
    [message] = outbox.queue_booking_messages(booking=booking, invoice=None)
    calendar = attached(message)
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/London"
    winter, summer = calendar.walk("VEVENT")
    assert [event["SUMMARY"] for event in (winter, summer)] == [
        "Emergency First Aid at Work (day 1 of 2)",
        "Emergency First Aid at Work (day 2 of 2)",
    ]
    assert [event["UID"] for event in (winter, summer)] == [
        f"booking-{booking.pk}-day-{number}@testserver" for number in (1, 2)
    ]
    assert [event["DTSTART"].params["TZID"] for event in (winter, summer)] == ["Europe/London"] * 2
    assert [event["DTSTART"].dt for event in (winter, summer)] == [
        datetime(2027, 3, 26, 9, tzinfo=LONDON),
        datetime(2027, 3, 29, 9, tzinfo=LONDON),
    ]
    assert [event["DTSTART"].dt.utcoffset() for event in (winter, summer)] == [timedelta(0), timedelta(hours=1)]
    assert [event["DTEND"].dt.hour for event in (winter, summer)] == [16, 16]


def test_a_changed_day_keeps_its_uid_and_counts_up(book: Book) -> None:
    booking = book([HANNAH, TOM])
    tom = booking.attendees.get(position=2)
    now = clock.now()
    before = [booking_calendar(booking, now=now), place_calendar(tom, now=now)]
    start = clock.combine_london(date(2026, 12, 4), datetime.min.time().replace(hour=10))
    booking.session = set_days(session=booking.session, days=[Day(start, start + timedelta(hours=6))])
    tom.booking = booking
    after = [booking_calendar(booking, now=now), place_calendar(tom, now=now)]
    for old, new in zip(before, after, strict=True):
        [was], [now_is] = (parsed(content).walk("VEVENT") for content in (old, new))
        assert was["UID"] == now_is["UID"]
        assert (was["SEQUENCE"], now_is["SEQUENCE"]) == (0, 1)
        assert now_is["DTSTART"].dt == datetime(2026, 12, 4, 10, tzinfo=LONDON)


def test_a_place_not_settled_is_left_out(book: Book, make_session: Callable[..., CourseSession]) -> None:
    booking = book(on=make_session(date(2027, 1, 5), code="NOWHERE", at_venue=False))
    [event] = parsed(booking_calendar(booking, now=clock.now())).walk("VEVENT")
    assert "LOCATION" not in event
