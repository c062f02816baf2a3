"""Whoever changes how a member of staff logs in: that person is told by letter, through every page that does it."""

import pyotp
import pytest
from django.contrib.auth.models import Group
from django.test import Client

from communications.models import Message
from customers.models import RecoveryCode, SecondFactor, User
from customers.roles import RoleName
from customers.services import second_factor
from customers.services.roles import ensure_roles
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long made-up password"
NEW = {"new_password1": "another made-up one", "new_password2": "another made-up one"}
SET = {"password1": "another made-up one", "password2": "another made-up one", "usable_password": "true"}


@pytest.fixture(autouse=True)
def _nothing_counted(broker: object) -> None:
    ensure_roles()


def member(role: RoleName, email: str, name: str) -> User:
    person = make_user(email, password=PASSWORD, kind=User.Kind.ADMIN, is_staff=True, first_name=name, last_name="Lee")
    person.groups.add(Group.objects.get(name=role))
    return person


@pytest.fixture
def dev() -> User:
    return member(RoleName.OFFICE, "dev@example.com", "Dev")


@pytest.fixture
def as_owner() -> Client:
    browser = Client()
    browser.force_login(member(RoleName.OWNER, "olive@example.com", "Olive"))
    return browser


def with_device(person: User) -> list[str]:
    secret = second_factor.begin_set_up(user=person).secret
    codes = second_factor.confirm_set_up(user=person, code=pyotp.TOTP(secret).now())
    assert codes is not None
    return codes


def letters() -> list[tuple[str, str, str]]:
    found = Message.objects.order_by("created_at", "pk").values_list("to_email", "log_in_change", "done_by")
    return list(found)


def test_ones_own_device_and_codes(client: Client, dev: User) -> None:
    client.force_login(dev)
    for _ in range(2):
        client.post("/admin/second-factor/begin/", {"password": PASSWORD})
        code = pyotp.TOTP(SecondFactor.objects.get(confirmed_at=None).secret).now()
        assert client.post("/admin/second-factor/set-up/", {"code": "none"}).status_code == 200
        assert client.post("/admin/second-factor/set-up/", {"code": code}).status_code == 200
    for page in ("codes", "remove", "remove"):
        client.post(f"/admin/second-factor/{page}/", {"password": "not it"})
        client.post(f"/admin/second-factor/{page}/", {"password": PASSWORD})
    changes = ["device_set_up", "device_replaced", "codes_replaced", "device_removed"]
    assert letters() == [("dev@example.com", change, "") for change in changes]
    assert set(Message.objects.values_list("user", flat=True)) == {dev.pk}


def test_a_device_that_an_owner_takes_away(as_owner: Client, dev: User) -> None:
    page = f"/admin/customers/user/{dev.pk}/second-factor/"
    as_owner.post(page)
    assert letters() == []
    with_device(dev)
    for _ in range(2):
        as_owner.post(page)
    assert letters() == [("dev@example.com", "device_removed", "Olive Lee")]


def test_the_last_recovery_code_and_none_before_it(dev: User) -> None:
    codes = with_device(dev)
    RecoveryCode.objects.filter(pk__in=RecoveryCode.objects.order_by("pk").values("pk")[:8]).delete()
    told = []
    for code in codes[8:]:
        browser = Client()
        browser.post("/admin/login/", {"username": dev.email, "password": PASSWORD})
        assert browser.post("/admin/login/code/", {"code": "1" * 24}).status_code == 200
        assert browser.post("/admin/login/code/", {"code": code}).status_code == 302
        told.append(letters())
    assert told == [[], [("dev@example.com", "codes_used_up", "")]]


def test_ones_own_password(client: Client, dev: User) -> None:
    client.force_login(dev)
    client.post("/admin/password_change/", {"old_password": "not it", **NEW})
    assert letters() == []
    assert client.post("/admin/password_change/", {"old_password": PASSWORD, **NEW}).status_code == 302
    assert letters() == [("dev@example.com", "password_changed", "")]


def test_a_password_that_an_owner_sets(as_owner: Client, dev: User) -> None:
    page = f"/admin/customers/user/{dev.pk}/password/"
    # Django leads on from this one too, having changed nothing: no button says that the password shall go.
    assert as_owner.post(page, {"usable_password": "false"}).status_code == 302
    assert letters() == []
    assert as_owner.post(page, SET).status_code == 302
    assert letters() == [("dev@example.com", "password_changed", "Olive Lee")]
