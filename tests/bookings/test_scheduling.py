"""Sessions and the days they meet on."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from bookings.models import CourseSession, SessionDay
from bookings.services.scheduling import Day, create_session, set_days, set_session_status
from config.kernel import clock
from config.kernel.states import ForbiddenTransition
from tests.factories import make_course, make_session, make_venue

pytestmark = pytest.mark.django_db

MORNING = datetime(2027, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def day(number: int, *, hours: int = 7) -> Day:
    starts = MORNING + timedelta(days=number)
    return Day(starts, starts + hours * HOUR)


def test_a_session_takes_price_and_rate_from_its_course_and_its_ends_from_its_days() -> None:
    course = make_course(price=Decimal("95.50"), vat_rate=Decimal(0))
    session = create_session(course=course, venue=make_venue(), days=[day(2), day(0), day(1)], capacity=8)
    session.refresh_from_db()
    assert (session.price, session.vat_rate, session.capacity) == (Decimal("95.50"), 0, 8)
    assert (session.starts_at, session.ends_at) == (day(0).starts_at, day(2).ends_at)
    assert (session.status, session.is_private, len(session.code)) == ("draft", False, 8)
    assert list(session.days.values_list("starts_at", "ends_at")) == [day(0), day(1), day(2)]


@pytest.mark.parametrize("price", ["0.00", "120.00"])
def test_a_price_of_its_own(price: str) -> None:
    session = create_session(
        course=make_course(), venue=None, days=[day(0)], capacity=1, price=Decimal(price), is_private=True
    )
    assert (session.price, session.venue, session.is_private) == (Decimal(price), None, True)


@pytest.mark.parametrize(
    "days, problem",
    [
        ([], "at least one day"),
        ([day(0, hours=0)], "ends after it starts"),
        ([day(0, hours=-1)], "ends after it starts"),
        ([day(0), Day(MORNING + HOUR, MORNING + 9 * HOUR)], "overlap"),
        ([day(0), day(0)], "overlap"),
    ],
)
def test_days_that_make_no_sense_are_refused(days: list[Day], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        create_session(course=make_course(), venue=None, days=days, capacity=1)
    assert (CourseSession.objects.count(), SessionDay.objects.count()) == (0, 0)

    session = make_session(starts_at=MORNING)
    before = CourseSession.objects.values().get()
    with pytest.raises(ValidationError, match=problem):
        set_days(session=session, days=days)
    assert CourseSession.objects.values().get() == before
    assert list(session.days.values_list("starts_at", "ends_at")) == [day(0)]


def test_one_day_may_begin_when_another_ends() -> None:
    days = [day(0), Day(day(0).ends_at, day(0).ends_at + HOUR)]
    assert create_session(course=make_course(), venue=None, days=days, capacity=1).days.count() == 2


def test_new_days_replace_the_old_ones_and_calendars_are_told() -> None:
    session = make_session(starts_at=MORNING, days=3)
    for number in (1, 2):
        changed = set_days(session=session, days=[day(9 + number), day(8 + number)])
        session.refresh_from_db()
        assert changed.calendar_sequence == session.calendar_sequence == number
    assert (session.starts_at, session.ends_at) == (day(10).starts_at, day(11).ends_at)
    assert list(session.days.values_list("starts_at", "ends_at")) == [day(10), day(11)]


def test_a_session_moves_on_by_its_table() -> None:
    session = make_session(status=CourseSession.Status.DRAFT)
    assert set_session_status(session=session, status=CourseSession.Status.TENTATIVE)
    assert not set_session_status(session=session, status=CourseSession.Status.TENTATIVE)
    assert set_session_status(session=session, status=CourseSession.Status.CANCELLED)
    with pytest.raises(ForbiddenTransition):
        set_session_status(session=session, status=CourseSession.Status.CONFIRMED)
    session.refresh_from_db()
    assert session.status == CourseSession.Status.CANCELLED


def test_when_a_session_was_cancelled_is_noted_once() -> None:
    before, session = clock.now(), make_session()
    set_session_status(session=session, status=CourseSession.Status.CANCELLED)
    noted = CourseSession.objects.get(pk=session.pk).cancelled_at
    assert noted is not None
    assert before <= noted <= clock.now()
    set_session_status(session=session, status=CourseSession.Status.CANCELLED)
    assert CourseSession.objects.get(pk=session.pk).cancelled_at == noted


def test_a_cancelled_session_is_listed_for_a_fortnight() -> None:
    now = clock.now()
    make_session(status=CourseSession.Status.CANCELLED)
    shown = make_session(status=CourseSession.Status.CANCELLED)
    gone = make_session(status=CourseSession.Status.CANCELLED)
    CourseSession.objects.filter(pk=shown.pk).update(cancelled_at=now - timedelta(days=14) + timedelta(minutes=1))
    CourseSession.objects.filter(pk=gone.pk).update(cancelled_at=now - timedelta(days=14))
    assert list(CourseSession.objects.listed(now)) == [shown]
    assert not CourseSession.objects.on_sale(now).exists()
