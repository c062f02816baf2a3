"""What was said has a priority; the office arranges it, once, and again when that was too early."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from bookings.models import Attendee, SpecialRequirement
from bookings.services.arranging import SaidSomethingElse, arrange_again, mark_arranged
from bookings.services.requirements import Needs, OwnWords, add_own_requirement, record_requirements, remove_requirement
from config.kernel import clock
from config.kernel.actor import Actor, acting_as
from customers.models import Activity
from tests.factories import make_booking, make_staff, make_user, offer_first_templates

pytestmark = pytest.mark.django_db

ARRANGED = "Raised manikin is packed for Tom."


def a_place(**person: object) -> Attendee:
    place = make_booking(people=[("Tom", "Ackroyd", "tom@example.org")]).attendees.get()
    for name, value in person.items():
        setattr(place, name, value)
    place.save()
    return place


def on_record(place: Attendee) -> SpecialRequirement:
    return SpecialRequirement.objects.get(attendee=place)


def arrange(said: SpecialRequirement, arranged: str = ARRANGED) -> bool:
    return mark_arranged(requirement_id=said.pk, user=make_staff(), arranged=arranged, said_at=said.said_at)


def told() -> QuerySet[Activity]:
    """What the timelines have of arranging."""
    return Activity.objects.filter(subject_kind="specialrequirement")


def a_need() -> SpecialRequirement:
    place = a_place()
    add_own_requirement(attendee_id=place.pk, needs=Needs(("cannot-kneel",)))
    return on_record(place)


@pytest.mark.parametrize(
    "slugs, words, priority",
    [
        ((), "", "standard"),
        (("cannot-kneel",), "", "standard"),
        (("cannot-kneel", "allergy"), "", "high"),
        (("no-longer-there",), "", "standard"),
        (("allergy",), "I carry two EpiPens", "critical"),
        ((), "EPILEPSY, well controlled", "critical"),
        (("allergy",), "I learn by heart", "critical"),
        (("bsl-interpreter",), "A disheartening morning", "high"),
    ],
)
def test_the_priority_is_that_of_what_cannot_wait(slugs: tuple[str, ...], words: str, priority: str) -> None:
    offer_first_templates()
    place = a_place(is_booker=True)
    own_words = OwnWords(words, "2026-11") if words else None
    needs = Needs(slugs or ("large-print",), own_words)
    record_requirements(booking=place.booking, needs=[(place, needs)], now=clock.now())
    assert on_record(place).priority == priority


def test_own_words_that_stay_keep_counting() -> None:
    offer_first_templates()
    place = a_place()
    add_own_requirement(attendee_id=place.pk, needs=Needs((), OwnWords("I have a pacemaker.", "2026-11")))
    add_own_requirement(attendee_id=place.pk, needs=Needs(("large-print",)))
    assert on_record(place).priority == "critical"


def test_it_is_arranged_once_and_told_without_what() -> None:
    person = make_user()
    place = a_place(user=person)
    add_own_requirement(attendee_id=place.pk, needs=Needs(("cannot-kneel",)))
    said, dev = on_record(place), make_staff(first_name="Dev", last_name="Chowdhury")
    before = clock.now()
    with acting_as(Actor("staff", "Dev Chowdhury", dev.pk)):
        asked: dict[str, Any] = {
            "requirement_id": said.pk,
            "user": dev,
            "arranged": f" {ARRANGED} ",
            "said_at": said.said_at,
        }
        assert mark_arranged(**asked) is True
        assert mark_arranged(**asked | {"arranged": "Something else"}) is False
    said.refresh_from_db()
    assert (said.arranged, said.handled_by, said.is_handled) == (ARRANGED, dev, True)
    assert said.handled_at is not None
    assert said.handled_at >= before
    line = told().get()
    assert (line.user, line.kind, line.actor_label) == (person, "requirement_arranged", "Dev Chowdhury")
    assert line.summary == f"What Tom Ackroyd needs on {place.booking.reference} was arranged"
    assert (line.subject_kind, line.subject_key) == ("specialrequirement", str(said.pk))


def test_somebody_nobody_knows_is_told_of_on_the_timeline_of_who_booked() -> None:
    said = a_need()
    arrange(said)
    assert arrange_again(requirement_id=said.pk, reason=" The manikin broke. ") is True
    assert arrange_again(requirement_id=said.pk, reason="Twice.") is False
    said.refresh_from_db()
    assert (said.is_handled, said.handled_by) == (False, None)
    assert (said.arranged, said.reopen_reason) == (ARRANGED, "The manikin broke.")
    booking = said.attendee.booking
    assert list(told().order_by("pk").values_list("user", "summary")) == [
        (booking.customer_id, f"What Tom Ackroyd needs on {booking.reference} was arranged"),
        (booking.customer_id, f"What Tom Ackroyd needs on {booking.reference} has to be arranged again"),
    ]
    assert arrange(said, "A new manikin is ordered.") is True
    said.refresh_from_db()
    assert (said.arranged, said.reopen_reason) == ("A new manikin is ordered.", "")


def test_what_was_said_anew_has_to_be_arranged_anew() -> None:
    said = a_need()
    place = said.attendee
    arrange(said)
    add_own_requirement(attendee_id=place.pk, needs=Needs(("cannot-kneel",)))
    assert on_record(place).is_handled is True
    add_own_requirement(attendee_id=place.pk, needs=Needs(("cannot-kneel", "hearing-loop")))
    changed = on_record(place)
    assert (changed.is_handled, changed.handled_by, changed.arranged) == (False, None, ARRANGED)
    with pytest.raises(SaidSomethingElse):
        arrange(said)
    assert on_record(place).is_handled is False
    assert told().count() == 1
    assert arrange(changed) is True


def test_what_was_arranged_goes_with_what_was_said() -> None:
    said = a_need()
    arrange(said)
    remove_requirement(attendee_id=said.attendee_id)
    with pytest.raises(SpecialRequirement.DoesNotExist):
        arrange(said)
    with pytest.raises(SpecialRequirement.DoesNotExist):
        arrange_again(requirement_id=said.pk, reason="Why not.")
    assert SpecialRequirement.objects.count() == 0


def test_the_longest_names_fit_on_the_timeline() -> None:
    place = a_place(first_name="A" * 150, last_name="B" * 150)
    add_own_requirement(attendee_id=place.pk, needs=Needs(("cannot-kneel",)))
    assert arrange(on_record(place)) is True
    assert len(told().get().summary) == 300


def test_nothing_is_not_an_answer() -> None:
    said = a_need()
    with pytest.raises(ValueError, match="what was arranged"):
        arrange(said, "  ")
    with pytest.raises(ValueError, match="why"):
        arrange_again(requirement_id=said.pk, reason=" ")
    assert on_record(said.attendee).is_handled is False
    assert told().count() == 0


def test_what_was_arranged_lies_encrypted_and_complete() -> None:
    said = a_need()
    arrange(said)
    arrange_again(requirement_id=said.pk, reason="The manikin broke.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT arranged, reopen_reason FROM bookings_specialrequirement")
        for stored in cursor.fetchone():
            assert bytes(stored).startswith(b"gAAAA")
    with pytest.raises(IntegrityError, match="requirement_handled_says_what"), transaction.atomic():
        SpecialRequirement.objects.update(handled_at=clock.now() - timedelta(days=1))
