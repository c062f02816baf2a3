"""The six digits beside the link: for the browser that asked, few tries, and the same answer for every address."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kernel import clock
from customers.models import AccessLink, PortalVisit, SignInRequest, User
from customers.services import access, signing_in
from customers.visit_cookies import COOKIE_NAME
from tests.factories import make_user

# The count of presses begins anew with each test.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("broker")]

SENT = "/my/sign-in/sent/"
REFUSAL = "That code isn’t right, or has run out. Look in our newest email, or ask for another"


@pytest.fixture
def hannah() -> User:
    return make_user("hannah@example.org")


def asked(email: str = "hannah@example.org") -> tuple[Client, str]:
    """A browser that asked, and the code in the letter that went."""
    client = Client()
    client.post("/my/sign-in/", {"email": email})
    return client, code_of(SignInRequest.objects.latest("created_at"))


def code_of(request: SignInRequest) -> str:
    return signing_in.code_of(access.link_token(signing_in.make_link(request=request)))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def problems(response) -> list[str]:
    assert response.status_code == 200
    assert "<title>Error: Check your email" in response.content.decode()
    return [problem.message for problem in response.context["problems"]]


@pytest.mark.parametrize("space", ["", " ", "-", "\u00a0"])
def test_it_signs_in_the_browser_that_asked(hannah: User, space: str) -> None:
    client, code = asked()
    response = client.post(SENT, {"code": f" {code[:3]}{space}{code[3:]} "})
    assert (response.status_code, response["Location"]) == (302, "/my/")
    assert PortalVisit.objects.get().user == hannah
    assert response.cookies[COOKIE_NAME]["max-age"] == ""
    assert response.cookies["sign_in"].value == ""
    assert client.get("/my/").status_code == 200


def test_for_thirty_days_if_asked(hannah: User) -> None:
    client, code = asked()
    assert client.post(SENT, {"code": code, "keep": "on"}).cookies[COOKIE_NAME]["max-age"] == 30 * 24 * 3600


def test_it_uses_up_the_link_and_the_link_uses_it_up(hannah: User) -> None:
    client, code = asked()
    token = access.link_token(AccessLink.objects.get())
    client.post(SENT, {"code": code})
    assert Client().post(f"/my/sign-in/{token}/").status_code == 410
    client, code = asked()
    token = access.link_token(AccessLink.objects.get(revoked_at=None))
    assert Client().post(f"/my/sign-in/{token}/").status_code == 302
    assert problems(client.post(SENT, {"code": code})) == [REFUSAL]


def test_no_other_browser_can_use_it(hannah: User) -> None:
    _, code = asked()
    assert Client().post(SENT, {"code": code})["Location"] == "/my/sign-in/"
    second, _ = asked()
    assert problems(second.post(SENT, {"code": code})) == [REFUSAL]
    assert PortalVisit.objects.count() == 0


def test_after_half_an_hour_it_has_run_out(hannah: User) -> None:
    client, code = asked()
    AccessLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert problems(client.post(SENT, {"code": code})) == [REFUSAL]


def test_after_five_tries_the_right_one_is_refused_too(hannah: User) -> None:
    client, code = asked()
    for _ in range(5):
        assert problems(client.post(SENT, {"code": wrong(code)})) == [REFUSAL]
    assert problems(client.post(SENT, {"code": code})) == [REFUSAL]
    assert SignInRequest.objects.get().code_tries == 5
    assert PortalVisit.objects.count() == 0


def test_what_is_no_code_is_no_try(hannah: User) -> None:
    client, _ = asked()
    for typed in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\0" * 6, "1" * 5000):
        assert problems(client.post(SENT, {"code": typed})) == ["Enter the six digits from the email"]
    assert SignInRequest.objects.get().code_tries == 0


def test_a_wrong_code_is_answered_alike_for_every_address(hannah: User) -> None:
    seen = set()
    known, code = asked()
    unknown = Client()
    unknown.post("/my/sign-in/", {"email": "nobody.here@example.org"})
    for client, email in ((known, "hannah@example.org"), (unknown, "nobody.here@example.org")):
        with CaptureQueriesContext(connection) as queries:
            response = client.post(SENT, {"code": wrong(code)})
        shapes = tuple(re.sub(r"'[^']*'|\bs\d+_x\d+", "?", query["sql"]) for query in queries)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode()).replace(email, "?")
        seen.add((response.status_code, text, shapes))
    assert len(seen) == 1


def test_tries_from_one_household_are_counted(hannah: User, in_one_minute: None) -> None:
    statuses = []
    for _ in range(3):
        client, code = asked()
        statuses += [client.post(SENT, {"code": wrong(code)}, REMOTE_ADDR="81.2.69.142").status_code for _ in range(4)]
    assert statuses == [200] * 10 + [429] * 2


def test_another_site_cannot_type_it(hannah: User) -> None:
    client, code = asked()
    forger = Client(enforce_csrf_checks=True)
    forger.cookies = client.cookies
    assert forger.post(SENT, {"code": code}).status_code == 403
    assert PortalVisit.objects.count() == 0
