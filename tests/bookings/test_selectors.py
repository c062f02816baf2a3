"""What is taken and what is on sale, by the one definition."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import selectors
from bookings.models import Booking, BookingPolicy, CourseSession
from config.kernel import clock
from tests.factories import make_booking, make_course, make_hold, make_session, make_user

pytestmark = pytest.mark.django_db

TWO = [("Ada", "One", ""), ("Bea", "Two", "")]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    return clock.now()


def a_busy_session(now: datetime) -> CourseSession:
    """Seven places taken: 2 confirmed, 2 pending, 1 pending without end, 2 held."""
    session = make_session(capacity=12)
    make_booking(session, people=TWO)
    make_booking(session, status=Booking.Status.PENDING, people=TWO)
    make_booking(session, status=Booking.Status.PENDING, lapses_at=None)
    make_hold(session, places=2, secret="live")
    for status in (Booking.Status.CANCELLED, Booking.Status.EXPIRED):
        make_booking(session, status=status, people=TWO)
    make_booking(session, status=Booking.Status.PENDING, lapses_at=now, people=TWO)
    make_hold(session, places=3, secret="lapsed", expires_at=now)
    make_hold(session, places=3, secret="released", released_at=now)
    make_hold(session, places=3, secret="ordered", ordered_at=now)
    return session


def test_taken_are_kept_bookings_and_live_holds(now: datetime) -> None:
    session, empty, nowhere = a_busy_session(now), make_session(), uuid4()
    taken = selectors.places_taken([session.pk, empty.pk, nowhere], now)
    assert taken == {session.pk: 7, empty.pk: 0, nowhere: 0}
    assert selectors.places_left(session, now) == 5
    counted = selectors.with_places_taken(CourseSession.objects.filter(pk=session.pk), now).get()
    assert counted.taken == 7


def test_ones_own_places_are_not_counted(now: datetime) -> None:
    session = a_busy_session(now)
    hold = session.holds.get(places=2)
    booking = session.bookings.filter(status=Booking.Status.CONFIRMED).get()
    assert selectors.places_left(session, now, besides_hold=hold.pk) == 7
    assert selectors.places_left(session, now, besides_booking=booking.pk) == 7
    assert selectors.places_left(session, now, besides_hold=hold.pk, besides_booking=booking.pk) == 9
    assert selectors.places_left(session, now, besides_hold=uuid4()) == 5


def test_over_capacity_nothing_is_left(now: datetime) -> None:
    session = make_session(capacity=1)
    make_booking(session, people=TWO)
    assert selectors.places_left(session, now) == 0
    assert selectors.places_taken([session.pk], now) == {session.pk: 2}


def test_counting_is_two_queries_for_any_number_of_sessions(now: datetime) -> None:
    for size in (1, 3):
        sessions = [make_session() for _ in range(size)]
        with CaptureQueriesContext(connection) as queries:
            selectors.places_taken([session.pk for session in sessions], now)
        assert len(queries) == 2


def test_on_sale_are_listed_sessions_to_come_soonest_first(now: datetime) -> None:
    later = make_session(starts_at=now + timedelta(days=2))
    sooner = make_session(starts_at=now + timedelta(days=1), status=CourseSession.Status.TENTATIVE)
    make_session(starts_at=now - timedelta(days=1))
    make_session(is_private=True)
    make_session(course=make_course(is_published=False))
    for status in ("draft", "cancelled", "completed"):
        make_session(status=CourseSession.Status(status))
    assert list(CourseSession.objects.on_sale(now)) == [sooner, later]


@pytest.mark.parametrize("typed", ["RFT-7K3M-2P", "rft7k3m2p", " rft 7k3m 2p ", "Rft‑7K3M‑2P"])
def test_a_reference_is_found_however_it_is_typed(typed: str) -> None:
    booking = make_booking(reference="RFT-7K3M-2P")
    make_booking()
    assert selectors.booking_for_reference(typed) == booking


@pytest.mark.parametrize("typed", ["", "-", "RFT", "RFT-7K3M-2", "%", "\x00"])
def test_anything_else_finds_nothing(typed: str) -> None:
    make_booking(reference="RFT-7K3M-2P")
    assert selectors.booking_for_reference(typed) is None


@pytest.mark.parametrize("size", [1, 3])
def test_a_booking_with_its_details_is_three_queries(size: int) -> None:
    made = make_booking(make_session(days=size), people=TWO[:1] * size)
    with CaptureQueriesContext(connection) as queries:
        booking = selectors.booking_with_details(made.pk)
        seen = (str(booking.customer), booking.session.course.name, str(booking.session.venue), booking.policy.version)
        people, days = len(booking.attendees.all()), len(booking.session.days.all())
    assert (people, days, seen[3]) == (size, size, 1)
    assert len(queries) == 3


def test_a_place_with_its_details_is_two_queries() -> None:
    attendee = make_booking(make_session(days=2)).attendees.get()
    with CaptureQueriesContext(connection) as queries:
        found = selectors.attendee_with_details(attendee.pk)
        assert found is not None
        assert (found, len(found.booking.session.days.all()), found.booking.policy.version) == (attendee, 2, 1)
    assert len(queries) == 2
    assert selectors.attendee_with_details(uuid4()) is None


def test_a_persons_bookings_newest_first(now: datetime) -> None:
    ada = make_user()
    first = make_booking(customer=ada, created_at=now - MINUTE)
    second = make_booking(customer=ada, created_at=now)
    make_booking()
    assert list(selectors.for_customer(ada)) == [second, first]


def test_the_newest_policy_is_in_force() -> None:
    newest = BookingPolicy.objects.create(version=3)
    BookingPolicy.objects.create(version=2)
    assert selectors.current_policy() == newest
