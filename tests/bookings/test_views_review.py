"""Step 4 as a review: what leads to a change and back, the consumer's rights, and the dates that are said."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Booking, CourseSession
from bookings.services.consumers import DAYS
from config.kernel import clock
from tests.bookings.answers import HANNAH, agreed, come_to_check, name_people, page_after, say_needs, take_places
from tests.factories import make_course, make_session, offer_first_templates

pytestmark = pytest.mark.django_db


def url(session: CourseSession, step: str = "check/") -> str:
    return f"/sessions/{session.code}/book/{step}"


def review(client: Client, session: CourseSession) -> str:
    return client.get(url(session)).content.decode()


def soon(days: int = 5) -> CourseSession:
    return make_session(starts_at=clock.now() + timedelta(days=days))


EARLY = "I ask you to hold the course before my 14 days to change my mind are over."


def test_each_change_leads_to_its_step_and_back(client: Client) -> None:
    session = make_session()
    come_to_check(client, session, 2, coming="on")
    page = review(client, session)
    for step in ("", "people/", "requirements/"):
        changing = f"{url(session, step)}?back=check"
        assert page.count(f'href="{changing}"') == (2 if step == "people/" else 1)
        assert f'<a href="{url(session)}">Back to review</a>' in client.get(changing).content.decode()
    answers = {"": {"places": "2"}, "people/": HANNAH | {"coming": "on"}, "requirements/": {"you-answer": "nothing"}}
    for step, typed in answers.items():
        assert client.post(f"{url(session, step)}?back=check", typed).headers["Location"] == url(session)


def test_a_change_that_brings_a_new_question_asks_it_before_the_review(client: Client) -> None:
    session = make_session()
    take_places(client, session, 2)
    name_people(client, session, coming="on")
    client.post(url(session, "requirements/"), {"you-answer": "nothing"})
    toms = {"person-2-first_name": "Tom", "person-2-last_name": "Ackroyd", "person-2-to_booker": "on"}
    response = client.post(f"{url(session, 'people/')}?back=check", HANNAH | {"coming": "on"} | toms)
    assert response.headers["Location"] == url(session)
    assert client.get(url(session)).headers["Location"] == url(session, "requirements/")
    say_needs(client, session)
    assert "Emails go to Hannah" in review(client, session)


def test_who_is_billed_and_what_for(client: Client) -> None:
    session = make_session()
    come_to_check(client, session, 2)
    page = review(client, session)
    assert "Hannah Okafor, for work" in page
    assert "Rylstone Nursery<br>4 Mill Lane\nHebden Bridge" in page
    assert "2. Name to follow" in page
    take_places(client, session, 1)
    name_people(client, session, company="", purpose="self")
    say_needs(client, session)
    assert "Hannah Okafor<br>4 Mill Lane" in review(client, session)


@pytest.mark.parametrize("step", ["", "people/", "requirements/", "check/"])
def test_enter_in_a_field_continues_and_asks_for_no_more_time(client: Client, step: str) -> None:
    """A browser presses the first submit of a form then, wherever on the page it stands."""
    session = make_session()
    come_to_check(client, session, 2)
    page = client.get(url(session, step)).content.decode()
    presses = re.findall(r'<button type="submit"[^>]*>', page)
    assert presses[0] == '<button type="submit" form="step" class="visually-hidden" tabindex="-1" aria-hidden="true">'
    assert any('name="extend"' in press for press in presses)


def test_for_work_there_is_no_consumers_right(client: Client) -> None:
    session = soon()
    come_to_check(client, session)
    page = review(client, session)
    assert "Because you’re booking for yourself" not in page
    assert "early_start" not in page


def test_who_books_for_themselves_can_change_their_mind(client: Client) -> None:
    session = make_session(starts_at=clock.now() + timedelta(days=40))
    come_to_check(client, session, purpose="self")
    page = review(client, session)
    until = clock.format_date(clock.london_today() + timedelta(days=DAYS))
    assert f"you can also cancel for any reason by {until}, and we refund everything." in page
    assert EARLY not in page
    client.post(url(session), agreed(session, early_start="on"))
    booking = Booking.objects.get()
    assert (booking.purpose, booking.early_start_asked_at) == ("self", None)


def test_a_course_within_that_time_needs_an_express_request(client: Client) -> None:
    session = soon()
    come_to_check(client, session, purpose="self")
    page = review(client, session)
    assert "cancel for any reason until the course starts" in page
    assert page.count(EARLY) == 1
    assert "checked" not in page
    refused = page_after(client, client.post(url(session), agreed(session)))
    assert refused.count("Tick the box to ask us to hold the course before your 14 days are over") == 2
    assert refused.count("checked") == 1  # the terms, which were agreed to
    assert "checked" not in client.get(f"{url(session)}?judge=1&terms=on&early_start=on").content.decode()
    assert Booking.objects.count() == 0
    client.post(url(session), agreed(session, early_start="on"))
    booking = Booking.objects.get()
    assert booking.early_start_asked_at == booking.terms_accepted_at


def test_a_free_course_speaks_of_no_refund(client: Client) -> None:
    session = make_session(course=make_course(price=Decimal(0)), starts_at=clock.now() + timedelta(days=5))
    come_to_check(client, session, purpose="self")
    page = review(client, session)
    assert "refund" not in page
    assert EARLY not in page
    assert "This course is free." in page


@pytest.mark.parametrize("places", [1, 3, 12])
def test_the_page_costs_the_same_however_many_come(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, places: int
) -> None:
    offer_first_templates()
    session = make_session()
    come_to_check(client, session, places, coming="on")
    client.get(url(session))
    # The hold with its session, and the days.
    with django_assert_num_queries(2):
        assert client.get(url(session)).status_code == 200
    say_needs(client, session, **{"you-answer": "helps", "you-adjustments": ["allergy"]})
    # The labels of what was ticked besides.
    with django_assert_num_queries(3):
        assert client.get(url(session)).status_code == 200
