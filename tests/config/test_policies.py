"""The content security policy, header by header: nothing inline, nothing from elsewhere, on every kind of page."""

import re

import pytest
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from tests.bookings.answers import agreed, name_people, say_needs, take_places
from tests.factories import make_session, make_staff

pytestmark = pytest.mark.django_db

STRICT = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self'; script-src 'self'; style-src 'self'"
)


def breaking(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("This page always breaks.")


def policy_of(response) -> str:
    return str(response.headers["Content-Security-Policy"])


def assert_nothing_inline(response) -> None:
    text = response.content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=\"", text) == []


@pytest.mark.parametrize(
    "address, status",
    [("/", 200), ("/admin/login/", 200), ("/nothing/", 404), ("/access/unknown/", 404), ("/bookings/RFT-1/", 404)],
)
def test_pages_are_strict(client: Client, address: str, status: int) -> None:
    response = client.get(address)
    assert (response.status_code, policy_of(response)) == (status, STRICT)
    assert_nothing_inline(response)


def test_steps_of_booking_are_strict(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    name_people(client, session)
    say_needs(client, session)
    for step in ("", "people/", "requirements/", "check/"):
        response = client.get(f"/sessions/{session.code}/book/{step}")
        assert (response.status_code, policy_of(response)) == (200, STRICT)
        assert_nothing_inline(response)


def test_the_office_is_strict(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True))
    for address in ("/admin/", "/admin/bookings/booking/", "/admin/customers/user/add/"):
        response = client.get(address)
        assert (response.status_code, policy_of(response)) == (200, STRICT)
        assert_nothing_inline(response)


def test_refusals_and_mistakes_are_strict(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    visitor = Client(raise_request_exception=False, enforce_csrf_checks=True)
    session = make_session()
    for response, status in (
        (visitor.get("/breaking/"), 500),
        (visitor.get("/", headers={"host": "elsewhere.example"}), 400),
        (visitor.post(f"/sessions/{session.code}/book/", {"places": "1"}), 403),
    ):
        assert (response.status_code, policy_of(response)) == (status, STRICT)
        assert_nothing_inline(response)


def test_the_payment_page_leads_to_the_payment_service_and_nowhere_else(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    name_people(client, session)
    say_needs(client, session)
    payment_page = client.post(f"/sessions/{session.code}/book/check/", agreed(session)).headers["Location"]
    response = client.get(payment_page)
    # The stand-in of the tests: one origin for Stripe's page, Stripe.js, its frames and its API.
    origin = django_settings.STRIPE_API_BASE
    expected = STRICT
    for directive in ("form-action", "script-src", "connect-src"):
        expected = expected.replace(f"{directive} 'self'", f"{directive} 'self' {origin}")
    assert response.status_code == 200
    assert policy_of(response) == f"{expected}; frame-src {origin}"
    assert_nothing_inline(response)


# This module is a table of addresses too: the site's own, and one that breaks.
urlpatterns = [*urlpatterns, path("breaking/", breaking)]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
