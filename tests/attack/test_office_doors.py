"""Ways into the office that are none: half logged in, by header, by address, by somebody else's cookie."""

import time
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from config.kernel.limits import visitor_network
from customers.models import RecoveryCode, SecondFactor, User
from customers.roles import RoleName
from customers.services import second_factor
from tests.architecture.rights_table import STAFF_PAGES
from tests.architecture.test_rights import ADDRESSES
from tests.attack.office_people import browser_of, member

pytestmark = pytest.mark.django_db

PASSWORD = "a long made-up password"
KEY = "00000000-0000-4000-8000-000000000000"
AWAY = ["//evil.example", "\\\\evil.example", "/\\evil.example", "https:evil.example", "https:///evil.example"]
AWAY += [
    "javascript:alert(1)",
    "///evil.example",
    "http://testserver@evil.example",
    " //evil.example",
    "\t//evil.example",
]


@pytest.fixture(autouse=True)
def _nothing_counted(broker: object) -> None:
    """No try of another test is remembered."""


@pytest.fixture
def owner() -> User:
    owner = member(RoleName.OWNER, "owner@example.com")
    owner.set_password(PASSWORD)
    owner.save()
    return owner


@pytest.fixture
def codes(owner: User) -> list[str]:
    """Codes on paper of an owner who has a device."""
    factor = second_factor.begin_set_up(user=owner)
    codes = second_factor.confirm_set_up(user=owner, code=pyotp.TOTP(factor.secret).now())
    assert codes is not None
    return codes


def half_in(browser: Client, onward: str = "") -> str:
    """Gives the right password; says where that leads."""
    sent = {"username": "owner@example.com", "password": PASSWORD, "next": onward}
    return browser.post(reverse("admin:login"), sent)["Location"]


def addresses() -> Iterator[str]:
    """Of every page of the office that somebody may see."""
    values = {"slug": "completed", "int": 1, "uuid": KEY, "path": "1", "string": "1"}
    for name in STAFF_PAGES:
        converters = getattr(ADDRESSES[f"admin:{name}"].pattern, "converters", {})
        given = {
            parameter: values[type(one).__name__.removesuffix("Converter").lower()]
            for parameter, one in converters.items()
        }
        if name != "app_list":
            yield reverse(f"admin:{name}", kwargs=given)


def test_who_gave_a_password_alone_opens_nothing(client: Client, codes: list[str]) -> None:
    assert half_in(client) == reverse("admin:login_code")
    pages = list(addresses())
    answers = [answer for address in pages for answer in (client.get(address), client.post(address))]
    opened = [answer for answer in answers if not answer.headers.get("Location", "").startswith("/admin/login/")]
    assert len(answers) > 70
    assert opened == []
    assert "_auth_user_id" not in client.session
    assert SecondFactor.objects.filter(confirmed_at__isnull=False).count() == 1
    # Nor does the page for who has no device yet put a new one in the place of theirs.
    assert client.get(reverse("admin:login_set_up")).status_code == 302
    assert client.post(reverse("admin:login_set_up"), {"code": "123456"}).status_code == 302
    assert SecondFactor.objects.count() == 1


def test_a_code_from_paper_opens_one_of_two_doors(codes: list[str]) -> None:
    first, second = Client(), Client()
    for browser in (first, second):
        half_in(browser)
    page = reverse("admin:login_code")
    assert first.post(page, {"code": codes[0]})["Location"] == "/admin/"
    assert second.post(page, {"code": codes[0]}).status_code == 200
    assert "_auth_user_id" not in second.session
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1


def test_somebody_elses_code_opens_nothing(client: Client, codes: list[str]) -> None:
    other = member(RoleName.OFFICE, "other@example.com")
    factor = second_factor.begin_set_up(user=other)
    theirs = second_factor.confirm_set_up(user=other, code=pyotp.TOTP(factor.secret).now())
    assert theirs is not None
    half_in(client)
    for code in (
        theirs[0],
        "000000",
        "",
        "0" * 5000,
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "\0" * 6,
        "null",
        codes[0][:10],
    ):
        assert client.post(reverse("admin:login_code"), {"code": code}).status_code in (200, 429)
    assert "_auth_user_id" not in client.session
    assert not RecoveryCode.objects.filter(used_at__isnull=False).exists()


def test_codes_are_not_guessed_from_many_places(codes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted is whose code is guessed: neither new browsers nor headers begin at nought."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    answers = []
    for number in range(8):
        browser = Client(headers={"X-Forwarded-For": f"81.2.69.{number}", "X-Real-IP": f"81.2.69.{number}"})
        half_in(browser)
        answers.append(browser.post(reverse("admin:login_code"), {"code": f"{number:06}"}).status_code)
    assert answers == [200] * 5 + [429] * 3


def test_passwords_are_not_guessed_from_many_places(owner: User) -> None:
    answers = []
    for number in range(8):
        browser = Client(headers={"X-Real-IP": f"81.2.69.{number}", "Forwarded": f"for=81.2.69.{number}"})
        sent = {"username": " OWNER@example.com. ", "password": f"guess {number}"}
        answers.append(browser.post(reverse("admin:login"), sent).status_code)
    assert answers == [200] * 5 + [429] * 3


def test_the_old_password_is_not_guessed_on_the_page_that_asks_for_it(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whose it is, from any number of open browsers and networks, and together with the second factor's pages."""
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    browsers = [browser_of(owner) for _ in range(2)]
    new = {"new_password1": "another made-up one", "new_password2": "another made-up one"}

    def tries(number: int, old: str = "guess", page: str = "password_change") -> Any:
        sent = {"old_password": old, **new} if page == "password_change" else {"password": old}
        headers = {"X-Real-IP": f"81.2.69.{number}"}
        return browsers[number % 2].post(reverse(f"admin:{page}"), sent, headers=headers)

    answers = [tries(0, page="second_factor_begin"), *(tries(number) for number in range(1, 6))]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    # The right one is not looked at either meanwhile, nor does trying make it longer.
    refused = tries(6, PASSWORD)
    sentence = "There were too many tries. Wait 1 minute, then try again."
    assert (refused.status_code, refused.context["form"].errors["old_password"]) == (429, [sentence])
    assert tries(7, PASSWORD, "second_factor_begin").status_code == 429
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    # Another person's page waits for nothing.
    other = browser_of(member(RoleName.OFFICE, "other@example.com"))
    assert other.post(reverse("admin:password_change"), {"old_password": "guess", **new}).status_code == 200
    waits = []
    for _ in range(3):
        before = now[0]
        while tries(1).status_code == 429:
            now[0] += 10
        waits.append(now[0] - before)
    assert waits == [30, 60, 120]
    now[0] += 240
    assert tries(1, PASSWORD).status_code == 302


def test_a_new_password_that_will_not_do_does_not_count_against_the_old_one(owner: User) -> None:
    browser = browser_of(owner)
    for _ in range(7):
        sent = {"old_password": PASSWORD, "new_password1": "one", "new_password2": "two"}
        assert browser.post(reverse("admin:password_change"), sent).status_code == 200
    assert browser.post(reverse("admin:password_change"), {}).status_code == 200
    sent = {"old_password": PASSWORD, "new_password1": "a third made-up one", "new_password2": "a third made-up one"}
    assert browser.post(reverse("admin:password_change"), sent).status_code == 302


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "True-Client-IP", "X-Client-IP", "CF-Connecting-IP"]
)
def test_no_header_but_the_proxys_own_names_a_visitor(header: str) -> None:
    request = RequestFactory().get("/", headers={header: "9.9.9.9"}, REMOTE_ADDR="81.2.69.142")
    assert visitor_network(request) == "81.2.69.142"


@pytest.mark.parametrize("onward", AWAY)
def test_no_step_of_logging_in_leads_elsewhere(owner: User, codes: list[str], onward: str) -> None:
    inside, outside = browser_of(owner), Client()
    assert inside.get(reverse("admin:login"), {"next": onward})["Location"] == "/admin/"
    half_in(outside, onward)
    assert outside.post(reverse("admin:login_code"), {"code": codes[0]})["Location"] == "/admin/"
    # Too late, and from the beginning again.
    late = Client()
    half_in(late, onward)
    session = late.session
    session["pending_log_in"] |= {"until": 0}
    session.save()
    assert "evil" not in late.get(reverse("admin:login_code"))["Location"]


def test_the_pages_of_logging_in_are_kept_nowhere(client: Client, codes: list[str]) -> None:
    pages = [client.get(reverse("admin:login"))]
    half_in(client)
    pages.append(client.get(reverse("admin:login_code")))
    pages.append(client.post(reverse("admin:login_code"), {"code": "1"}))
    for page in pages:
        assert {"no-store", "private"} <= set(page.headers["Cache-Control"].split(", "))
        assert PASSWORD not in page.content.decode()
