"""What people confided goes on the day that was promised."""

from datetime import date, timedelta

import pytest

from bookings import tasks
from bookings.models import Hold, SpecialRequirement
from bookings.services.holding import remove_abandoned
from bookings.services.requirements import remove_due_requirements
from config.kernel import clock
from tests.factories import make_booking, make_hold, make_requirement, make_session

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)


def confide(delete_after: date) -> SpecialRequirement:
    attendee = make_booking().attendees.get()
    return make_requirement(attendee, own_words="A chair for floor exercises.", delete_after=delete_after)


def test_a_requirement_goes_on_its_day_and_not_before() -> None:
    for days in (-1, 0):
        confide(TODAY + timedelta(days=days))
    kept = confide(TODAY + timedelta(days=1))

    assert remove_due_requirements(today=TODAY, limit=10) == 2
    assert remove_due_requirements(today=TODAY, limit=10) == 0
    assert list(SpecialRequirement.objects.all()) == [kept]


def test_a_backlog_is_worked_off_oldest_first() -> None:
    newer, _older = confide(TODAY), confide(TODAY - timedelta(days=5))

    assert remove_due_requirements(today=TODAY, limit=1) == 1
    assert list(SpecialRequirement.objects.all()) == [newer]


def test_the_sweep_goes_by_the_day_in_london_and_removes_holds_nobody_came_back_to() -> None:
    confide(clock.london_today())
    kept = confide(clock.london_today() + timedelta(days=1))
    session = make_session()
    draft = {"own_words": "A chair for floor exercises."}
    for secret, hours in (("old", 25), ("new", 23)):
        make_hold(session, secret=secret, draft=draft, expires_at=clock.now() - timedelta(hours=hours))

    tasks.sweep_confided()

    assert list(SpecialRequirement.objects.all()) == [kept]
    assert [hold.draft for hold in Hold.objects.all()] == [draft]
    assert remove_abandoned(lapsed_before=clock.now(), limit=5) == 1
    assert remove_abandoned(lapsed_before=clock.now(), limit=5) == 0


def test_the_hold_of_an_order_stays() -> None:
    hold = make_hold(make_session(), expires_at=clock.now() - timedelta(days=9), ordered_at=clock.now())

    assert remove_abandoned(lapsed_before=clock.now(), limit=5) == 0
    assert list(Hold.objects.all()) == [hold]
