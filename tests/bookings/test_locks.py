"""The locks themselves, and what happens without them: many people, few places, one real PostgreSQL."""

import threading
import time
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bookings import locks, selectors
from bookings.exceptions import NotEnoughPlaces
from bookings.flows.ordering import place_order
from bookings.models import Booking, CourseSession, Hold
from bookings.services import holding
from bookings.services.holding import take_hold
from config.kernel import clock
from customers.models import User
from payments.models import Payment
from tests.factories import make_booking, make_hold, make_session
from tests.factories.orders import an_order
from tests.factories.together import PATIENCE, all_at_once

BUYERS = 12


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["session", "hold", "booking"])
def test_every_lock_is_taken_at_once_and_lets_references_be_inserted(what: str) -> None:
    session = make_session()
    row = {"session": session, "hold": make_hold(session), "booking": make_booking(session)}[what]
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        locked = getattr(locks, f"lock_{what}")(row.pk)
    assert locked == row
    (query,) = queries.captured_queries
    assert "FOR NO KEY UPDATE" in query["sql"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "call",
    [
        lambda hold: take_hold(session_id=hold.session_id, places=1, secret="secret"),
        lambda hold: holding.extend_hold(hold_id=hold.pk),
        lambda hold: holding.retake_hold(hold_id=hold.pk),
        lambda hold: place_order(hold_id=hold.pk, secret="secret", order=an_order(hold.session)),
    ],
    ids=["take", "extend", "retake", "order"],
)
def test_places_are_counted_and_written_only_under_the_sessions_lock(call) -> None:
    hold = make_hold(make_session(), expires_at=clock.now())
    with CaptureQueriesContext(connection) as queries:
        call(hold)
    statements = [query["sql"] for query in queries.captured_queries]
    lock = next(n for n, sql in enumerate(statements) if 'FROM "bookings_coursesession"' in sql and "NO KEY" in sql)
    count = next(n for n, sql in enumerate(statements) if "taken" in sql or 'AS "held"' in sql)
    write = next(n for n, sql in enumerate(statements) if sql.startswith('UPDATE "bookings_hold"'))
    assert lock < count < write


@pytest.mark.django_db
def test_a_hold_is_locked_by_its_secret_on_its_own_session_only() -> None:
    hold = make_hold(make_session())
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        assert locks.lock_hold_of_secret(hold.session_id, "secret") == hold
        assert locks.lock_hold_of_secret(make_session().pk, "secret") is None
        assert locks.lock_hold_of_secret(hold.session_id, hold.secret_hash) is None
    locking = [query["sql"] for query in queries.captured_queries if 'FROM "bookings_hold"' in query["sql"]]
    assert len(locking) == 3
    assert all("FOR NO KEY UPDATE" in sql for sql in locking)


def fight_for(session: CourseSession, places: int = 1) -> list[object]:
    return all_at_once([lambda: take_hold(session_id=session.pk, places=places)] * BUYERS)


@pytest.fixture
def slow_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment passes between counting and writing, in which a race has room to happen."""
    check_room = holding.check_room

    def check_slowly(*args, **kwargs) -> None:
        check_room(*args, **kwargs)
        time.sleep(0.05)

    monkeypatch.setattr(holding, "check_room", check_slowly)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_check")
@pytest.mark.parametrize("capacity, places, sold", [(1, 1, 1), (5, 1, 5), (5, 2, 2)])
def test_exactly_the_places_there_are_are_sold(capacity: int, places: int, sold: int) -> None:
    session = make_session(capacity=capacity)
    results = fight_for(session, places)
    refused = [result for result in results if isinstance(result, NotEnoughPlaces)]
    assert len(refused) == BUYERS - sold
    assert [result for result in results if isinstance(result, Exception)] == refused
    assert Hold.objects.count() == sold
    assert selectors.places_taken([session.pk], clock.now()) == {session.pk: sold * places}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_fight_oversells(monkeypatch: pytest.MonkeyPatch) -> None:
    """The race is real: the test above proves the lock, not luck."""

    everybody_counted = threading.Barrier(BUYERS)
    check_room = holding.check_room

    def check_together(*args: Any, **kwargs: Any) -> None:
        check_room(*args, **kwargs)
        everybody_counted.wait(PATIENCE)

    def read_session(session_id: UUID) -> CourseSession:
        return CourseSession.objects.select_related("course").get(pk=session_id)

    monkeypatch.setattr(locks, "lock_session", read_session)
    monkeypatch.setattr(holding, "check_room", check_together)
    session = make_session(capacity=1)
    fight_for(session)
    assert Hold.objects.count() == BUYERS


@pytest.mark.django_db(transaction=True)
def test_one_hold_ordered_by_many_presses_is_one_booking() -> None:
    session = make_session()
    taken = take_hold(session_id=session.pk, places=2)
    order = an_order(session, places=2)
    placed = all_at_once([lambda: place_order(hold_id=taken.hold.pk, secret=taken.secret, order=order)] * 8)
    assert [result for result in placed if isinstance(result, Exception)] == []
    assert len({(result.booking.pk, result.payment_id) for result in placed}) == 1
    # Each of them opens the booking's page.
    assert all(result.access_token for result in placed)
    assert (Booking.objects.count(), Payment.objects.count(), User.objects.count()) == (1, 1, 1)
    assert selectors.places_taken([session.pk], clock.now()) == {session.pk: 2}


@pytest.mark.django_db(transaction=True)
def test_a_lapsed_hold_and_a_newcomer_never_both_get_the_last_place() -> None:
    for _ in range(10):
        session = make_session(capacity=1)
        hold = make_hold(session, secret=f"secret {session.code}", expires_at=clock.now())
        extend = partial(holding.extend_hold, hold_id=hold.pk)
        results = all_at_once([extend, partial(take_hold, session_id=session.pk, places=1)])
        assert [type(result) for result in results if isinstance(result, Exception)] == [NotEnoughPlaces]
        assert selectors.places_taken([session.pk], clock.now()) == {session.pk: 1}
