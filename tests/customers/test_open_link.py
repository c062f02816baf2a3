"""The page behind the link in a letter: looking changes nothing, pressing exchanges it for a cookie."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory, override_settings

from bookings.models import Booking
from config.kernel import clock, signing
from customers.access_cookies import COOKIE_NAME, read_access_token
from customers.models import AccessLink
from customers.services import access
from tests.customers.conftest import MakeBooking, MakeUser


@pytest.fixture
def booking(make_user: MakeUser, make_booking: MakeBooking) -> Booking:
    return make_booking(make_user("ann@example.com"), places=2)


@pytest.fixture
def link(booking: Booking) -> AccessLink:
    return access.make_access_link(
        purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk), expires_at=clock.now() + timedelta(days=30)
    )


def address(link: AccessLink) -> str:
    return access.link_url(link).removeprefix("http://testserver")


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_sets_nothing_and_uses_nothing_up(client: Client, link: AccessLink, method: str) -> None:
    for _ in range(3):
        response = getattr(client, method)(address(link))
        assert response.status_code == 200
        assert COOKIE_NAME not in response.cookies
    link.refresh_from_db()
    assert (link.last_used_at, link.revoked_at) == (None, None)


def test_the_page_asks_for_one_press(client: Client, link: AccessLink, booking: Booking) -> None:
    page = client.get(address(link)).content.decode()
    assert page.count("<form") == page.count("<button") == 1
    assert "Continue" in page
    # Not even the reference is shown before.
    assert booking.reference not in page


def test_pressing_gives_the_cookie_and_goes_to_the_booking(client: Client, link: AccessLink, booking: Booking) -> None:
    response = client.post(address(link))
    assert (response.status_code, response["Location"]) == (302, f"/bookings/{booking.reference}/")
    cookie = response.cookies[COOKIE_NAME]
    assert cookie.value == access.link_token(link)
    assert cookie["path"] == f"/bookings/{booking.reference}/"
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert cookie["max-age"] == 30 * 24 * 3600
    link.refresh_from_db()
    assert link.last_used_at is not None


def test_a_link_works_in_a_second_browser_too(link: AccessLink) -> None:
    assert [Client().post(address(link)).status_code for _ in range(2)] == [302, 302]


@override_settings(SITE_IS_HTTPS=True)
def test_the_cookie_is_secure_where_the_site_is(client: Client, link: AccessLink) -> None:
    assert client.post(address(link)).cookies[COOKIE_NAME]["secure"] is True


def test_an_attendees_link_goes_to_their_place(client: Client, booking: Booking) -> None:
    attendee = booking.attendees.earliest("position")
    link = access.make_access_link(
        purpose=AccessLink.Purpose.ATTENDEE, subject_key=str(attendee.pk), expires_at=clock.now() + timedelta(days=30)
    )
    response = client.post(address(link))
    assert (response.status_code, response["Location"]) == (302, f"/places/{attendee.pk}/")
    assert response.cookies[COOKIE_NAME]["path"] == f"/places/{attendee.pk}/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_expired_and_revoked_are_answered_alike(client: Client, link: AccessLink, method: str) -> None:
    expired = access.make_access_link(
        purpose=AccessLink.Purpose.BOOKING, subject_key=link.subject_key, expires_at=clock.now() - timedelta(seconds=1)
    )
    access.revoke_link(link)
    unknown = f"/access/{signing.new_token()}/"
    answers = [getattr(client, method)(path) for path in (unknown, address(expired), address(link))]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.content for answer in answers}) == 1
    assert all(COOKIE_NAME not in answer.cookies for answer in answers)


def test_the_address_goes_nowhere(client: Client, link: AccessLink) -> None:
    for answer in (client.get(address(link)), client.post(address(link)), client.get("/access/unknown/")):
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]


def test_another_site_cannot_press(link: AccessLink) -> None:
    browser = Client(enforce_csrf_checks=True)
    response = browser.post(address(link), headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 403
    link.refresh_from_db()
    assert link.last_used_at is None


def test_a_browser_that_keeps_the_policy_can_press(link: AccessLink) -> None:
    """Under "strict-origin" a browser names our own origin; the form's token does the rest."""
    browser = Client(enforce_csrf_checks=True)
    token = browser.get(address(link)).context["csrf_token"]
    response = browser.post(address(link), {"csrfmiddlewaretoken": str(token)}, headers={"Origin": "http://testserver"})
    assert response.status_code == 302


def test_other_methods_are_refused(client: Client, db: None) -> None:
    assert client.put("/access/unknown/").status_code == 405


def test_no_cookie_reads_as_nothing(rf: RequestFactory) -> None:
    assert read_access_token(rf.get("/")) == ""
    rf.cookies[COOKIE_NAME] = "secret"
    assert read_access_token(rf.get("/")) == "secret"
