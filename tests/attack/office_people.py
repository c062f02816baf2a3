"""Browsers for the roles of the office, beside the world of one of everything (tests/architecture/rights_world.py)."""

from django.contrib.auth.models import Group
from django.test import Client

from customers.models import User
from customers.roles import RoleName
from customers.services.roles import ensure_roles
from tests.factories import make_user


def member(role: RoleName, email: str = "") -> User:
    """Somebody in the office with this role and no other right."""
    if not Group.objects.filter(name=role).exists():
        ensure_roles()
    kind = User.Kind.INSTRUCTOR if role == RoleName.INSTRUCTOR else User.Kind.ADMIN
    person = make_user(email or f"{role}@office.example", kind=kind, is_staff=True, first_name="Dev", last_name="Lee")
    person.groups.add(Group.objects.get(name=role))
    return person


def browser_of(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser
