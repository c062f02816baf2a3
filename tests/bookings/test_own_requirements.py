"""What people say about themselves later: it takes the place of what was there, and is theirs to take back."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from bookings import selectors
from bookings.exceptions import TooLateToAsk
from bookings.models import Attendee, Booking, SpecialRequirement
from bookings.services.requirements import (
    NOTHING_NEEDED,
    Needs,
    OwnWords,
    add_own_requirement,
    record_requirements,
    remove_requirement,
)
from config.kernel import clock
from tests.factories import make_booking, make_session
from tests.factories.together import all_at_once

pytestmark = pytest.mark.django_db

PEOPLE = [("Hannah", "Okafor", "hannah@example.org"), ("Tom", "Ackroyd", "tom@example.org"), ("Priya", "Shah", "")]
CHAIR = OwnWords("A chair", "2026-11")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def a_booking() -> tuple[Booking, Attendee, Attendee, Attendee]:
    """Hannah's, who comes herself with two others."""
    booking = make_booking(people=PEOPLE)
    booking.attendees.filter(position=1).update(is_booker=True)
    hannah, tom, priya = booking.attendees.order_by("position")
    return booking, hannah, tom, priya


def on_record(attendee: Attendee) -> SpecialRequirement:
    return SpecialRequirement.objects.get(attendee=attendee)


def test_with_the_order_each_speaks_for_themselves_or_is_spoken_for(now: datetime) -> None:
    booking, hannah, tom, priya = a_booking()
    needs = [(hannah, Needs(("loop",), CHAIR)), (tom, Needs(("cannot-kneel", "allergy"))), (priya, NOTHING_NEEDED)]
    record_requirements(booking=booking, needs=needs, now=now)

    assert SpecialRequirement.objects.count() == 2
    own, other = on_record(hannah), on_record(tom)
    assert (own.said_by, own.first_said_by, own.slugs, own.own_words) == ("attendee", "attendee", ("loop",), "A chair")
    assert (own.consent_version, own.consented_at, own.said_at) == ("2026-11", now, now)
    assert (other.said_by, other.first_said_by, other.slugs) == ("booker", "booker", ("cannot-kneel", "allergy"))
    assert (other.own_words, other.consent_version, other.consented_at, other.has_own_words) == ("", "", None, False)
    last_day = clock.london_date(booking.session.ends_at)
    assert {own.delete_after, other.delete_after} == {last_day + timedelta(days=30)}


def test_nobody_consents_for_a_colleague(now: datetime) -> None:
    booking, hannah, tom, _priya = a_booking()
    with pytest.raises(ValueError, match="colleague"):
        record_requirements(booking=booking, needs=[(hannah, Needs(("loop",))), (tom, Needs(own_words=CHAIR))], now=now)
    assert SpecialRequirement.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"said_by": "booker"},
        {"consented_at": None},
        {"consented_at": None, "consent_version": ""},
        {"own_words": ""},
    ],
)
def test_the_database_keeps_own_words_and_consent_together(now: datetime, fields: dict[str, object]) -> None:
    booking, hannah, _tom, _priya = a_booking()
    record_requirements(booking=booking, needs=[(hannah, Needs(own_words=CHAIR))], now=now)
    with pytest.raises(IntegrityError, match="requirement_own_words_with_consent"), transaction.atomic():
        SpecialRequirement.objects.update(**fields)


def test_somebody_says_it_themselves(now: datetime) -> None:
    booking, _hannah, tom, _priya = a_booking()
    assert add_own_requirement(attendee_id=tom.pk, needs=Needs(("loop",), CHAIR)) is True
    said = on_record(tom)
    assert (said.said_by, said.first_said_by, said.slugs, said.own_words) == (
        "attendee",
        "attendee",
        ("loop",),
        "A chair",
    )
    assert (said.consent_version, said.consented_at) == ("2026-11", now)
    assert (said.created_at, said.changed_at) == (now, None)
    assert said.delete_after == clock.london_date(booking.session.ends_at) + timedelta(days=30)


def test_ones_own_word_takes_the_place_of_the_bookers(now: datetime) -> None:
    booking, _hannah, tom, _priya = a_booking()
    before = now - timedelta(days=3)
    record_requirements(booking=booking, needs=[(tom, Needs(("allergy", "loop")))], now=before)
    assert add_own_requirement(attendee_id=tom.pk, needs=Needs(("loop",), CHAIR)) is True
    said = on_record(tom)
    assert (said.said_by, said.first_said_by, said.slugs, said.own_words) == (
        "attendee",
        "booker",
        ("loop",),
        "A chair",
    )
    assert (said.created_at, said.changed_at, said.consented_at, said.said_at) == (before, now, now, now)


def test_saying_the_same_again_changes_nothing() -> None:
    _booking, _hannah, tom, _priya = a_booking()
    assert add_own_requirement(attendee_id=tom.pk, needs=Needs(("loop", "allergy"), CHAIR)) is True
    before = SpecialRequirement.objects.values().get()
    assert add_own_requirement(attendee_id=tom.pk, needs=Needs(("allergy", "loop"), CHAIR)) is False
    assert add_own_requirement(attendee_id=tom.pk, needs=Needs(("allergy", "loop"))) is False
    assert SpecialRequirement.objects.values().get() == before


def test_the_bookers_ticks_said_again_become_ones_own(now: datetime) -> None:
    booking, _hannah, tom, _priya = a_booking()
    record_requirements(booking=booking, needs=[(tom, Needs(("loop",)))], now=now)
    assert add_own_requirement(attendee_id=tom.pk, needs=Needs(("loop",))) is True
    assert on_record(tom).said_by == "attendee"


def test_own_words_stay_until_new_ones_come(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    _booking, _hannah, tom, _priya = a_booking()
    add_own_requirement(attendee_id=tom.pk, needs=Needs(("loop",), CHAIR))
    later = now + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert add_own_requirement(attendee_id=tom.pk, needs=NOTHING_NEEDED) is True
    kept = on_record(tom)
    assert (kept.slugs, kept.own_words, kept.consented_at, kept.changed_at) == ((), "A chair", now, later)
    assert add_own_requirement(attendee_id=tom.pk, needs=Needs(own_words=OwnWords("A table", "2027-01"))) is True
    new = on_record(tom)
    assert (new.own_words, new.consent_version, new.consented_at) == ("A table", "2027-01", later)


def test_saying_nothing_keeps_nothing_and_removes_nothing() -> None:
    _booking, _hannah, tom, _priya = a_booking()
    assert add_own_requirement(attendee_id=tom.pk, needs=NOTHING_NEEDED) is False
    assert SpecialRequirement.objects.count() == 0
    add_own_requirement(attendee_id=tom.pk, needs=Needs(("loop",)))
    assert add_own_requirement(attendee_id=tom.pk, needs=NOTHING_NEEDED) is False
    assert on_record(tom).slugs == ("loop",)


@pytest.mark.parametrize("status", [Booking.Status.PENDING, Booking.Status.CANCELLED, Booking.Status.EXPIRED])
def test_only_who_has_a_place_asks(status: Booking.Status) -> None:
    attendee = make_booking(status=status).attendees.get()
    with pytest.raises(TooLateToAsk):
        add_own_requirement(attendee_id=attendee.pk, needs=Needs(("loop",)))
    assert SpecialRequirement.objects.count() == 0


def test_until_the_course_starts_and_not_later(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    attendee = make_booking(session).attendees.get()
    monkeypatch.setattr(clock, "now", lambda: session.starts_at)
    with pytest.raises(TooLateToAsk):
        add_own_requirement(attendee_id=attendee.pk, needs=Needs(("loop",)))
    assert SpecialRequirement.objects.count() == 0
    monkeypatch.setattr(clock, "now", lambda: session.starts_at - timedelta(microseconds=1))
    assert add_own_requirement(attendee_id=attendee.pk, needs=Needs(("loop",))) is True


def test_it_can_be_taken_back_at_any_time(now: datetime) -> None:
    booking, _hannah, tom, priya = a_booking()
    record_requirements(booking=booking, needs=[(tom, Needs(("loop",))), (priya, Needs(("loop",)))], now=now)
    Booking.objects.update(status=Booking.Status.CANCELLED, cancelled_at=now)
    assert remove_requirement(attendee_id=tom.pk) is True
    assert remove_requirement(attendee_id=tom.pk) is False
    assert [said.attendee for said in SpecialRequirement.objects.all()] == [priya]


def test_the_booker_learns_nothing_of_what_others_said(now: datetime) -> None:
    booking, hannah, tom, priya = a_booking()
    record_requirements(booking=booking, needs=[(tom, Needs(("loop",)))], now=now)
    add_own_requirement(attendee_id=priya.pk, needs=Needs(("allergy",)))
    assert known_to_booker(booking) == {tom.pk}
    add_own_requirement(attendee_id=tom.pk, needs=Needs(("allergy",)))
    add_own_requirement(attendee_id=hannah.pk, needs=Needs(("allergy",)))
    assert known_to_booker(booking) == {tom.pk, hannah.pk}
    assert known_to_booker(make_booking()) == set()


def known_to_booker(booking: Booking) -> set[UUID]:
    return {person.pk for person in selectors.people_for_booker().filter(booking=booking) if person.needs_known}


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_keep_one() -> None:
    attendee = make_booking().attendees.get()
    needs = Needs(("loop",), CHAIR)
    calls = [lambda: add_own_requirement(attendee_id=attendee.pk, needs=needs)] * 2
    assert sorted(all_at_once(calls)) == [False, True]
    assert on_record(attendee).slugs == ("loop",)
