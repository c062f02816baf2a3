"""A person's own page: they say what would help them, see that it is on record and take it back."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Attendee, Booking, RequirementTemplate, SpecialRequirement
from bookings.services.requirements import Needs, record_requirements
from config.kernel import clock
from customers.models import AccessLink
from customers.services import access
from tests.factories import make_booking, make_venue, offer_first_templates

pytestmark = pytest.mark.django_db

SENTINEL = "sentinel-left-knee"
AGREED = {"own_words": SENTINEL, "own_words_consent": "on"}


@pytest.fixture
def tom() -> Attendee:
    offer_first_templates()
    booking = make_booking(
        people=[("Hannah", "Okafor", "hannah@example.org"), ("Tom", "Ackroyd", "tom@example.org")],
        contact_email="hannah@example.org",
    )
    return booking.attendees.get(first_name="Tom")


@pytest.fixture
def visitor(client: Client, tom: Attendee) -> Client:
    """Tom's browser."""
    link = access.make_access_link(
        purpose=AccessLink.Purpose.ATTENDEE, subject_key=str(tom.pk), expires_at=clock.now() + timedelta(days=1)
    )
    assert client.post(f"/access/{access.link_token(link)}/").headers["Location"] == page_of(tom)
    return client


def page_of(attendee: Attendee) -> str:
    return f"/places/{attendee.pk}/"


def read(visitor: Client, attendee: Attendee) -> str:
    response = visitor.get(page_of(attendee))
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    return response.content.decode()


def ticked(page: str) -> list[str]:
    return re.findall(r'<input type="checkbox" name="adjustments" value="([a-z-]+)"[^>]* checked', page)


def save(visitor: Client, attendee: Attendee, **answers: object):
    return visitor.post(page_of(attendee), answers)


def by_booker(attendee: Attendee, *slugs: str) -> None:
    record_requirements(booking=attendee.booking, needs=[(attendee, Needs(slugs))], now=clock.now())


def test_everything_offered_is_asked_for_and_nothing_ticked(visitor: Client, tom: Attendee) -> None:
    RequirementTemplate.objects.filter(slug="quiet-room").update(is_offered=False)
    page = read(visitor, tom)
    assert page.count('type="checkbox" name="adjustments"') == 9
    assert "quiet-room" not in page
    assert ticked(page) == []
    for words in (
        "What would help you?</legend>",
        "We bring a raised manikin",
        "We need 10 working days",
        "I agree that you keep what I wrote here",
        "We delete them 30 days after the course.",
        "You can tell us until the course starts.",
        "we may need to talk, so call us as well on",
    ):
        assert words in page, words
    assert "on record" not in page


def test_what_is_said_is_on_record_and_never_shown_again(visitor: Client, tom: Attendee) -> None:
    response = save(visitor, tom, adjustments=["cannot-kneel", "allergy"], **AGREED)
    assert (response.status_code, response.headers["Location"]) == (302, f"{page_of(tom)}#helps")
    said = SpecialRequirement.objects.get()
    assert (said.attendee, said.said_by, said.slugs) == (tom, "attendee", ("cannot-kneel", "allergy"))
    assert (said.own_words, said.consent_version) == (SENTINEL, "2026-11")

    page = read(visitor, tom)
    assert SENTINEL not in page
    assert ticked(page) == ["cannot-kneel", "allergy"]
    for words in (
        "You told us what would help you.",
        "<li>Can’t kneel or get to the floor</li><li>Allergy</li>",
        "We have what you wrote, too.",
        f"We delete it on {clock.format_plain_date(said.delete_after)}",
        "What you write here takes its place.",
        "Remove what’s on record</button>",
    ):
        assert words in page, words


def test_changing_the_ticks_keeps_what_was_written(visitor: Client, tom: Attendee) -> None:
    save(visitor, tom, adjustments=["allergy"], **AGREED)
    assert save(visitor, tom, adjustments=["quiet-room"]).status_code == 302
    said = SpecialRequirement.objects.get()
    assert (said.slugs, said.own_words) == (("quiet-room",), SENTINEL)


def test_what_the_booker_ticked_is_shown_and_replaced(visitor: Client, tom: Attendee) -> None:
    by_booker(tom, "allergy")
    page = read(visitor, tom)
    assert "When your place was booked, we were told what would help you." in page
    assert "Hannah" not in page
    assert ticked(page) == ["allergy"]
    save(visitor, tom, adjustments=["large-print"])
    assert "You told us what would help you." in read(visitor, tom)
    assert SpecialRequirement.objects.get().slugs == ("large-print",)


def test_it_is_taken_back_with_one_press(visitor: Client, tom: Attendee) -> None:
    save(visitor, tom, adjustments=["allergy"], **AGREED)
    response = visitor.post(page_of(tom), {"remove": "1"})
    assert (response.status_code, response.headers["Location"]) == (302, f"{page_of(tom)}#helps")
    assert SpecialRequirement.objects.count() == 0
    assert "on record" not in read(visitor, tom)
    assert visitor.post(page_of(tom), {"remove": "1"}).status_code == 302


@pytest.mark.parametrize(
    "answers, href, words",
    [
        ({}, "#id_adjustments_0", "Tick what would help you, or write it in your own words"),
        (
            {"own_words": SENTINEL},
            "#id_own_words_consent",
            "Tick the box to agree that we keep what you wrote, or clear what you wrote",
        ),
        ({"own_words": "x" * 2001, "own_words_consent": "on"}, "#id_own_words", "Shorten this to 2000 characters"),
    ],
)
def test_problems_are_said_first_and_nothing_is_kept(
    visitor: Client, tom: Attendee, answers: dict[str, str], href: str, words: str
) -> None:
    page = save(visitor, tom, **answers).content.decode()
    assert "<title>Error: Your place" in page
    assert f'<a href="{href}">{words}' in page
    assert page.index("There is a problem") < page.index("<h1")
    assert f'id="{href[1:]}"' in page
    assert SpecialRequirement.objects.count() == 0


def test_what_was_typed_is_still_there_after_a_mistake(visitor: Client, tom: Attendee) -> None:
    page = save(visitor, tom, adjustments=["allergy"], own_words="A <chair>").content.decode()
    assert ticked(page) == ["allergy"]
    assert "A &lt;chair&gt;</textarea>" in page


def test_a_venue_that_cannot_meet_it_is_said(client: Client, visitor: Client, tom: Attendee) -> None:
    by_booker(tom, "hearing-loop", "step-free-access", "allergy")
    gaps = re.findall(r"<strong>([^<]+): Kelham Works doesn’t have this\.", read(visitor, tom))
    assert gaps == ["Hearing loop"]


def test_once_the_course_has_begun_it_can_only_be_removed(
    monkeypatch: pytest.MonkeyPatch, visitor: Client, tom: Attendee
) -> None:
    by_booker(tom, "allergy")
    starts_at = tom.booking.session.starts_at
    AccessLink.objects.update(expires_at=starts_at + timedelta(days=90))
    monkeypatch.setattr(clock, "now", lambda: starts_at)
    page = read(visitor, tom)
    assert "<li>Allergy</li>" in page
    assert 'name="adjustments"' not in page
    assert save(visitor, tom, adjustments=["quiet-room"]).status_code == 302
    assert SpecialRequirement.objects.get().slugs == ("allergy",)
    visitor.post(page_of(tom), {"remove": "1"})
    assert SpecialRequirement.objects.count() == 0


def test_who_has_no_place_any_more_can_still_take_it_back(visitor: Client, tom: Attendee) -> None:
    by_booker(tom, "allergy")
    Booking.objects.update(status=Booking.Status.CANCELLED, cancelled_at=clock.now())
    page = read(visitor, tom)
    assert 'name="adjustments"' not in page
    assert "Remove what’s on record</button>" in page
    visitor.post(page_of(tom), {"remove": "1"})
    assert "Taking part" not in read(visitor, tom)


def test_strangers_and_forgers_change_nothing(visitor: Client, tom: Attendee) -> None:
    by_booker(tom, "allergy")
    hannah = tom.booking.attendees.get(first_name="Hannah")
    forger = Client(enforce_csrf_checks=True)
    forger.cookies["access"] = visitor.cookies["access"].value
    for answers in ({"adjustments": "quiet-room"}, {"remove": "1"}):
        assert forger.post(page_of(tom), answers).status_code == 403
        assert Client().post(page_of(tom), answers).status_code == 404
        visitor.cookies["access"]["path"] = "/"
        assert visitor.post(page_of(hannah), answers).status_code == 404
    assert [(said.attendee, said.slugs) for said in SpecialRequirement.objects.all()] == [(tom, ("allergy",))]
    assert visitor.put(page_of(tom)).status_code == 405


def test_a_place_costs_the_same_whatever_is_on_record(
    visitor: Client, tom: Attendee, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5):
        read(visitor, tom)
    by_booker(tom, "allergy", "quiet-room", "hearing-loop")
    with django_assert_num_queries(5):
        read(visitor, tom)


def test_a_venue_still_to_be_fixed_has_no_gaps(visitor: Client, tom: Attendee) -> None:
    by_booker(tom, "step-free-access")
    session = tom.booking.session
    session.venue = None
    session.save()
    assert "doesn’t have this" not in read(visitor, tom)
    session.venue = make_venue(step_free=False)
    session.save()
    assert "Step-free access: Kelham Works doesn’t have this." in read(visitor, tom)
