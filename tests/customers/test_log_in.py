"""Logging in to the office by e-mail address, in whatever spelling; customers cannot."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.core.management import call_command
from django.test import Client

from customers.models import User
from tests.customers.conftest import MakeUser

PASSWORD = "a long made-up password"


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
