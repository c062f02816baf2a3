"""Forged presses, and what every answer outside the office says to browsers: keep, frame and run nothing."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from bookings.models import Booking, CourseSession
from customers.models import AccessLink
from customers.services import access, signing_in
from customers.services.visits import begin_visit
from tests.architecture.rights_world import fingerprint
from tests.attack.test_public_keys import Owned, addresses, make_owned, token_for
from tests.bookings.answers import HANNAH, agreed, come_to_check
from tests.bookings.browser import Browser
from tests.factories import make_session

pytestmark = pytest.mark.django_db

PUBLIC = (
    "/",
    "/help/",
    "/terms/",
    "/terms/1/",
    "/privacy/",
    "/accessibility/",
    "/certificates/verify/?code=x",
    "/none/",
)


@pytest.fixture
def owned() -> Owned:
    return make_owned("hannah@example.org")


@pytest.fixture
def browser(owned: Owned) -> Client:
    """Everything of hers is open in it, half an order too; it sends every cookie everywhere."""
    client = Client()
    session = make_session()
    session.code = "ATTACKED"
    session.save()
    come_to_check(client, session, places=2, **{"person-1-first_name": "A", "person-1-last_name": "B"} | COLLEAGUE)
    client.cookies["visit"] = begin_visit(user=owned.booking.customer, keep=True).token
    client.cookies["access"] = token_for(AccessLink.Purpose.ATTENDEE, owned.place.pk)
    return client


COLLEAGUE = {"person-1-email": "a@example.org"}
STEPS = tuple(f"/sessions/ATTACKED/book/{step}" for step in ("", "people/", "requirements/", "check/"))
ANSWERS = HANNAH | {"places": "5", "remove": "1", "code": "000000"}


def presses(owned: Owned) -> Iterator[str]:
    """Every address outside the office at which something can be pressed, but Stripe's."""
    yield from (address for method, address in addresses(owned) if method == "POST")
    yield from STEPS
    link = signing_in.make_link(request=signing_in.ask(email="hannah@example.org"))
    yield f"/my/sign-in/{access.link_token(link)}/"
    yield f"/access/{token_for(AccessLink.Purpose.BOOKING, owned.booking.pk)}/"
    yield from ("/my/sign-in/", "/my/sign-in/sent/", "/my/sign-out/")


@pytest.mark.parametrize("forged", ["no token", "another's token", "another site's press"])
def test_no_forged_press_does_anything(owned: Owned, browser: Client, forged: str) -> None:
    forger = Client(enforce_csrf_checks=True)
    forger.get("/my/sign-in/")
    own = forger.cookies["csrftoken"].value
    forger.cookies.load({name: morsel.value for name, morsel in browser.cookies.items() if name != "csrftoken"})
    token = {"no token": "", "another's token": "x" * 32}.get(forged, own)
    # With the right token, as if it had leaked: a browser still says from where it presses.
    origin = {"origin": "https://evil.example"} if token == own else {}
    waiting = list(presses(owned))
    before = fingerprint()
    answers = ANSWERS | agreed(CourseSession.objects.get(code="ATTACKED"), 2)
    answers |= {"csrfmiddlewaretoken": token} if token else {}
    assert {address: forger.post(address, answers, headers=origin).status_code for address in waiting} == dict.fromkeys(
        waiting, 403
    )
    assert fingerprint() == before


def test_private_answers_are_kept_nowhere(owned: Owned, browser: Client) -> None:
    link = signing_in.make_link(request=signing_in.ask(email="hannah@example.org"))
    secret = (
        f"/access/{token_for(AccessLink.Purpose.BOOKING, owned.booking.pk)}/",
        f"/my/sign-in/{access.link_token(link)}/",
    )
    pages = [address for method, address in addresses(owned) if method == "GET"]
    for address in (*pages, *STEPS, *secret, "/my/", "/my/sign-in/", "/my/sign-in/sent/", "/bookings/RFT-2222-22/"):
        answer = browser.get(address)
        assert answer.status_code in {200, 202, 302, 404}, address
        kept = answer.headers["Cache-Control"]
        assert ("no-store" in kept, "private" in kept) == (True, True), address
        assert answer.headers["Referrer-Policy"] == ("strict-origin" if address in secret else "same-origin"), address


def test_every_answer_forbids_frames_scripts_and_guessing(owned: Owned, browser: Client) -> None:
    pages = [address for method, address in addresses(owned) if method == "GET"]
    for address in (*pages, *STEPS, *PUBLIC, "/my/", "/my/sign-in/", "/robots.txt", "/sitemap.xml", "/healthz/"):
        answer = browser.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "frame-ancestors 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert answer.headers["X-Frame-Options"] == "DENY", address
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert "Access-Control-Allow-Origin" not in answer.headers, address


def test_only_the_payment_page_lets_in_anything_of_another_site(owned: Owned, browser: Client) -> None:
    strangers = {}
    for method, address in addresses(owned):
        if method == "GET":
            policy = browser.get(address).headers["Content-Security-Policy"]
            strangers[address] = django_settings.STRIPE_API_BASE in policy
    assert [address for address, lets_in in strangers.items() if lets_in] == [
        f"/bookings/{owned.unpaid.reference}/pay/"
    ]


def test_every_cookie_is_for_the_server_alone(settings: Settings) -> None:
    """HttpOnly, SameSite and, where the site has https, Secure; a hold's and a link's only for their own pages."""
    settings.SITE_IS_HTTPS = settings.CSRF_COOKIE_SECURE = True
    session = make_session()
    client = Browser()
    come_to_check(client, session)
    ordered = client.post(f"/sessions/{session.code}/book/check/", agreed(session))
    booking = Booking.objects.get()
    client.post("/my/sign-in/", {"email": "hannah@example.org"})
    asked = client.post("/my/sign-in/", {"email": "hannah@example.org"})
    link = signing_in.make_link(request=signing_in.ask(email="hannah@example.org"))
    entered = client.post(f"/my/sign-in/{access.link_token(link)}/", {"keep": "on"})
    held = Client().post(f"/sessions/{session.code}/book/", {"places": "1"})
    page = Client().get("/my/sign-in/")
    seen = {}
    for answer in (ordered, asked, entered, held, page):
        for name, morsel in answer.cookies.items():
            if morsel.value:
                seen[name] = morsel["path"]
                assert (morsel["httponly"], morsel["samesite"], morsel["secure"]) == (True, "Lax", True), name
    assert seen == {
        "access": f"/bookings/{booking.reference}/",
        "csrftoken": "/",
        "hold": f"/sessions/{session.code}/book/",
        "sign_in": "/my/sign-in/",
        "visit": "/",
    }


def test_no_secret_and_no_address_of_anybody_stands_in_a_page(owned: Owned, browser: Client) -> None:
    """The forms of the page carry a token against forgeries, and nothing that opens something."""
    link = token_for(AccessLink.Purpose.BOOKING, owned.booking.pk)
    browser.cookies["access"] = link
    secrets = [link, *(browser.cookies[name].value for name in ("visit", "hold"))]
    for address in (
        f"/bookings/{owned.booking.reference}/",
        f"/bookings/{owned.unpaid.reference}/pay/",
        *STEPS,
        "/my/",
    ):
        text = browser.get(address).content.decode()
        assert [secret for secret in secrets if secret in text] == [], address
    # Who takes one place reads nothing of the others.
    stranger = Client()
    stranger.cookies["access"] = token_for(AccessLink.Purpose.ATTENDEE, owned.place.pk)
    text = stranger.get(f"/places/{owned.place.pk}/").content.decode()
    assert "hannah@example.org" not in text
    assert owned.booking.reference not in text
