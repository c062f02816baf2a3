"""What becomes of a booking: confirmed, expired, seated late, given more time."""

from datetime import datetime, timedelta

import pytest

from bookings.models import Booking, CourseSession
from bookings.services import lifecycle
from config.kernel import clock
from config.kernel.states import ForbiddenTransition
from tests.factories import make_booking, make_hold, make_session

pytestmark = pytest.mark.django_db

PENDING, CONFIRMED = Booking.Status.PENDING, Booking.Status.CONFIRMED
CANCELLED, EXPIRED = Booking.Status.CANCELLED, Booking.Status.EXPIRED
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    return clock.now()


def stored(booking: Booking) -> Booking:
    return Booking.objects.get(pk=booking.pk)


@pytest.mark.parametrize("status", [PENDING, EXPIRED])
def test_a_booking_is_confirmed_once(status: Booking.Status, now: datetime) -> None:
    booking = make_booking(status=status)
    assert lifecycle.confirm_booking(booking=booking, now=now)
    assert not lifecycle.confirm_booking(booking=booking, now=now + MINUTE)
    booking = stored(booking)
    assert (booking.status, booking.confirmed_at, booking.lapses_at) == (CONFIRMED, now, None)


def test_a_cancelled_booking_is_not_confirmed(now: datetime) -> None:
    booking = make_booking(status=CANCELLED)
    with pytest.raises(ForbiddenTransition):
        lifecycle.confirm_booking(booking=booking, now=now)
    assert (booking.status, stored(booking).status) == (CANCELLED, CANCELLED)


def test_an_order_expires_when_its_time_is_up(now: datetime) -> None:
    booking = make_booking(status=PENDING, lapses_at=now)
    assert lifecycle.expire_booking(booking=booking, now=now)
    assert not lifecycle.expire_booking(booking=booking, now=now + MINUTE)
    booking = stored(booking)
    assert (booking.status, booking.expired_at) == (EXPIRED, now)


@pytest.mark.parametrize(
    "status, lapses_in", [(PENDING, MINUTE), (PENDING, None), (CONFIRMED, None), (CANCELLED, -MINUTE)]
)
def test_nothing_else_expires(status: Booking.Status, lapses_in: timedelta | None, now: datetime) -> None:
    booking = make_booking(status=status, lapses_at=now + lapses_in if lapses_in else None)
    assert not lifecycle.expire_booking(booking=booking, now=now)
    assert (stored(booking).status, stored(booking).expired_at) == (status, None)


def can_be_seated(booking: Booking, now: datetime) -> bool:
    session = CourseSession.objects.get(pk=booking.session_id)
    return lifecycle.can_be_seated(booking=booking, session=session, now=now)


@pytest.mark.parametrize(
    "status, lapses_in, seated",
    [
        (CONFIRMED, None, True),
        (PENDING, MINUTE, True),
        (PENDING, None, True),
        (PENDING, -MINUTE, False),
        (EXPIRED, -MINUTE, False),
        (CANCELLED, None, False),
    ],
)
def test_in_a_full_session_only_who_keeps_a_place_is_seated(
    status: Booking.Status, lapses_in: timedelta | None, seated: bool, now: datetime
) -> None:
    session = make_session(capacity=1)
    booking = make_booking(session, status=status, lapses_at=now + lapses_in if lapses_in else None)
    make_hold(session)
    assert can_be_seated(booking, now) is seated


@pytest.mark.parametrize("people, seated", [(2, True), (3, False)])
def test_a_lapsed_order_is_seated_when_there_is_room_for_all_of_it(people: int, seated: bool, now: datetime) -> None:
    session = make_session(capacity=3)
    make_booking(session)
    names = [("Ada", "One", "")] * people
    assert can_be_seated(make_booking(session, status=EXPIRED, people=names), now) is seated
    assert can_be_seated(make_booking(session, status=PENDING, lapses_at=now, people=names), now) is seated


@pytest.mark.parametrize("status", ["draft", "cancelled", "completed"])
def test_a_session_that_is_not_open_seats_nobody_new(status: str, now: datetime) -> None:
    session = make_session(status=CourseSession.Status(status))
    assert not can_be_seated(make_booking(session, status=PENDING), now)
    assert can_be_seated(make_booking(session, status=CONFIRMED), now)


def test_a_course_that_has_begun_seats_nobody_new() -> None:
    session = make_session()
    booking = make_booking(session, status=PENDING, lapses_at=None)
    assert can_be_seated(booking, session.starts_at - timedelta(microseconds=1))
    assert not can_be_seated(booking, session.starts_at)


def test_while_the_bank_works_the_places_are_kept(now: datetime) -> None:
    booking = make_booking(status=PENDING, lapses_at=now + MINUTE)
    for _ in range(2):
        lifecycle.keep_while_processing(booking=booking)
        assert stored(booking).lapses_at is None


@pytest.mark.parametrize("status", [CONFIRMED, CANCELLED, EXPIRED])
def test_only_a_pending_order_has_time_to_keep(status: Booking.Status, now: datetime) -> None:
    booking = make_booking(status=status, lapses_at=now + MINUTE)
    lifecycle.keep_while_processing(booking=booking)
    lifecycle.give_more_time(booking=booking, now=now)
    lifecycle.give_time_after_decline(booking=booking, now=now)
    lifecycle.wait_for_payment_again(booking=booking, now=now)
    assert stored(booking).lapses_at == now + MINUTE


def test_when_the_bank_gives_up_there_are_ten_minutes(now: datetime) -> None:
    booking = make_booking(status=PENDING, lapses_at=None)
    for later in (0, 5):
        lifecycle.wait_for_payment_again(booking=booking, now=now + later * MINUTE)
        assert stored(booking).lapses_at == now + 10 * MINUTE


@pytest.mark.parametrize("give, minutes", [(lifecycle.give_more_time, 20), (lifecycle.give_time_after_decline, 10)])
def test_more_time_never_shortens_revives_or_goes_on_for_ever(give, minutes: int, now: datetime) -> None:
    booking = make_booking(status=PENDING, lapses_at=now + MINUTE, created_at=now)
    give(booking=booking, now=now)
    assert stored(booking).lapses_at == now + minutes * MINUTE
    give(booking=booking, now=now - 5 * MINUTE)
    assert stored(booking).lapses_at == now + minutes * MINUTE
    # Its time is up, though nobody has noticed.
    give(booking=booking, now=now + minutes * MINUTE)
    assert stored(booking).lapses_at == now + minutes * MINUTE

    latest = lifecycle.latest_lapse(booking)
    assert latest == now + (30 + 12 * 20) * MINUTE
    Booking.objects.update(lapses_at=latest - MINUTE)
    booking = stored(booking)
    for _ in range(2):
        give(booking=booking, now=latest - 2 * MINUTE)
        assert stored(booking).lapses_at == latest


@pytest.mark.parametrize("give", [lifecycle.give_more_time, lifecycle.give_time_after_decline])
def test_an_order_that_has_no_end_is_given_none(give, now: datetime) -> None:
    booking = make_booking(status=PENDING, lapses_at=None)
    give(booking=booking, now=now)
    assert stored(booking).lapses_at is None
