"""Step 1: the dates of a course to choose among, and moving from one date to another with everything that was typed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from bookings import selectors
from bookings.models import CourseSession, Hold
from config.kernel import clock
from tests.bookings.answers import (
    HANNAH,
    OWN_WORDS,
    agreed,
    come_to_check,
    name_people,
    page_after,
    say_needs,
    take_places,
)
from tests.bookings.browser import Browser
from tests.factories import make_booking, make_course, make_session

pytestmark = pytest.mark.django_db


def url(session: CourseSession, step: str = "") -> str:
    return f"/sessions/{session.code}/book/{step}"


def rows(page: str) -> list[tuple[str, str]]:
    """The dates in their order, and how each stands."""
    found = re.findall(r'<input type="radio" name="session" value="(\w+)"[^>]*"([^">]*)>', page)
    return [(code, state.strip()) for code, state in found]


def left(session: CourseSession) -> int:
    return selectors.places_left(session, clock.now())


def choose(client: Browser, here: CourseSession, there: CourseSession) -> Any:
    return client.post(url(here), {"places": "2", "session": there.code}, follow=True)


@pytest.fixture
def client() -> Browser:
    return Browser()


@pytest.fixture
def dates() -> list[CourseSession]:
    """Three dates of a course; on the second there are two places left."""
    course = make_course()
    first, second, third = (
        make_session(course=course, starts_at=clock.now() + timedelta(days=30 + n), capacity=5) for n in range(3)
    )
    make_booking(second, people=[("", "", "")] * 3)
    return [first, second, third]


def test_every_listed_date_of_the_course_can_be_chosen_this_one_already_is(
    client: Browser, dates: list[CourseSession]
) -> None:
    first, second, third = dates
    make_session()
    make_session(course=first.course, is_private=True)
    page = client.get(url(second)).content.decode()
    assert rows(page) == [(first.code, ""), (second.code, "checked"), (third.code, "")]
    assert "2 places left" in page


def test_dates_too_small_say_why(client: Browser, dates: list[CourseSession]) -> None:
    first, second, third = dates
    page = client.get(url(first), {"people": "3"}).content.decode()
    assert rows(page) == [(first.code, "checked"), (second.code, "disabled"), (third.code, "")]
    assert "Only 2 left, you need 3" in page
    assert 'name="places" value="3"' in page
    assert "3 places at £75.00" in page


@pytest.mark.parametrize("typed, shown", [("0", 1), ("99", 12), ("x", 1), ("", 1), ("3", 3)])
def test_any_number_asked_for_is_brought_within_bounds(client: Browser, typed: str, shown: int) -> None:
    page = client.get(url(make_session()), {"people": typed}).content.decode()
    assert f'name="places" value="{shown}"' in page


@pytest.mark.parametrize(
    "pressed, typed, then",
    [("more", "2", 3), ("fewer", "2", 1), ("fewer", "1", 1), ("more", "99", 12), ("more", "x", 1)],
)
def test_one_more_and_one_fewer_come_back_to_the_same_spot(
    client: Browser, dates: list[CourseSession], pressed: str, typed: str, then: int
) -> None:
    first, _second, third = dates
    response = client.post(url(first), {"count": pressed, "places": typed, "session": third.code})
    assert response.headers["Location"] == f"{url(first)}?people={then}&date={third.code}#id_places_{pressed}"
    stands = dict(rows(client.get(response.headers["Location"]).content.decode()))[third.code]
    assert stands == ("checked" if then <= third.capacity else "disabled")
    assert Hold.objects.count() == 0


def test_many_dates_stay_a_short_list_with_this_one_in_it(
    client: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    course = make_course()
    sessions = [make_session(course=course, starts_at=clock.now() + timedelta(days=9 + n)) for n in range(9)]
    client.get(url(sessions[8]))
    with django_assert_num_queries(2):
        page = client.get(url(sessions[8])).content.decode()
    assert [code for code, _state in rows(page)] == [one.code for one in [*sessions[:5], sessions[8]]]


def test_a_date_beyond_the_short_list_can_be_moved_to(client: Browser) -> None:
    course = make_course()
    sessions = [make_session(course=course, starts_at=clock.now() + timedelta(days=9 + n)) for n in range(9)]
    come_to_check(client, sessions[0], 2)
    response = choose(client, sessions[0], sessions[8])
    assert response.redirect_chain[-1][0] == url(sessions[8], "check/")


def test_choosing_another_date_takes_its_places_for_this_browser(client: Browser, dates: list[CourseSession]) -> None:
    first, _second, third = dates
    response = client.post(url(first), {"places": "2", "session": third.code})
    assert (response.status_code, response.headers["Location"]) == (307, url(third))
    response = choose(client, first, third)
    assert response.redirect_chain[-1][0] == url(third, "people/")
    hold = Hold.objects.get()
    assert (hold.session, hold.places) == (third, 2)
    assert response.context["hold"] == hold


@pytest.mark.parametrize("code", ["NOSUCH22", "../admin", "", "x" * 300])
def test_a_date_that_is_not_offered_is_not_taken(client: Browser, dates: list[CourseSession], code: str) -> None:
    response = client.post(url(dates[0]), {"places": "1", "session": code})
    if code:
        assert page_after(client, response).count("Choose one of these dates") == 2
        assert Hold.objects.count() == 0
    else:
        assert Hold.objects.get().session == dates[0]


def test_another_courses_date_is_not_offered(client: Browser, dates: list[CourseSession]) -> None:
    page = page_after(client, client.post(url(dates[0]), {"places": "1", "session": make_session().code}))
    assert "Choose one of these dates" in page
    assert Hold.objects.count() == 0


def test_answers_move_along_and_the_places_left_are_free_again(client: Browser, dates: list[CourseSession]) -> None:
    first, _second, third = dates
    take_places(client, first, 2)
    name_people(client, first, coming="on")
    say_needs(client, first, **OWN_WORDS)
    response = choose(client, first, third)

    assert response.redirect_chain[-1][0] == url(third, "check/")
    page = response.content.decode()
    assert "1. Hannah Okafor" in page
    assert "A chair" in page
    assert (left(first), left(third)) == (5, 3)
    drafts = {hold.session_id: hold.draft for hold in Hold.objects.all()}
    assert (drafts[first.pk], drafts[third.pk]["you-own_words"]) == ({}, "A chair")


def test_what_is_not_answered_yet_is_asked_next(client: Browser, dates: list[CourseSession]) -> None:
    first, _second, third = dates
    take_places(client, first, 2)
    client.post(url(first, "people/"), {"first_name": "Hannah"})
    response = choose(client, first, third)
    assert response.redirect_chain[-1][0] == url(third, "people/")
    assert 'value="Hannah"' in response.content.decode()


def test_back_and_forth_keeps_the_answers_and_one_hold(client: Browser, dates: list[CourseSession]) -> None:
    first, _second, third = dates
    come_to_check(client, first, 2)
    choose(client, first, third)
    # The back button, and the old date after all.
    response = client.post(url(first), {"places": "2"}, follow=True)
    assert response.redirect_chain[-1][0] == url(first, "check/")
    assert "hannah@example.org" in response.content.decode()
    assert (left(first), left(third)) == (3, 5)
    response = choose(client, first, third)
    assert response.redirect_chain[-1][0] == url(third, "check/")
    assert (left(first), left(third)) == (5, 3)


def test_the_back_button_to_a_date_that_was_left_leads_to_the_one_that_was_chosen(
    client: Browser, dates: list[CourseSession]
) -> None:
    first, _second, third = dates
    come_to_check(client, first, 2)
    choose(client, first, third)
    for step in ("people/", "requirements/", "check/"):
        response = client.get(url(first, step))
        assert response.headers["Location"] == f"{url(third, step)}?moved=1"
        assert client.get(response.headers["Location"]).status_code == 200


def test_ones_own_hold_on_the_other_date_is_not_in_the_way(client: Browser, dates: list[CourseSession]) -> None:
    first, second, _third = dates
    take_places(client, second, 2)
    take_places(client, first, 2)
    response = choose(client, first, second)
    assert response.redirect_chain[-1][0] == url(second, "people/")
    assert (left(first), left(second)) == (5, 0)


def test_a_date_that_fills_up_meanwhile_says_so_and_loses_nothing(client: Browser, dates: list[CourseSession]) -> None:
    first, second, third = dates
    come_to_check(client, first, 2)
    make_booking(second, people=[("", "", "")] * 2)
    response = client.post(url(second), {"places": "2"})
    assert "That session just filled up." in response.content.decode()
    choose(client, first, third)
    assert Hold.objects.get(session=third).draft["email"] == "hannah@example.org"


def test_other_dates_take_the_answers_along(client: Browser, dates: list[CourseSession]) -> None:
    first, _second, third = dates
    come_to_check(client, first, 2)
    Hold.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    make_booking(first, people=[("", "", "")] * 5)
    page = page_after(client, client.post(url(first, "check/"), agreed(first, 2)))
    assert "That session just filled up. Your details are saved." in page
    assert f'<form method="post" action="{url(first)}">' in page
    assert f'<button type="submit" class="button-link" name="session" value="{third.code}">' in page
    response = choose(client, first, third)
    assert response.redirect_chain[-1][0] == url(third, "check/")
    assert "hannah@example.org" in response.content.decode()


def test_somebody_else_at_the_same_browser_starts_again(client: Browser, dates: list[CourseSession]) -> None:
    first = dates[0]
    take_places(client, first, 2)
    assert "Not you?" not in client.get(url(first, "people/")).content.decode()
    name_people(client, first)
    assert "Not you?" in client.get(url(first, "people/")).content.decode()
    response = client.post(url(first), HANNAH | {"start_again": "1"})
    assert response.headers["Location"] == url(first)
    assert (Hold.objects.get().draft, left(first)) == ({}, 5)
    assert [name for name, _path in client.jar] == ["csrftoken"]
    assert client.get(url(first, "people/")).headers["Location"] == url(first)


def test_starting_again_after_an_order_leaves_the_order(client: Browser) -> None:
    session = make_session()
    come_to_check(client, session)
    client.post(url(session, "check/"), agreed(session))
    assert "Not you?" in client.get(url(session, "check/")).content.decode()
    client.post(url(session), {"start_again": "1"})
    assert client.get(url(session, "check/")).headers["Location"] == url(session)
    assert Hold.objects.get().ordered_at is not None
    assert left(session) == 11
