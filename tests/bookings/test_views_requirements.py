"""Step 3: what would help each person, asked once, kept encrypted, matched with the venue before anything is paid."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings import selectors
from bookings.models import Booking, CourseSession, Hold, SpecialRequirement
from config.kernel import clock
from tests.bookings.answers import agreed, name_people, page_after, say_needs, take_places
from tests.bookings.browser import Browser
from tests.factories import make_booking, make_course, make_session, make_venue, offer_first_templates

pytestmark = pytest.mark.django_db

SENTINEL = "sentinel-latex-allergy"
TOM = {"person-2-first_name": "Tom", "person-2-last_name": "Ackroyd", "person-2-to_booker": "on"}
NOTHING = {"you-answer": "nothing", "person-2-answer": "nothing"}


def url(session: CourseSession, step: str = "requirements/") -> str:
    return f"/sessions/{session.code}/book/{step}"


@pytest.fixture(autouse=True)
def _templates() -> None:
    offer_first_templates()


@pytest.fixture
def session(client: Client) -> CourseSession:
    """Hannah and Tom, named; Hannah comes too."""
    return named(client, make_session())


def named(client: Client, session: CourseSession) -> CourseSession:
    take_places(client, session, 2)
    name_people(client, session, coming="on", **TOM)
    return session


def press(client: Client, session: CourseSession, **answers: Sequence[str]) -> Any:
    return client.post(url(session), answers)


def test_each_person_is_asked_and_nothing_is_chosen_beforehand(client: Client, session: CourseSession) -> None:
    page = client.get(url(session)).content.decode()
    assert '<h2>Hannah Okafor <span class="optional">(you)</span></h2>' in page
    assert "<h2>Tom Ackroyd</h2>" in page
    assert page.count('type="radio"') == 4
    assert page.count('type="checkbox"') == 19  # ten for Hannah, eight for Tom, and Hannah's consent
    assert "checked" not in page
    assert "We delete them 30 days after the course." in page
    # Own words only for oneself: nobody can consent for a colleague.
    assert 'name="you-own_words"' in page
    assert 'name="person-2-own_words"' not in page
    assert "Step 3 of 5: Requirements" in page


def test_an_answer_for_everybody_leads_on(client: Client, session: CourseSession) -> None:
    response = press(client, session, **NOTHING)
    assert response.headers["Location"] == url(session, "check/")
    assert "Nothing needed" in client.get(url(session, "check/")).content.decode()


def test_who_was_not_answered_for_is_named(client: Client, session: CourseSession) -> None:
    page = page_after(client, press(client, session, **{"you-answer": "nothing"}))
    assert page.count('<li><a href="#id_') == 1
    assert '<a href="#id_person-2-answer_0">Choose whether Tom needs anything</a>' in page
    assert "<title>Error: Does anyone need anything to take part? Step 3 of 5" in page
    assert Hold.objects.get().draft["you-answer"] == "nothing"


def test_what_is_ticked_is_kept_and_shown_again(client: Client, session: CourseSession) -> None:
    say_needs(client, session, **{"person-2-answer": "helps", "person-2-adjustments": ["cannot-kneel", "quiet-room"]})
    assert Hold.objects.get().draft["person-2-adjustments"] == ["cannot-kneel", "quiet-room"]
    page = client.get(url(session)).content.decode()
    assert page.count("checked") == 4
    review = client.get(url(session, "check/")).content.decode()
    for text in (
        "<dt>Tom Ackroyd</dt>",
        "Can’t kneel or get to the floor<br>A quiet room or prayer space",
        "<dt>Everyone else</dt>",
    ):
        assert review.count(text) == 1, text


def test_own_words_need_their_own_consent(client: Client, session: CourseSession) -> None:
    own = NOTHING | {"you-answer": "helps", "you-own_words": SENTINEL}
    page = page_after(client, press(client, session, **own))
    assert page.count("Tick the box to agree that we keep what you wrote, or clear what you wrote") == 2
    assert f"{SENTINEL}</textarea>" in page
    assert press(client, session, **own, **{"you-own_words_consent": "on"}).status_code == 302
    client.post(url(session, "check/"), agreed(session, 2))
    said = SpecialRequirement.objects.get()
    assert (said.own_words, said.consent_version, said.attendee.is_booker) == (SENTINEL, "2026-11", True)
    assert Hold.objects.get().draft == {}


def test_what_says_something_about_health_is_taken_from_the_person_alone(
    client: Client, session: CourseSession
) -> None:
    """Nobody can consent for a colleague, whatever their browser sends."""
    page = client.get(url(session)).content.decode()
    assert page.count('value="allergy"') == page.count('value="health-condition"') == 1
    assert page.count("Anything about health is for Tom to tell us.") == 1
    health = ["allergy", "health-condition"]
    both = {"you-adjustments": health, "person-2-adjustments": [*health, "large-print"]}
    say_needs(client, session, **{"you-answer": "helps", "person-2-answer": "helps"} | both)
    draft = Hold.objects.get().draft
    assert (draft["you-adjustments"], draft["person-2-adjustments"]) == (health, ["large-print"])
    client.post(url(session, "check/"), agreed(session, 2))
    said = {one.attendee.first_name: one.slugs for one in SpecialRequirement.objects.select_related("attendee")}
    assert said == {"Hannah": tuple(health), "Tom": ("large-print",)}


def test_words_about_somebody_else_are_not_taken(client: Client, session: CourseSession) -> None:
    forged = {"person-2-own_words": SENTINEL, "person-2-own_words_consent": "on"}
    assert press(client, session, **NOTHING, **forged).status_code == 302
    assert SENTINEL not in str(Hold.objects.get().draft)


def test_what_the_booker_said_of_themselves_is_never_said_of_somebody_else(
    client: Client, session: CourseSession
) -> None:
    own = {"you-answer": "helps", "you-own_words": SENTINEL, "you-own_words_consent": "on"}
    say_needs(client, session, **own)
    priya = {"person-1-first_name": "Priya", "person-1-last_name": "Shah", "person-1-to_booker": "on"}
    name_people(client, session, **priya, **TOM)
    assert SENTINEL not in client.get(url(session)).content.decode()
    assert client.get(url(session, "check/")).headers["Location"] == url(session)


def test_it_lies_encrypted(client: Client, session: CourseSession) -> None:
    press(client, session, **{"you-own_words": SENTINEL})
    assert Hold.objects.get().draft["you-own_words"] == SENTINEL
    with connection.cursor() as cursor:
        cursor.execute("SELECT draft FROM bookings_hold")
        stored = bytes(cursor.fetchone()[0])
    assert SENTINEL.encode() not in stored
    assert len(stored) > len(SENTINEL)
    assert SpecialRequirement.objects.count() == 0


def test_who_has_no_name_yet_need_not_be_answered_for(client: Client) -> None:
    session = make_session()
    take_places(client, session, 2)
    name_people(client, session, coming="on")
    page = client.get(url(session)).content.decode()
    assert '<h2>Person 2 <span class="optional">(name to follow)</span></h2>' in page
    assert press(client, session, **{"you-answer": "nothing"}).status_code == 302


def test_a_contradiction_is_shown_with_what_it_is_about(client: Client, session: CourseSession) -> None:
    page = page_after(client, press(client, session, **NOTHING, **{"person-2-adjustments": ["cannot-kneel"]}))
    assert page.count("Choose “Yes, here’s what helps”, or clear what you ticked below") == 2
    assert page.count("group is-open") == 1


@pytest.mark.parametrize("answer", ["perhaps", "\x00", "x" * 5000])
def test_a_strange_answer_is_asked_again(client: Client, session: CourseSession, answer: str) -> None:
    page = page_after(client, press(client, session, **NOTHING | {"person-2-answer": answer}))
    assert "Choose whether Tom needs anything" in page


def test_steps_cannot_be_skipped(client: Client) -> None:
    session = make_session()
    assert client.get(url(session)).headers["Location"] == url(session, "")
    take_places(client, session)
    assert client.get(url(session)).headers["Location"] == url(session, "people/")
    assert press(client, session, **NOTHING).headers["Location"] == url(session, "people/")
    assert Hold.objects.get().draft == {}


def test_more_time_saves_what_was_chosen(client: Client, session: CourseSession) -> None:
    response = press(client, session, **{"you-answer": "nothing", "extend": "1"})
    assert response.headers["Location"] == url(session)
    hold = Hold.objects.get()
    assert (hold.extensions, hold.draft["you-answer"]) == (1, "nothing")
    Hold.objects.update(extensions=selectors.current_policy().max_extensions)
    page = page_after(client, press(client, session, extend="1"))
    assert "We can’t hold these places any longer than this." in page
    assert "There is a problem" not in page


def test_a_lapsed_hold_is_taken_again_or_the_page_says_why_not(client: Client, session: CourseSession) -> None:
    Hold.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert "Your answers are saved." in client.get(url(session)).content.decode()
    assert press(client, session, **NOTHING).status_code == 302
    assert Hold.objects.get().is_live(clock.now())
    Hold.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    make_booking(session, people=[("", "", "")] * 12)
    page = page_after(client, press(client, session, **NOTHING))
    assert "That session just filled up. Your details are saved." in page
    assert Hold.objects.get().draft["you-answer"] == "nothing"


def test_going_back_after_ordering_finds_the_order(client: Client, session: CourseSession) -> None:
    press(client, session, **NOTHING)
    client.post(url(session, "check/"), agreed(session, 2))
    for response in (client.get(url(session)), press(client, session, **NOTHING)):
        assert "<h1>You’ve placed this order</h1>" in response.content.decode()
    assert (Hold.objects.get().draft, Booking.objects.count()) == ({}, 1)


@pytest.mark.parametrize("places", [1, 3, 12])
def test_the_page_costs_the_same_however_many_come(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, places: int
) -> None:
    session = make_session()
    take_places(client, session, places)
    name_people(client, session)
    client.get(url(session))
    # The hold with its session, what there is to tick; the draft.
    with django_assert_num_queries(2):
        assert client.get(url(session)).status_code == 200
    with django_assert_num_queries(3):
        assert press(client, session).status_code == 302


NEEDS_LOOP = NOTHING | {"person-2-answer": "helps", "person-2-adjustments": ["hearing-loop"]}


def test_a_venue_that_cannot_meet_a_need_is_said_here_with_dates_that_can() -> None:
    client, course = Browser(), make_course()
    session = named(client, make_session(course=course, venue=make_venue(name="Calder House")))
    fits = make_session(course=course, venue=make_venue(hearing_loop=True))
    make_session(course=course)
    page = page_after(client, press(client, session, **NEEDS_LOOP))

    assert "Calder House doesn’t have what you ticked: Hearing loop." in page
    assert page.count('<button type="submit" class="button-link" name="session"') == 1
    assert 'tabindex="-1" autofocus' in page
    response = client.post(url(session), NEEDS_LOOP | {"places": "2", "session": fits.code}, follow=True)
    assert response.redirect_chain[-1][0] == url(fits, "check/")
    assert "Tom Ackroyd" in response.content.decode()
    assert "doesn’t have" not in response.content.decode()
    assert [hold.draft != {} for hold in (session.holds.get(), fits.holds.get())] == [False, True]


def test_who_knows_goes_on_with_the_second_press(client: Client, session: CourseSession) -> None:
    page = page_after(client, press(client, session, **NEEDS_LOOP))
    assert "before you book, and we’ll find what works." in page
    assert '<input type="hidden" name="knows_gap" value="hearing-loop">' in page
    response = press(client, session, **NEEDS_LOOP, knows_gap="parking")
    assert response.headers["Location"] == f"{url(session)}?judge=1"
    response = press(client, session, **NEEDS_LOOP, knows_gap="hearing-loop")
    assert response.headers["Location"] == url(session, "check/")
    assert "doesn’t have what you ticked: Hearing loop." in client.get(url(session, "check/")).content.decode()


def test_a_venue_that_meets_it_says_nothing(client: Client, session: CourseSession) -> None:
    met = NOTHING | {"person-2-answer": "helps", "person-2-adjustments": ["step-free-access"]}
    assert press(client, session, **met).headers["Location"] == url(session, "check/")


def test_a_date_that_is_no_code_is_not_followed(client: Client, session: CourseSession) -> None:
    for code in ("../admin", "//evil.example", session.code):
        response = client.post(url(session), NOTHING | {"session": code, "places": "2"})
        assert (response.status_code, response.headers["Location"]) == (302, url(session, ""))
