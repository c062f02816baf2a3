"""The page on which an owner gives somebody a role in the office."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from customers.models import Activity, User
from customers.roles import RoleName
from customers.services.roles import ensure_roles, role_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roles() -> None:
    ensure_roles()


@pytest.fixture
def as_owner(client: Client) -> Client:
    client.force_login(member(RoleName.OWNER))
    return client


def member(role: RoleName) -> User:
    person = make_user(kind=User.Kind.ADMIN, is_staff=True, first_name="Dev", last_name=role.title())
    person.groups.add(Group.objects.get(name=role))
    return person


def page(person: User) -> str:
    return f"/admin/customers/user/{person.pk}/role/"


def test_a_customer_becomes_an_instructor_and_logs_in_after_getting_a_password(as_owner: Client) -> None:
    jo = make_user("jo@example.com", first_name="Jo", last_name="Bramley")
    assert "None: may not log in to the office" in as_owner.get(page(jo)).content.decode()
    assert as_owner.post(page(jo), {"role": "instructor", "is_active": "on"})["Location"] == page(jo)
    jo.refresh_from_db()
    assert (role_of(jo), jo.kind, jo.is_staff) == (RoleName.INSTRUCTOR, "instructor", True)
    sent = {"password1": "a long made-up one", "password2": "a long made-up one", "usable_password": "true"}
    assert as_owner.post(f"/admin/customers/user/{jo.pk}/password/", sent).status_code == 302
    lines = list(Activity.objects.filter(user=jo).order_by("pk").values_list("summary", "actor_label"))
    assert lines == [("Role in the office: Instructor", "Dev Owner"), ("Password set by an owner", "Dev Owner")]
    jos = Client()
    assert jos.login(username="jo@example.com", password="a long made-up one")
    assert jos.get("/admin/").status_code == 200
    # Who is kept out is out at once.
    assert as_owner.post(page(jo), {"role": "instructor"}).status_code == 302
    assert jos.get("/admin/").status_code == 302


@pytest.mark.parametrize("sent", [{}, {"role": "king"}, {"role": "\0"}])
def test_nonsense_is_answered_in_words(as_owner: Client, sent: dict[str, str]) -> None:
    ann = make_user()
    answer = as_owner.post(page(ann), sent)
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"role"}
    assert not Activity.objects.exists()


def test_oneself_and_the_last_owner_stay_as_they_are(as_owner: Client) -> None:
    owner = User.objects.get(groups__name="owner")
    answer = as_owner.post(page(owner), {"role": "office", "is_active": "on"})
    assert answer.context["form"].non_field_errors() == ["Nobody changes their own rights. Ask another owner."]
    assert role_of(owner) == RoleName.OWNER


@pytest.mark.parametrize("role", [role for role in RoleName if role != RoleName.OWNER])
def test_nobody_else_opens_it_or_touches_staff(client: Client, role: RoleName) -> None:
    person, other = member(role), member(RoleName.OFFICE)
    client.force_login(person)
    stored = list(User.objects.order_by("pk").values())
    for target in (person, other):
        assert client.get(page(target)).status_code == 403
        assert client.post(page(target), {"role": "owner", "is_active": "on"}).status_code == 403
        for what in ("change", "password"):
            sent = {"email": "mine@example.com", "kind": "admin", "password1": "x", "password2": "x"}
            assert client.post(f"/admin/customers/user/{target.pk}/{what}/", sent).status_code == 403
    assert list(User.objects.order_by("pk").values()) == stored
