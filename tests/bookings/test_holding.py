"""Places kept for one browser: taken, changed, extended, lapsed, taken again, released."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from bookings import locks, selectors
from bookings.exceptions import BookingClosed, NoMoreExtensions, NoSuchHold, NotEnoughPlaces, TooManyPlaces
from bookings.models import Booking, BookingPolicy, CourseSession, Hold
from bookings.services import holding
from bookings.services.holding import extend_hold, find_hold, release_hold, retake_hold, save_draft, take_hold
from config.kernel import clock, signing
from tests.factories import make_booking, make_hold, make_session
from tests.factories.orders import place_an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def lapse(hold: Hold) -> None:
    Hold.objects.filter(pk=hold.pk).update(expires_at=clock.now() - timedelta(seconds=1))


def left(session: CourseSession) -> int:
    return selectors.places_left(session, clock.now())


def test_a_hold_keeps_its_places_for_twenty_minutes(now: datetime) -> None:
    session = make_session(capacity=5)
    taken = take_hold(session_id=session.pk, places=3)
    hold = Hold.objects.get()
    assert (hold.places, hold.expires_at, hold.extensions) == (3, now + timedelta(minutes=20), 0)
    assert left(session) == 2
    assert len(taken.secret) == 43
    assert hold.secret_hash == signing.hash_token(taken.secret)
    assert taken.secret not in str(Hold.objects.values().get())


def test_a_hold_is_found_by_its_secret_on_its_session_alone() -> None:
    session = make_session()
    taken = take_hold(session_id=session.pk, places=1)
    assert find_hold(code=session.code, secret=taken.secret) == taken.hold
    assert find_hold(code=session.code, secret=taken.secret + "x") is None
    assert find_hold(code=session.code, secret=taken.hold.secret_hash) is None
    assert find_hold(code=make_session().code, secret=taken.secret) is None


@pytest.mark.parametrize("places", [1, 2, 3])
def test_ones_own_hold_is_never_in_the_way(now: datetime, places: int) -> None:
    session = make_session(capacity=3)
    taken = take_hold(session_id=session.pk, places=2)
    again = take_hold(session_id=session.pk, places=places, secret=taken.secret)
    assert (again.hold.pk, again.hold.places, again.secret) == (taken.hold.pk, places, taken.secret)
    assert left(session) == 3 - places
    assert Hold.objects.count() == 1


def test_changing_the_number_is_no_way_round_the_limit_on_extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    taken = take_hold(session_id=session.pk, places=2)
    end = taken.hold.expires_at
    monkeypatch.setattr(clock, "now", lambda: end - timedelta(minutes=1))
    assert take_hold(session_id=session.pk, places=1, secret=taken.secret).hold.expires_at == end


def test_more_than_are_left_are_refused_with_the_number_left() -> None:
    session = make_session(capacity=5)
    make_booking(session, people=[("Ada", "One", ""), ("Bea", "Two", "")])
    make_booking(session, status=Booking.Status.PENDING)
    make_hold(session, places=1, secret="somebody else")
    mine = take_hold(session_id=session.pk, places=1)
    for secret, free in ((mine.secret, 1), ("", 0)):
        with pytest.raises(NotEnoughPlaces) as refusal:
            take_hold(session_id=session.pk, places=2, secret=secret)
        assert refusal.value.left == free
    assert sorted(Hold.objects.values_list("places", flat=True)) == [1, 1]


@pytest.mark.parametrize("places", [-1, 0, 13])
def test_the_number_has_bounds(places: int) -> None:
    session = make_session(capacity=50)
    with pytest.raises(TooManyPlaces):
        take_hold(session_id=session.pk, places=places)
    assert Hold.objects.count() == 0
    assert take_hold(session_id=session.pk, places=12).hold.places == 12


@pytest.mark.parametrize("status", ["draft", "cancelled", "completed"])
def test_only_an_open_session_is_booked(status: str) -> None:
    session = make_session(status=CourseSession.Status(status))
    lapsed = make_hold(session, expires_at=clock.now() - timedelta(minutes=1))
    for call in (
        lambda: take_hold(session_id=session.pk, places=1),
        lambda: take_hold(session_id=session.pk, places=1, secret="secret"),
        lambda: retake_hold(hold_id=lapsed.pk),
        lambda: extend_hold(hold_id=lapsed.pk),
    ):
        with pytest.raises(BookingClosed):
            call()
    assert list(Hold.objects.values_list("pk", "expires_at", "extensions")) == [(lapsed.pk, lapsed.expires_at, 0)]


@pytest.mark.parametrize("fields", [{"status": "tentative"}, {"is_private": True}])
def test_tentative_and_private_sessions_are_booked(fields: dict[str, Any]) -> None:
    session = make_session(**fields)
    assert take_hold(session_id=session.pk, places=1).hold.places == 1


def test_booking_closes_two_hours_before_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    closes = session.starts_at - timedelta(hours=2)
    assert selectors.closes_at(session, selectors.current_policy()) == closes
    monkeypatch.setattr(clock, "now", lambda: closes)
    with pytest.raises(BookingClosed):
        take_hold(session_id=session.pk, places=1)
    monkeypatch.setattr(clock, "now", lambda: closes - timedelta(microseconds=1))
    assert take_hold(session_id=session.pk, places=1).hold.places == 1


def test_a_lapsed_hold_frees_its_places_and_can_be_taken_again(now: datetime) -> None:
    session = make_session(capacity=2)
    taken = take_hold(session_id=session.pk, places=2)
    save_draft(hold=taken.hold, draft={"first_name": "Ada"})
    lapse(taken.hold)
    assert left(session) == 2

    again = take_hold(session_id=session.pk, places=1, secret=taken.secret)
    assert (again.hold.pk, again.hold.expires_at) == (taken.hold.pk, now + timedelta(minutes=20))
    lapse(taken.hold)
    retaken = retake_hold(hold_id=taken.hold.pk)
    assert (retaken.expires_at, retaken.draft) == (now + timedelta(minutes=20), {"first_name": "Ada"})
    assert left(session) == 1


def test_a_lapsed_hold_whose_places_are_gone_keeps_its_answers() -> None:
    session = make_session(capacity=2)
    taken = take_hold(session_id=session.pk, places=2)
    save_draft(hold=taken.hold, draft={"first_name": "Ada"})
    lapse(taken.hold)
    take_hold(session_id=session.pk, places=1)
    for call in (retake_hold, extend_hold):
        with pytest.raises(NotEnoughPlaces) as refusal:
            call(hold_id=taken.hold.pk)
        assert refusal.value.left == 1
    hold = Hold.objects.get(pk=taken.hold.pk)
    assert (hold.is_live(clock.now()), hold.extensions, hold.draft) == (False, 0, {"first_name": "Ada"})


def test_a_live_hold_is_not_taken_again() -> None:
    hold = make_hold(make_session())
    assert retake_hold(hold_id=hold.pk).expires_at == hold.expires_at


def test_a_hold_is_extended_by_twenty_minutes_from_now_as_often_as_the_policy_says(now: datetime) -> None:
    hold = make_hold(make_session(), expires_at=now + timedelta(minutes=1))
    most = selectors.current_policy().max_extensions
    assert most >= 10
    for number in range(1, most + 1):
        extended = extend_hold(hold_id=hold.pk)
        assert (extended.extensions, extended.expires_at) == (number, now + timedelta(minutes=20))
    with pytest.raises(NoMoreExtensions):
        extend_hold(hold_id=hold.pk)
    assert Hold.objects.get().extensions == most


def test_extending_a_lapsed_hold_takes_it_again(now: datetime) -> None:
    session = make_session(capacity=1)
    hold = make_hold(session, expires_at=now - timedelta(minutes=5))
    extended = extend_hold(hold_id=hold.pk)
    assert (extended.is_live(now), extended.extensions, left(session)) == (True, 1, 0)


def test_a_hold_that_lapses_while_its_extension_waits_for_the_lock_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody else had the lock, and took the place in the moment after it had lapsed."""
    session = make_session(capacity=1)
    mine = take_hold(session_id=session.pk, places=1)
    lock_session = locks.lock_session

    def lock_late(session_id):
        monkeypatch.setattr(locks, "lock_session", lock_session)
        monkeypatch.setattr(clock, "now", lambda: mine.hold.expires_at)
        take_hold(session_id=session_id, places=1)
        return lock_session(session_id)

    monkeypatch.setattr(locks, "lock_session", lock_late)
    with pytest.raises(NotEnoughPlaces):
        extend_hold(hold_id=mine.hold.pk)
    assert Hold.objects.get().extensions == 0


def test_a_released_hold_gives_its_places_back_and_can_be_taken_again() -> None:
    session = make_session(capacity=2)
    taken = take_hold(session_id=session.pk, places=2)
    release_hold(hold_id=taken.hold.pk)
    released_at = Hold.objects.get().released_at
    assert left(session) == 2
    release_hold(hold_id=taken.hold.pk)
    assert Hold.objects.get().released_at == released_at

    for call in (
        lambda: take_hold(session_id=session.pk, places=2, secret=taken.secret).hold,
        lambda: retake_hold(hold_id=taken.hold.pk),
        lambda: extend_hold(hold_id=taken.hold.pk),
    ):
        hold = call()
        assert (hold.pk, hold.released_at, left(session)) == (taken.hold.pk, None, 0)
        release_hold(hold_id=hold.pk)


def test_an_ordered_hold_is_over_and_its_secret_starts_a_new_one() -> None:
    session = make_session(capacity=3)
    _, taken = place_an_order(session, places=2)
    ordered = Hold.objects.values().get()
    for call in (extend_hold, retake_hold, release_hold):
        call(hold_id=taken.hold.pk)
    assert Hold.objects.values().get() == ordered
    assert left(session) == 1

    fresh = take_hold(session_id=session.pk, places=1, secret=taken.secret)
    assert fresh.hold.pk != taken.hold.pk
    assert fresh.secret != taken.secret
    assert left(session) == 0


def test_a_secret_of_another_session_starts_a_new_hold() -> None:
    first, second = make_session(), make_session()
    taken = take_hold(session_id=first.pk, places=1)
    other = take_hold(session_id=second.pk, places=1, secret=taken.secret)
    assert (other.hold.session_id, other.secret == taken.secret) == (second.pk, False)
    assert Hold.objects.filter(session=first).count() == 1


def test_nothing_can_be_done_with_a_hold_that_is_not_there() -> None:
    for call in (extend_hold, retake_hold):
        with pytest.raises(NoSuchHold):
            call(hold_id=uuid4())


def test_a_draft_is_kept_encrypted() -> None:
    taken = take_hold(session_id=make_session().pk, places=1)
    save_draft(hold=taken.hold, draft={"needs": "SENTINEL"})
    assert Hold.objects.get().draft == {"needs": "SENTINEL"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT draft FROM bookings_hold")
        (raw,) = cursor.fetchone()
    assert bytes(raw).startswith(b"gAAAA")
    assert b"SENTINEL" not in bytes(raw)


def test_no_draft_is_kept_once_the_order_is_placed() -> None:
    _, taken = place_an_order(make_session())
    stale = taken.hold
    save_draft(hold=stale, draft={"needs": "SENTINEL"})
    assert (Hold.objects.get().draft, stale.draft) == ({}, {})


def test_the_newest_policy_counts(now: datetime) -> None:
    BookingPolicy.objects.create(version=2, hold_minutes=5, max_places=2)
    session = make_session()
    assert take_hold(session_id=session.pk, places=2).hold.expires_at == now + timedelta(minutes=5)
    with pytest.raises(TooManyPlaces):
        holding.take_hold(session_id=session.pk, places=3)
