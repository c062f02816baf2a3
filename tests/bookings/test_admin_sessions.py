"""Sessions in the office: days through the scheduling service, status by actions."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Course, CourseSession, SessionDay, Venue
from config.kernel import clock
from tests.factories import make_booking, make_course, make_hold, make_session, make_staff, make_user, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_staff(is_superuser=True))
    return client


def address(page: str, *args: object) -> str:
    return reverse(f"admin:bookings_coursesession_{page}", args=args)


def session_answers(course: Course, venue: Venue, **answers: str) -> dict[str, str]:
    days = {"days-TOTAL_FORMS": "0", "days-INITIAL_FORMS": "0"}
    return days | {
        "course": str(course.pk),
        "venue": str(venue.pk),
        "days": "Mon 29 March 2027, 9am to 4pm\n2027-01-05 9:30-12:00",
        "capacity": "12",
        "price": "",
        **answers,
    }


def test_a_session_is_made_with_its_days_and_the_courses_price(office: Client) -> None:
    instructor = make_user(kind="instructor")
    answers = session_answers(make_course(), make_venue(), instructors=str(instructor.pk))
    assert office.post(address("add"), answers).status_code == 302
    session = CourseSession.objects.get()
    assert (session.status, session.price, session.vat_rate) == ("draft", Decimal("90.00"), Decimal("20.00"))
    assert list(session.instructors.all()) == [instructor]
    # The second day is in summer time.
    assert [f"{day.starts_at:%d %H:%M}" for day in session.days.all()] == ["05 09:30", "29 08:00"]
    assert (session.starts_at, session.ends_at.hour) == (session.days.all()[0].starts_at, 15)


@pytest.mark.parametrize(
    "days, sentence",
    [
        ("tomorrow", "“tomorrow” is not a day. Write it like Thursday 3 December 2026, 9am to 4pm."),
        ("Friday 3 December 2026, 9am to 4pm", "is not a day."),
        ("2027-02-30 09:00 to 16:00", "is not a day."),
        ("2027-02-03 09:00 to 25:00", "is not a day."),
        ("2027-02-03 16:00 to 09:00", "ends before it starts."),
        ("2027-02-03 09:00 to 16:00\n2027-02-03 15:00 to 17:00", "Two days of a session can’t overlap."),
        ("", "This field is required."),
        ("\n".join(f"2027-03-{n:02d} 09:00 to 10:00" for n in range(1, 23)), "A session meets on 20 days at most."),
    ],
)
def test_days_that_are_none_are_refused(office: Client, days: str, sentence: str) -> None:
    response = office.post(address("add"), session_answers(make_course(), make_venue(), days=days))
    assert sentence in response.content.decode()
    assert CourseSession.objects.count() == 0


def test_changing_the_days_tells_calendars_and_changes_nothing_else(office: Client) -> None:
    session = make_session(days=2)
    answers = session_answers(session.course, session.venue or make_venue(), status="completed", capacity="8")
    assert office.post(address("change", session.pk), answers).status_code == 302
    after = CourseSession.objects.get()
    assert (after.capacity, after.status, after.calendar_sequence) == (8, session.status, session.calendar_sequence + 1)
    assert SessionDay.objects.count() == 2
    assert f"{after.starts_at:%Y-%m-%d}" == "2027-01-05"


@pytest.mark.parametrize("lines", ["2027-05-04 09:00 to 16:00", "Tuesday 4 May 2027, 9am to 4pm", "4 may 2027 9am-4pm"])
def test_saving_without_a_change_leaves_the_days_alone(office: Client, lines: str) -> None:
    session = make_session(starts_at=clock.combine_london(date(2027, 5, 4), time(9)))
    answers = session_answers(session.course, session.venue or make_venue(), days=lines, price="90.00")
    office.post(address("change", session.pk), answers)
    assert CourseSession.objects.get().calendar_sequence == session.calendar_sequence


def test_the_list_of_sessions_counts_the_places_taken(office: Client) -> None:
    session = make_session()
    make_booking(session, people=[("", "", "")] * 3)
    make_hold(session, places=2)
    make_hold(session, places=4, secret="over", expires_at=clock.now() - timedelta(minutes=1))
    assert '<span class="small">5 of 12</span></td>' in office.get(address("changelist")).content.decode()


def test_who_may_only_look_sees_a_session_with_its_days(client: Client) -> None:
    client.force_login(make_staff("bookings.view_coursesession", "bookings.view_booking"))
    session = make_session()
    page = client.get(address("change", session.pk))
    assert page.status_code == 200
    days = [clock.format_date(clock.london_date(day.starts_at)) for day in session.days.all()]
    assert days
    assert all(day in page.content.decode() for day in days)
    assert client.post(address("change", session.pk), {"capacity": "1"}).status_code == 403
