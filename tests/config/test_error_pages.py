"""The pages for what went wrong: what each offers, and what it can do without."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import DjangoAssertNumQueries, Settings

from config import error_views
from config.urls import urlpatterns as site_urls
from tests.factories import make_booking, make_course


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.django_db
def test_a_lost_visitor_can_look_for_a_course(client: Client) -> None:
    make_course(slug="efaw", name="Emergency & First Aid")
    make_course(slug="secret", name="Not yet", is_published=False)
    response = client.get("/no/such/page/")
    page = response.content.decode()
    assert response.status_code == 404
    assert '<form method="get" action="/"' in page
    assert '<option value="efaw">Emergency &amp; First Aid</option>' in page
    assert "secret" not in page
    assert client.get("/", {"what": "efaw"}).status_code == 200


@pytest.mark.django_db
def test_many_lost_visitors_ask_the_database_once(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        for number in range(3):
            assert client.get(f"/nothing/{number}/").status_code == 404


@pytest.mark.django_db
def test_without_a_database_there_is_still_a_way_on(rf: RequestFactory) -> None:
    def refuse(*_arguments: object) -> None:
        raise OperationalError("connection refused")

    with connection.execute_wrapper(refuse):
        response = error_views.page_not_found(rf.get("/no/such/page/"))
    page = response.content.decode()
    assert response.status_code == 404
    assert "<form" not in page
    assert '<a class="button" href="/">Show courses</a>' in page


@pytest.mark.django_db
def test_what_is_not_yours_says_how_it_is_opened(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booking = make_booking()
    place = booking.attendees.get()
    addresses = [f"/bookings/{booking.reference}/", "/bookings/RFT-9999-99/", f"/places/{place.pk}/"]
    pages = {client.get(address).content for address in addresses}
    assert len(pages) == 1
    assert b'href="/my/sign-in/"' in pages.pop()


def test_too_often_says_when_to_come_again(rf: RequestFactory) -> None:
    response = error_views.too_many_requests(rf.post("/my/sign-in/"))
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "<h1>Wait a minute, then try again</h1>" in response.content.decode()


def test_a_mistake_of_ours_is_said_even_when_no_page_can_be_made(rf: RequestFactory, settings: Settings) -> None:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}]
    response = error_views.server_error(rf.get("/"))
    page = response.content.decode()
    assert response.status_code == 500
    assert "Nothing you booked or paid for is lost." in page
    assert 'href="tel:+441144960321"' in page
    assert "<link" not in page


@pytest.mark.django_db
def test_a_page_that_breaks_shows_the_page_for_it(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    response = Client(raise_request_exception=False).get("/breaking/")
    assert response.status_code == 500
    assert "<h1>Something went wrong on our side</h1>" in response.content.decode()


def breaking(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("This page always breaks.")


urlpatterns = [*site_urls, path("breaking/", breaking)]
handler500 = "config.error_views.server_error"
__all__ = ["handler500", "urlpatterns"]
