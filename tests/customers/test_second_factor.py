"""Logging in with a second factor, setting it up, and what happens to a lost one. All through the pages."""

import re
import time
from collections.abc import Callable

import pyotp
import pytest
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import Settings

from customers.models import Activity, RecoveryCode, SecondFactor, User
from customers.roles import RoleName
from customers.services import second_factor
from customers.services.roles import ensure_roles
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long made-up password"
NOW = 1_800_000_015.0
STEP = 30

type Clock = Callable[[float], None]


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the clock that codes and waits are counted by: so many seconds from a moment that never changes."""

    def set_to(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: NOW + seconds)

    set_to(0)
    return set_to


@pytest.fixture(autouse=True)
def _nothing_counted(broker) -> None:
    ensure_roles()


def member(role: RoleName = RoleName.OFFICE, email: str = "dev@example.com") -> User:
    kind = User.Kind.ADMIN
    person = make_user(email, password=PASSWORD, kind=kind, is_staff=True, first_name="Dev", last_name="Chowdhury")
    person.groups.add(Group.objects.get(name=role))
    return person


def with_device(person: User) -> tuple[pyotp.TOTP, list[str]]:
    """Sets up a device two steps ago, so that the codes of now are new."""
    factor = second_factor.begin_set_up(user=person)
    totp = pyotp.TOTP(factor.secret)
    codes = second_factor.confirm_set_up(user=person, code=totp.at(int(NOW)))
    assert codes is not None
    SecondFactor.objects.update(last_step=int(NOW) // STEP - 2)
    return totp, codes


def type_password(browser: Client, onward: str = "/admin/", password: str = PASSWORD):
    return browser.post(f"/admin/login/?next={onward}", {"username": "dev@example.com", "password": password})


def is_in(browser: Client) -> bool:
    return browser.get("/admin/").status_code == 200


def lines_of(person: User) -> list[str]:
    return list(Activity.objects.filter(user=person).order_by("pk").values_list("summary", flat=True))


def test_a_password_alone_is_not_enough_with_a_device(client: Client) -> None:
    totp, _ = with_device(member())
    answer = type_password(client, "/admin/customers/user/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/code/")
    assert not is_in(client)
    assert client.post("/admin/login/code/", {"code": "000000"}).status_code == 200
    assert not is_in(client)
    key = client.session.session_key
    answer = client.post("/admin/login/code/", {"code": totp.at(int(NOW))})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/customers/user/")
    assert is_in(client)
    assert client.session.session_key != key
    assert "pending_log_in" not in client.session


def test_a_code_works_once_and_only_around_its_half_minute() -> None:
    person = member()
    totp, _ = with_device(person)

    def check(code: str) -> bool:
        return second_factor.check_code(user_id=person.pk, code=code) is not None

    SecondFactor.objects.update(last_step=0)
    offs = (-2, 2, -1, -1, 0, 0, 1, 1, 0)
    assert [check(totp.at(int(NOW) + off * STEP)) for off in offs] == [
        False,
        False,
        True,
        False,
        True,
        False,
        True,
        False,
        False,
    ]


def test_spaces_in_a_code_do_not_matter(client: Client) -> None:
    totp, _ = with_device(member())
    code = totp.at(int(NOW))
    type_password(client)
    assert client.post("/admin/login/code/", {"code": f" {code[:3]} {code[3:]} "}).status_code == 302


def test_a_recovery_code_lets_in_once_and_says_how_many_are_left(client: Client) -> None:
    person = member()
    _, codes = with_device(person)
    assert (len(codes), len(set(codes)), {len(code) for code in codes}) == (10, 10, {29})
    assert not RecoveryCode.objects.filter(code_hash__in=codes).exists()
    type_password(client)
    assert client.post("/admin/login/code/", {"code": codes[3].replace(" ", "")}).status_code == 302
    assert is_in(client)
    assert lines_of(person)[-1] == "Logged in with a recovery code; 9 are left"
    other = Client()
    type_password(other)
    assert other.post("/admin/login/code/", {"code": codes[3]}).status_code == 200
    assert not is_in(other)


def test_the_code_page_is_only_for_who_gave_the_password_and_not_for_long(client: Client, at: Clock) -> None:
    person = member()
    totp, _ = with_device(person)
    assert client.get("/admin/login/code/")["Location"] == "/admin/login/"
    type_password(client, "/admin/customers/user/")
    at(299)
    assert client.get("/admin/login/code/").status_code == 200
    at(301)
    answer = client.post("/admin/login/code/", {"code": totp.at(int(NOW + 301))})
    assert answer["Location"] == "/admin/login/?next=%2Fadmin%2Fcustomers%2Fuser%2F"
    assert not is_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"session_round": 7}, {"password": "!"}])
def test_what_changes_meanwhile_ends_the_log_in(client: Client, change: dict[str, object]) -> None:
    person = member()
    totp, _ = with_device(person)
    type_password(client)
    User.objects.filter(pk=person.pk).update(**change)
    assert client.post("/admin/login/code/", {"code": totp.at(int(NOW))})["Location"].startswith("/admin/login/?next=")
    assert not is_in(client)


def test_a_session_that_somebody_else_made_is_not_gone_on_with(client: Client) -> None:
    totp, _ = with_device(member())
    client.get("/admin/login/")
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    type_password(client)
    assert client.session.session_key != session.session_key
    assert "planted" not in client.session
    client.post("/admin/login/code/", {"code": totp.at(int(NOW))})
    assert is_in(client)


def test_where_it_is_required_nobody_is_in_before_it_is_set_up(client: Client, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    person = member()
    assert type_password(client, "/admin/customers/user/")["Location"] == "/admin/login/set-up/"
    page = client.get("/admin/login/set-up/").content.decode()
    assert not is_in(client)
    key = re.search(r'class="set-up-key">([A-Z2-7 ]+)<', page)
    assert key
    assert " style=" not in page.split("<svg")[1].split("</svg>")[0]
    assert client.post("/admin/login/set-up/", {"code": "123"}).status_code == 200
    assert not is_in(client)
    code = pyotp.TOTP(key[1].replace(" ", "")).at(int(NOW))
    page = client.post("/admin/login/set-up/", {"code": code}).content.decode()
    assert len(re.findall(r"<li><code>[0-9 ]{29}</code></li>", page)) == 10
    assert 'href="/admin/customers/user/"' in page
    assert is_in(client)
    line = Activity.objects.get(user=person)
    assert (line.summary, line.actor_kind, line.actor_label) == ("Second factor set up", "staff", "Dev Chowdhury")
    # The code that confirmed it does not log in as well.
    other = Client()
    type_password(other)
    assert other.post("/admin/login/code/", {"code": code}).status_code == 200
    assert other.get("/admin/login/set-up/").status_code == 302


def test_one_sets_it_up_replaces_and_removes_it_with_the_password_again(client: Client) -> None:
    person = member()
    client.force_login(person)
    elsewhere = Client()
    elsewhere.force_login(person)
    assert client.get("/admin/second-factor/set-up/")["Location"] == "/admin/second-factor/begin/"
    assert client.post("/admin/second-factor/begin/", {"password": "not it"}).status_code == 200
    assert not SecondFactor.objects.exists()
    secrets = []
    for _ in range(2):
        client.post("/admin/second-factor/begin/", {"password": PASSWORD})
        waiting = SecondFactor.objects.get(confirmed_at=None)
        code = pyotp.TOTP(waiting.secret).at(int(NOW))
        assert client.post("/admin/second-factor/set-up/", {"code": code}).status_code == 200
        secrets.append(SecondFactor.objects.get(user=person).secret)
    assert secrets[0] != secrets[1]
    assert (RecoveryCode.objects.count(), is_in(client), is_in(elsewhere)) == (10, True, False)
    old = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert client.post("/admin/second-factor/codes/", {"password": PASSWORD}).status_code == 200
    assert old.isdisjoint(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert client.get("/admin/second-factor/remove/").status_code == 200
    assert client.post("/admin/second-factor/remove/", {"password": PASSWORD}).status_code == 302
    assert (SecondFactor.objects.count(), RecoveryCode.objects.count(), is_in(client)) == (0, 0, True)
    assert lines_of(person) == [
        "Second factor set up",
        "Second factor replaced by a new device",
        "New recovery codes made",
        "Second factor removed",
    ]


def test_what_everybody_must_have_nobody_removes(client: Client, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    person = member()
    with_device(person)
    client.force_login(User.objects.get(pk=person.pk))
    assert client.post("/admin/second-factor/remove/", {"password": PASSWORD}).status_code == 302
    assert SecondFactor.objects.count() == 1
    assert "Remove" not in client.get("/admin/second-factor/").content.decode()


def test_a_set_up_that_was_left_lying_is_over(client: Client, at: Clock) -> None:
    person = member()
    client.force_login(person)
    client.post("/admin/second-factor/begin/", {"password": PASSWORD})
    code = pyotp.TOTP(SecondFactor.objects.get().secret).at(int(NOW) + 1201)
    at(1201)
    assert client.post("/admin/second-factor/set-up/", {"code": code})["Location"] == "/admin/second-factor/begin/"
    assert second_factor.standing_of(person.pk) is None


def test_an_owner_removes_a_lost_device_and_nobody_else_does(client: Client) -> None:
    person, owner = member(), member(RoleName.OWNER, "owner@example.com")
    with_device(person)
    theirs = Client()
    theirs.force_login(User.objects.get(pk=person.pk))
    page = f"/admin/customers/user/{person.pk}/second-factor/"
    clerk = Client()
    clerk.force_login(member(RoleName.OFFICE, "clerk@example.com"))
    assert [clerk.get(page).status_code, clerk.post(page).status_code] == [403, 403]
    client.force_login(owner)
    assert "Dev Chowdhury has a second factor" in client.get(page).content.decode()
    assert SecondFactor.objects.count() == 1
    assert client.post(page).status_code == 302
    assert (SecondFactor.objects.count(), is_in(theirs)) == (0, False)
    line = Activity.objects.filter(user=person).latest("pk")
    assert (line.summary, line.actor_user_id) == ("Second factor removed", owner.pk)
    assert client.post(page).status_code == 302
    assert Activity.objects.filter(user=person, summary="Second factor removed").count() == 1


def test_the_secret_is_nowhere_to_be_read(client: Client) -> None:
    person, owner = member(), member(RoleName.OWNER, "owner@example.com")
    totp, _ = with_device(person)
    client.force_login(owner)
    factor = SecondFactor.objects.get()
    for page in ("/admin/customers/secondfactor/", f"/admin/customers/secondfactor/{factor.pk}/change/"):
        body = client.get(page).content.decode()
        assert "Dev Chowdhury" in body
        assert totp.secret not in body
    assert totp.secret.encode() not in bytes(
        SecondFactor.objects.extra(select={"raw": "secret"}).values_list("raw", flat=True)[0]
    )
