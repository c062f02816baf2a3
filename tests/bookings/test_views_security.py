"""What holds on every page: forgeries and floods are refused with a page, policies are strict, mistakes have words."""

import re

import pytest
from django.test import Client, RequestFactory

from bookings.models import Booking, Hold
from config import error_views
from tests.bookings.answers import HANNAH, agreed, name_people, take_places
from tests.factories import make_session

pytestmark = pytest.mark.django_db


def test_a_forged_press_changes_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    session = make_session()
    response = client.post(f"/sessions/{session.code}/book/", {"places": "1"})
    assert response.status_code == 403
    assert "That page was open for too long" in response.content.decode()
    assert Hold.objects.count() == 0


def test_forged_presses_on_later_steps_change_nothing(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    name_people(client, session)
    forger = Client(enforce_csrf_checks=True)
    forger.cookies["hold"] = client.cookies["hold"].value
    before = Hold.objects.get()
    for step in ("", "people/", "requirements/", "check/"):
        answers = agreed(session) | {"places": "5", "first_name": "Eve", "extend": "1"}
        assert forger.post(f"/sessions/{session.code}/book/{step}", answers).status_code == 403
    after = Hold.objects.get()
    assert (after.places, after.extensions, after.draft) == (before.places, 0, before.draft)
    assert Booking.objects.count() == 0


def test_a_real_press_carries_the_token() -> None:
    client = Client(enforce_csrf_checks=True)
    session = make_session()
    client.get(f"/sessions/{session.code}/book/")
    token = client.cookies["csrftoken"].value
    url = f"/sessions/{session.code}/book/"
    assert client.post(url, {"places": "1", "csrfmiddlewaretoken": token}).status_code == 302
    assert client.cookies["csrftoken"]["httponly"] is True


def test_a_flood_is_refused_with_a_page(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    url = f"/sessions/{session.code}/book/people/"
    response = client.post(url, HANNAH | {"own_words": "x" * 10_000_000})
    assert response.status_code == 400
    assert "It may have been too long." in response.content.decode()
    many = client.post(url, {f"field-{number}": "x" for number in range(500)})
    assert many.status_code == 400
    assert Hold.objects.get().draft == {}


@pytest.mark.parametrize("page", ["/", "/nothing/"])
def test_the_policy_allows_no_inline_script_or_style(client: Client, page: str) -> None:
    response = client.get(page)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    text = response.content.decode()
    # Facts for search engines are data, which no browser runs.
    scripts = [tag for tag in re.findall("<script[^>]*>", text) if 'type="application/ld+json"' not in tag]
    assert scripts == ['<script type="module" src="/static/js/site.js">']
    assert " style=" not in text
    assert response.headers["X-Frame-Options"] == "DENY"


def test_every_page_has_one_heading_and_its_landmarks(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    for url in ("/", session.course.get_absolute_url(), f"/sessions/{session.code}/book/people/", "/nothing/"):
        text = client.get(url).content.decode()
        assert '<html lang="en-GB">' in text
        for part in ("<h1", "<main ", "<header ", "<footer ", 'href="#main">Skip to main content'):
            assert text.count(part) == 1, (url, part)


@pytest.mark.parametrize(
    "view, status, words",
    [
        (error_views.bad_request, 400, "We couldn’t read what your browser sent"),
        (error_views.permission_denied, 403, "You can’t open this page"),
        (error_views.server_error, 500, "Nothing you booked or paid for is lost."),
        (error_views.csrf_failure, 403, "That page was open for too long"),
        (error_views.too_many_requests, 429, "Wait a minute, then try again"),
    ],
)
def test_every_mistake_has_words_and_a_number_to_call(
    rf: RequestFactory, django_assert_num_queries, view, status: int, words: str
) -> None:
    with django_assert_num_queries(0):
        response = view(rf.get("/"))
    assert response.status_code == status
    assert words in response.content.decode()
    assert 'href="tel:+441144960321"' in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    session = make_session()
    for step in ("", "people/", "requirements/", "check/"):
        assert getattr(client, method)(f"/sessions/{session.code}/book/{step}").status_code == 405
