"""Members of staff who come in by the door: with a password and a role."""

from typing import Any

from django.contrib.auth.models import Group

from customers.models import User
from customers.roles import RoleName
from customers.services.roles import ensure_roles
from tests.browser.walking import Walk
from tests.factories import make_user

_PASSWORD = "a long made-up password"


def make_member(role: RoleName, **names: Any) -> User:
    ensure_roles()
    kind = User.Kind.INSTRUCTOR if role == RoleName.INSTRUCTOR else User.Kind.ADMIN
    member = make_user(kind=kind, is_staff=True, password=_PASSWORD, **names)
    member.groups.add(Group.objects.get(name=role))
    return member


def log_in(walk: Walk, member: User) -> None:
    """To the page that the office opens on."""
    walk.open("/admin/")
    walk.page.fill("[name=username]", member.email)
    walk.page.fill("[name=password]", _PASSWORD)
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    assert walk.path == "/admin/"
