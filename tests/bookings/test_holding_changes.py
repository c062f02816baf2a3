"""More places or fewer on a hold, answers that move to another date, and a browser that forgets."""

from datetime import timedelta

import pytest

from bookings import selectors
from bookings.exceptions import BookingClosed, NotEnoughPlaces, TooManyPlaces
from bookings.models import CourseSession, Hold
from bookings.services.holding import bring_answers, change_places, forget, save_draft, take_hold
from config.kernel import clock
from tests.factories import make_booking, make_hold, make_session
from tests.factories.orders import place_an_order

pytestmark = pytest.mark.django_db


def left(session: CourseSession) -> int:
    return selectors.places_left(session, clock.now())


def lapse(hold: Hold) -> None:
    Hold.objects.filter(pk=hold.pk).update(expires_at=clock.now() - timedelta(seconds=1))


def test_one_more_is_taken_and_one_fewer_given_back() -> None:
    session = make_session(capacity=3)
    hold = make_hold(session, places=2)
    assert change_places(hold_id=hold.pk, places=3).places == 3
    assert left(session) == 0
    changed = change_places(hold_id=hold.pk, places=1)
    assert (changed.places, changed.expires_at, left(session)) == (1, hold.expires_at, 2)


def test_more_than_are_left_changes_nothing() -> None:
    session = make_session(capacity=3)
    hold = make_hold(session, places=2)
    make_booking(session)
    with pytest.raises(NotEnoughPlaces) as refusal:
        change_places(hold_id=hold.pk, places=3)
    assert (refusal.value.left, Hold.objects.get().places) == (2, 2)


@pytest.mark.parametrize("places", [0, 13])
def test_the_number_has_bounds(places: int) -> None:
    hold = make_hold(make_session(capacity=50), places=2)
    with pytest.raises(TooManyPlaces):
        change_places(hold_id=hold.pk, places=places)
    assert Hold.objects.get().places == 2


def test_a_lapsed_hold_shrinks_even_where_nothing_is_left_and_grows_only_with_room() -> None:
    session = make_session(capacity=3)
    hold = make_hold(session, places=3)
    lapse(hold)
    make_booking(session, people=[("", "", "")] * 3)
    assert change_places(hold_id=hold.pk, places=2).is_live(clock.now()) is False
    with pytest.raises(NotEnoughPlaces):
        change_places(hold_id=hold.pk, places=3)
    assert Hold.objects.get().places == 2


def test_growing_takes_a_lapsed_hold_again() -> None:
    session = make_session(capacity=3)
    hold = make_hold(session, places=1)
    lapse(hold)
    assert change_places(hold_id=hold.pk, places=2).is_live(clock.now())
    assert left(session) == 1


def test_a_cancelled_session_takes_nobody_more() -> None:
    session = make_session(status=CourseSession.Status.CANCELLED)
    hold = make_hold(session)
    with pytest.raises(BookingClosed):
        change_places(hold_id=hold.pk, places=2)
    assert Hold.objects.get().places == 1


def test_an_order_keeps_its_places() -> None:
    _, taken = place_an_order(make_session(), places=2)
    assert change_places(hold_id=taken.hold.pk, places=1).places == 2
    assert Hold.objects.get().places == 2


def test_answers_move_to_another_date_and_leave_its_places() -> None:
    first, second = make_session(), make_session()
    there = take_hold(session_id=first.pk, places=2)
    save_draft(hold=there.hold, draft={"first_name": "Hannah"})
    here = take_hold(session_id=second.pk, places=2).hold
    save_draft(hold=here, draft={"first_name": "Old", "phone": "07700 900142"})

    assert bring_answers(to=here, code=first.code, secret=there.secret)

    assert Hold.objects.get(pk=here.pk).draft == {"first_name": "Hannah", "phone": "07700 900142"}
    assert Hold.objects.get(pk=there.hold.pk).draft == {}
    assert (left(first), left(second)) == (12, 10)


def test_an_empty_hold_gives_only_its_places_back() -> None:
    first, second = make_session(), make_session()
    there = take_hold(session_id=first.pk, places=2)
    here = take_hold(session_id=second.pk, places=2).hold
    assert not bring_answers(to=here, code=first.code, secret=there.secret)
    assert left(first) == 12


def test_nothing_moves_from_an_order_or_with_a_wrong_secret() -> None:
    first, second = make_session(), make_session()
    _, ordered = place_an_order(first, places=2)
    here = make_hold(second, secret="here", draft={"first_name": "Hannah"})
    other = make_hold(first, secret="other", draft={"first_name": "Somebody else"})
    for secret in (ordered.secret, "wrong", "here"):
        assert not bring_answers(to=here, code=first.code, secret=secret)
    assert not bring_answers(to=here, code=second.code, secret="here")
    assert Hold.objects.get(pk=here.pk).draft == {"first_name": "Hannah"}
    assert Hold.objects.get(pk=other.pk).is_live(clock.now())
    assert left(first) == 9


def test_forgetting_gives_the_places_back_and_deletes_what_was_typed() -> None:
    session = make_session(capacity=2)
    hold = make_hold(session, places=2, draft={"first_name": "Hannah"})
    forget(hold=hold)
    assert (Hold.objects.get().draft, left(session)) == ({}, 2)


def test_forgetting_leaves_an_order_alone() -> None:
    session = make_session()
    _, taken = place_an_order(session, places=2)
    before = Hold.objects.values().get()
    forget(hold=taken.hold)
    assert Hold.objects.values().get() == before
    assert left(session) == 10
