"""Roles: the table in the groups, and giving one to somebody."""

import json
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from customers import roles
from customers.models import Activity, User
from customers.roles import ROLES, Role, RoleName
from customers.services.roles import RoleRefused, ensure_roles, role_of, set_active, set_role
from tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db


def permissions(role: RoleName) -> set[str]:
    held = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in held}


def with_role(role: RoleName, **fields) -> User:
    person = make_user(kind=User.Kind.INSTRUCTOR if role == "instructor" else User.Kind.ADMIN, is_staff=True, **fields)
    person.groups.add(Group.objects.get(name=role))
    return person


def test_groups_hold_exactly_what_the_table_says_and_a_second_run_changes_nothing() -> None:
    assert [(change.role, change.is_new) for change in ensure_roles()] == [(str(name), True) for name in RoleName]
    looks = {"customers.view_user", "bookings.view_booking", "payments.view_payment", "communications.view_message"}
    assert {role: looks <= permissions(role) for role in RoleName} == {
        "owner": True,
        "office": True,
        "finance": True,
        "instructor": False,
        "auditor": True,
    }
    assert permissions(RoleName.INSTRUCTOR) == {
        "bookings.view_coursesession",
        "bookings.view_attendee",
        "bookings.read_adjustments",
    }
    assert ensure_roles() == []


def test_no_role_deletes_and_few_read_about_health() -> None:
    ensure_roles()
    held = {role: permissions(role) for role in RoleName}
    assert [name for names in held.values() for name in names if ".delete_" in name] == []
    assert {
        name: [role for role in RoleName if name in held[role]]
        for name in (
            "bookings.read_own_words",
            "bookings.read_adjustments",
            "bookings.view_specialrequirement",
            "customers.manage_staff",
            "customers.view_viewing",
            "invoicing.add_supplierprofile",
        )
    } == {
        "bookings.read_own_words": ["owner", "office"],
        "bookings.read_adjustments": ["owner", "office", "instructor"],
        "bookings.view_specialrequirement": ["owner", "office", "auditor"],
        "customers.manage_staff": ["owner"],
        "customers.view_viewing": ["owner", "auditor"],
        "invoicing.add_supplierprofile": ["owner"],
    }
    # Looks at everything, and does nothing.
    assert [name for name in held[RoleName.AUDITOR] if ".view_" not in name] == []
    assert [name for name in held[RoleName.FINANCE] if name.startswith(("bookings.add_", "bookings.change_"))] == []


def test_what_somebody_added_by_hand_goes_and_other_groups_stay() -> None:
    ensure_roles()
    office, other = Group.objects.get(name="office"), Group.objects.create(name="Choir")
    stray = Permission.objects.get(codename="delete_user")
    office.permissions.add(stray)
    office.permissions.remove(Permission.objects.get(codename="add_note"))
    other.permissions.add(stray)
    found = [("office", False, ("customers.add_note",), ("customers.delete_user",))]
    for dry_run in (True, False):
        changes = ensure_roles(dry_run=dry_run)
        assert [(change.role, change.is_new, change.added, change.removed) for change in changes] == found
    assert ensure_roles() == []
    assert list(other.permissions.all()) == [stray]


def test_the_command_says_what_it_did() -> None:
    def run(*options: str) -> str:
        printed = StringIO()
        call_command("ensure_roles", *options, stdout=printed)
        return printed.getvalue()

    assert [change["role"] for change in json.loads(run("--dry-run", "--json"))] == list(RoleName)
    assert not Group.objects.exists()
    assert "instructor (new group): 3 more, 0 fewer.\n  + bookings.read_adjustments\n" in run()
    assert run() == "Nothing was changed: every role is as the table says.\n"


def test_a_permission_that_is_not_there_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {**ROLES, RoleName.AUDITOR: Role("Auditor", "", may=("bookings.view_boking",))}
    monkeypatch.setattr("customers.services.roles.ROLES", table)
    with pytest.raises(CommandError, match=r"There is no permission bookings\.view_boking"):
        call_command("ensure_roles")
    assert not Group.objects.exists()
    assert roles.ROLES is not table


def test_a_role_is_given_and_taken_away() -> None:
    ensure_roles()
    owner, ann = with_role(RoleName.OWNER), make_user("ann@example.com", password="a made-up password")
    assert set_role(person_id=ann.pk, role=RoleName.FINANCE, by=owner)
    assert not set_role(person_id=ann.pk, role=RoleName.FINANCE, by=owner)
    ann.refresh_from_db()
    assert (role_of(ann), ann.kind, ann.is_staff, ann.session_round) == (RoleName.FINANCE, "admin", True, 1)
    assert set_role(person_id=ann.pk, role=RoleName.INSTRUCTOR, by=owner)
    ann.refresh_from_db()
    assert (role_of(ann), ann.kind, ann.groups.count()) == (RoleName.INSTRUCTOR, "instructor", 1)
    assert set_role(person_id=ann.pk, role=None, by=owner)
    ann.refresh_from_db()
    assert (role_of(ann), ann.kind, ann.is_staff, ann.groups.count(), ann.has_usable_password()) == (
        None,
        "instructor",
        False,
        0,
        False,
    )
    assert [line.summary for line in Activity.objects.filter(user=ann)] == [
        "May not log in to the office any more",
        "Role in the office: Instructor",
        "Role in the office: Finance",
    ]


def test_who_is_kept_out_keeps_their_role() -> None:
    ensure_roles()
    owner, ann = with_role(RoleName.OWNER), with_role(RoleName.OFFICE)
    assert set_active(person_id=ann.pk, is_active=False, by=owner)
    assert not set_active(person_id=ann.pk, is_active=False, by=owner)
    ann.refresh_from_db()
    assert (ann.is_active, role_of(ann), ann.session_round) == (False, RoleName.OFFICE, 1)
    assert set_active(person_id=ann.pk, is_active=True, by=owner)


def test_rights_are_refused_with_a_sentence_and_nothing_happens() -> None:
    ensure_roles()
    owner, nameless = with_role(RoleName.OWNER), make_user("")
    root = make_staff(is_superuser=True)
    stored = list(User.objects.order_by("pk").values())
    for person, role, sentence in (
        (owner, RoleName.FINANCE, "Nobody changes their own rights"),
        (nameless, RoleName.OFFICE, "Give them an email address first"),
        (root, RoleName.OFFICE, "made on the command line"),
    ):
        with pytest.raises(RoleRefused, match=sentence):
            set_role(person_id=person.pk, role=role, by=owner)
    assert list(User.objects.order_by("pk").values()) == stored
    assert not Activity.objects.exists()


def test_the_last_owner_stays() -> None:
    ensure_roles()
    last, asleep = with_role(RoleName.OWNER), with_role(RoleName.OWNER, is_active=False)
    clerk = with_role(RoleName.OFFICE)
    for refused in (
        lambda: set_role(person_id=last.pk, role=RoleName.OFFICE, by=clerk),
        lambda: set_role(person_id=last.pk, role=None, by=clerk),
        lambda: set_active(person_id=last.pk, is_active=False, by=clerk),
    ):
        with pytest.raises(RoleRefused, match="This is the last owner"):
            refused()
    last.refresh_from_db()
    assert (role_of(last), last.is_active) == (RoleName.OWNER, True)
    assert set_active(person_id=asleep.pk, is_active=True, by=last)
    assert set_role(person_id=last.pk, role=RoleName.OFFICE, by=clerk)
