"""What would help one person, in the office: seen after a press that is written down first, and marked as arranged."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import SpecialRequirement
from bookings.services.requirements import Needs, OwnWords, add_own_requirement
from config.kernel import clock
from customers.models import Activity, User, Viewing
from tests.factories import (
    make_booking,
    make_requirement,
    make_session,
    make_staff,
    make_user,
    make_venue,
    offer_first_templates,
)

pytestmark = pytest.mark.django_db

WORDS = "I carry two EpiPens."
ARRANGED = "Sam knows where the pens are."
SEE, CHANGE = "bookings.view_specialrequirement", "bookings.change_specialrequirement"
READ_TICKS, READ_WORDS = "bookings.read_adjustments", "bookings.read_own_words"
OFFICE = ("bookings.view_booking", SEE, CHANGE, READ_TICKS, READ_WORDS)


@pytest.fixture
def said() -> SpecialRequirement:
    """Tom's allergy, a hearing loop that the venue does not have, and his own words."""
    offer_first_templates()
    session = make_session(venue=make_venue(name="Kelham Works", hearing_loop=False))
    place = make_booking(session, people=[("Tom", "Ackroyd", "tom@example.org")]).attendees.get()
    place.user = make_user("tom@example.org")
    place.save()
    add_own_requirement(attendee_id=place.pk, needs=Needs(("allergy", "hearing-loop"), OwnWords(WORDS, "2026-11")))
    return SpecialRequirement.objects.get()


def log_in(client: Client, *permissions: str, **fields: Any) -> User:
    person = make_staff(*permissions, **fields)
    client.force_login(person)
    return person


def page(said: SpecialRequirement, what: str = "") -> str:
    return reverse(f"admin:bookings_specialrequirement_page{what}", args=[said.pk])


def looks() -> list[tuple[str, str]]:
    return list(Viewing.objects.order_by("pk").values_list("actor_label", "what"))


def test_the_page_says_that_something_is_there_and_not_what(client: Client, said: SpecialRequirement) -> None:
    log_in(client, *OFFICE)
    response = client.get(page(said))
    html = response.content.decode()

    assert response.status_code == 200
    assert "<h1>What Tom Ackroyd needs</h1>" in html
    assert "Critical" in html
    for text in (WORDS, "Allergy", "Hearing loop", "hearing loop"):
        assert text not in html
    assert looks() == []


def test_a_press_shows_it_after_it_was_written_down(client: Client, said: SpecialRequirement) -> None:
    dev = log_in(client, *OFFICE, first_name="Dev", last_name="Chowdhury")
    response = client.post(page(said))
    html = response.content.decode()

    assert response.status_code == 200
    for text in (WORDS, "Allergy", "Hearing loop", "Kelham Works has no hearing loop."):
        assert text in html
    assert "no-store" in response.headers["Cache-Control"]
    assert looks() == [("Dev Chowdhury", "what was ticked"), ("Dev Chowdhury", "own words")]
    look = Viewing.objects.latest("pk")
    assert (look.user, look.actor_user) == (said.attendee.user, dev)
    assert (look.subject_kind, look.subject_key) == ("specialrequirement", str(said.pk))


def test_a_look_stays_written_down_when_the_page_breaks(
    client: Client, said: SpecialRequirement, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(client, *OFFICE)
    SpecialRequirement.objects.update(own_words="x")
    client.raise_request_exception = False
    monkeypatch.setattr("config.kernel.crypto._fernet_over", lambda _keys: None)
    assert client.post(page(said)).status_code == 500
    assert len(looks()) == 2


def test_a_trainer_reads_what_was_ticked_by_their_own_people(client: Client, said: SpecialRequirement) -> None:
    trainer = log_in(client, READ_TICKS, first_name="Sam", last_name="Whitaker")
    assert client.get(page(said)).status_code == 404
    assert client.post(page(said)).status_code == 404
    assert looks() == []

    said.attendee.booking.session.instructors.add(trainer)
    html = client.post(page(said)).content.decode()
    assert "Allergy" in html
    assert WORDS not in html
    assert looks() == [("Sam Whitaker", "what was ticked")]
    assert client.post(page(said, "_arranged"), {"arranged": ARRANGED}).status_code == 403


def test_who_may_not_read_reads_nothing(client: Client, said: SpecialRequirement) -> None:
    log_in(client, "bookings.view_booking", SEE)
    assert "Show what was said" not in client.get(page(said)).content.decode()
    assert client.post(page(said)).status_code == 403
    log_in(client, "bookings.view_booking", "customers.view_user")
    assert client.get(page(said)).status_code == 403
    assert looks() == []


def test_it_is_marked_as_arranged_and_undone(client: Client, said: SpecialRequirement) -> None:
    dev = log_in(client, *OFFICE)
    marked = {"arranged": ARRANGED, "said_at": said.said_at.isoformat()}
    response = client.post(page(said, "_arranged"), marked)
    assert (response.status_code, response.headers["Location"]) == (302, page(said))
    said.refresh_from_db()
    assert (said.arranged, said.handled_by) == (ARRANGED, dev)
    assert ARRANGED not in client.get(page(said)).content.decode()
    assert ARRANGED in client.post(page(said)).content.decode()
    assert looks()[-1][1] == "what was arranged"
    client.post(page(said, "_arranged"), marked | {"arranged": "Other"})

    assert client.post(page(said, "_again"), {"reason": ""}).status_code == 200
    assert client.post(page(said, "_again"), {"reason": "The pens are out of date."}).status_code == 302
    assert client.post(page(said, "_again"), {"reason": "Twice."}).status_code == 302
    said.refresh_from_db()
    assert (said.is_handled, said.arranged, said.reopen_reason) == (False, ARRANGED, "The pens are out of date.")
    assert "The pens are out of date." in client.post(page(said)).content.decode()
    assert Activity.objects.filter(subject_kind="specialrequirement").count() == 2
    assert not Activity.objects.filter(summary__contains="pens").exists()


@pytest.mark.parametrize("said_at", ["", "yesterday", "2026-11-21T10:00:00", "2026-11-21T10:00:00+00:00", "\0"])
def test_what_was_not_read_is_not_arranged(client: Client, said: SpecialRequirement, said_at: str) -> None:
    log_in(client, *OFFICE)
    response = client.post(page(said, "_arranged"), {"arranged": ARRANGED, "said_at": said_at})
    assert response.status_code == 200
    assert 'class="error-summary"' in response.content.decode()
    said.refresh_from_db()
    assert (said.arranged, said.is_handled) == ("", False)


def test_nothing_arranged_is_said_at_the_field(client: Client, said: SpecialRequirement) -> None:
    log_in(client, *OFFICE)
    marked = {"arranged": "", "said_at": said.said_at.isoformat()}
    html = client.post(page(said, "_arranged"), marked).content.decode()
    assert html.count("Say what was arranged, so that whoever teaches can rely on it") == 2


def test_the_list_opens_on_what_is_left_to_arrange(client: Client, said: SpecialRequirement) -> None:
    log_in(client, *OFFICE)
    past = make_session(starts_at=clock.now() - timedelta(days=2))
    for session, name in ((past, "Past"), (make_session(starts_at=clock.now() + timedelta(days=2)), "Sooner")):
        place = make_booking(session, people=[(name, "Person", "")]).attendees.get()
        make_requirement(place, said_by="booker")
    address = reverse("admin:bookings_specialrequirement_changelist")

    def names(**asked: str) -> list[str]:
        rows = client.get(address, asked).context["cl"].result_list
        return [row.attendee.first_name for row in rows]

    assert names() == ["Sooner", "Tom"]
    assert names(course="over") == ["Past"]
    assert names(priority__exact="critical") == ["Tom"]
    assert names(arranged="yes") == []
    html = client.get(address).content.decode()
    assert page(said) in html
    assert WORDS not in html
    assert "Allergy" not in html


def test_a_trainers_list_has_their_own_people_only(client: Client, said: SpecialRequirement) -> None:
    trainer = log_in(client, SEE)
    address = reverse("admin:bookings_specialrequirement_changelist")
    assert list(client.get(address).context["cl"].result_list) == []
    said.attendee.booking.session.instructors.add(trainer)
    assert list(client.get(address).context["cl"].result_list) == [said]
