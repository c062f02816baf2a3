"""Logging in to the office by e-mail address, in whatever spelling; customers cannot."""

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.contrib.auth import authenticate, hashers
from django.contrib.auth.forms import AuthenticationForm
from django.core.management import call_command
from django.test import Client

from customers.models import Activity, User
from tests.customers.conftest import MakeUser

PASSWORD = "a long made-up password"
HOME = "81.2.69.142"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, broker: redis.Redis) -> Callable[[float], None]:
    """Sets the clock that tries and waits are counted by; nothing is counted yet."""

    def set_to(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0 + seconds)

    set_to(0)
    return set_to


def tries(client: Client, email: str, password: str = "wrong", where: str = "") -> Any:
    return client.post("/admin/login/", {"username": email, "password": password}, headers={"X-Real-IP": where})


@pytest.mark.parametrize(
    "typed",
    ["Owner@Example.com", "owner@example.com", "OWNER@EXAMPLE.COM", " owner@example.com ", "owner@example.com."],
)
def test_any_spelling_logs_in(client: Client, owner: User, typed: str) -> None:
    response = client.post("/admin/login/?next=/admin/", {"username": typed, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.session["_auth_user_id"] == str(owner.pk)


@pytest.mark.parametrize(
    "typed,password",
    [
        ("owner@example.com", "another password"),
        ("owner@example.com", ""),
        ("nobody@example.com", PASSWORD),
        # Nobody's address is not the address of those who have none.
        (".", PASSWORD),
        ("\u200b", PASSWORD),
    ],
)
def test_anything_else_does_not(client: Client, owner: User, make_user: MakeUser, typed: str, password: str) -> None:
    make_user("", password=PASSWORD, kind=User.Kind.ADMIN, is_staff=True)
    response = client.post("/admin/login/?next=/admin/", {"username": typed, "password": password})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_form_asks_for_an_email_address(db: None) -> None:
    assert AuthenticationForm().fields["username"].label == "Email address"


@pytest.mark.django_db
def test_a_customer_has_no_password_to_log_in_with(make_user: MakeUser) -> None:
    ann = make_user("ann@example.com")
    for password in ("", "!", ann.password, None):
        assert authenticate(username="ann@example.com", password=password) is None


def test_a_customer_with_a_session_is_not_let_into_the_office(client: Client, make_user: MakeUser, db: None) -> None:
    client.force_login(make_user("ann@example.com"))
    assert client.get("/admin/").status_code == 302


def test_who_may_not_log_in_any_more(client: Client, owner: User) -> None:
    owner.is_active = False
    owner.save()
    client.post("/admin/login/", {"username": "owner@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_the_first_owner_is_made_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(
        "createsuperuser",
        interactive=False,
        email_key="First@Example.com",
        first_name="Fay",
        last_name="First",
        verbosity=0,
    )
    fay = User.objects.get()
    assert (fay.email, fay.email_key, fay.kind) == ("First@Example.com", "first@example.com", User.Kind.ADMIN)
    assert authenticate(username="FIRST@example.com", password=PASSWORD) == fay


@pytest.mark.django_db
def test_the_key_follows_the_address(make_user: MakeUser) -> None:
    ann = make_user("Ann@Example.com")
    ann.email = "Ann.Lee@Example.com"
    ann.save(update_fields=["email"])
    ann.refresh_from_db()
    assert ann.email_key == "ann.lee@example.com"
    ann.email = " . "
    ann.save()
    ann.refresh_from_db()
    assert User.objects.filter(email="", email_key=None).count() == 1


@pytest.mark.parametrize("onward", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_logging_in_never_leads_away_from_the_office(client: Client, owner: User, onward: str) -> None:
    response = client.post("/admin/login/", {"username": owner.email, "password": PASSWORD, "next": onward})
    assert (response.status_code, response["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
def test_each_wrong_guess_after_the_fifth_waits_longer(client: Client, owner: User, at: Any, email: str) -> None:
    answers = [tries(client, email) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[0].context["form"].non_field_errors() == answers[4].context["form"].non_field_errors()
    sentence = "There were too many tries. Wait 1 minute, then try again."
    assert answers[5].context["form"].non_field_errors() == [sentence]
    now = 0.0
    for wait in (30, 60, 120, 240, 480, 900, 900, 900):
        # The right password is not looked at either while one has to wait, and waiting grows by no try.
        assert tries(client, email, PASSWORD).status_code == 429
        at(now + wait - 1)
        assert tries(client, email).status_code == 429
        now += wait
        at(now)
        assert tries(client, email).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_stranger_cannot_keep_somebody_out_of_a_browser_they_use(client: Client, owner: User, at: Any) -> None:
    assert tries(client, owner.email, PASSWORD).status_code == 302
    client.post("/admin/logout/")
    stranger = Client()
    for _ in range(6):
        tries(stranger, owner.email)
    assert tries(stranger, owner.email, PASSWORD).status_code == 429
    assert tries(client, owner.email, PASSWORD).status_code == 302
    # The cookie of one person is worth nothing at another's address, and an invented one nothing at all.
    client.post("/admin/logout/")
    for _ in range(5):
        tries(stranger, "other@example.com")
    assert tries(client, "other@example.com").status_code == 429
    stranger.cookies["known_browser"] = "invented"
    assert tries(stranger, owner.email, PASSWORD).status_code == 429


def test_the_right_password_forgets_the_wrong_ones(client: Client, owner: User, at: Any) -> None:
    for _ in range(3):
        for _ in range(4):
            assert tries(client, owner.email).status_code == 200
        assert tries(client, owner.email, PASSWORD).status_code == 302
        client.post("/admin/logout/")


def test_one_network_gets_ten_presses_a_minute(client: Client, owner: User, at: Any) -> None:
    codes = [tries(client, f"nobody{number}@example.com", where=HOME).status_code for number in range(11)]
    assert codes == [200] * 10 + [429]
    assert tries(client, owner.email, PASSWORD, where="81.2.69.160").status_code == 302


def test_an_unknown_address_costs_as_much_hashing_as_a_known_one(
    client: Client, owner: User, make_user: MakeUser, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user("ann@example.com")
    hashed: list[int] = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode

    def counted(self: Any, *given: str) -> str:
        hashed.append(1)
        return encode(self, *given)

    monkeypatch.setattr(hasher, "encode", counted)
    counts = []
    for email in (owner.email, "ann@example.com", "nobody@example.com"):
        hashed.clear()
        tries(client, email)
        counts.append(len(hashed))
    assert counts == [1, 1, 1]


def test_the_log_names_nobody(client: Client, owner: User, at: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        tries(client, owner.email)
    [line] = [record for record in caplog.records if record.name == "customers.admin.log_in"]
    assert (line.getMessage(), vars(line)["reason"]) == ("A log-in was refused.", "not right")
    assert "example" not in caplog.text


def test_a_changed_password_ends_the_other_sessions_and_this_one_goes_on(client: Client, owner: User) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(owner)
    sent = {"old_password": PASSWORD, "new_password1": "another made-up one", "new_password2": "another made-up one"}
    assert client.post("/admin/password_change/", sent).status_code == 302
    assert [browser.get("/admin/").status_code for browser in (client, elsewhere)] == [200, 302]
    line = Activity.objects.get(user=owner)
    assert (line.summary, line.actor_user_id) == ("Password changed", owner.pk)
    assert client.get("/admin/logout/").status_code == 405
