"""Groups as the table says, and who is in which."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from customers import locks
from customers.models import User
from customers.roles import ROLES, Role, RoleName
from customers.services.timeline import record_activity


class UnknownPermission(Exception):
    """The table names a permission that is not in the database."""


class RoleRefused(Exception):
    """A change of rights that would do harm. The sentence is for the person who asked."""


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What was, or would be, changed in one group."""

    role: str
    is_new: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]


@transaction.atomic
def ensure_roles(*, dry_run: bool = False) -> list[RoleChange]:
    """Brings every group to exactly what the table gives its role; says what changed, which is nothing a second time.

    Groups that the table does not name are left alone. Raises UnknownPermission, and then changes nothing.
    """
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    wanted = {name: permissions_of(role, known) for name, role in ROLES.items()}
    changes = [_bring_to(name, permissions, known, dry_run=dry_run) for name, permissions in wanted.items()]
    return [change for change in changes if change.is_new or change.added or change.removed]


def permissions_of(role: Role, known: dict[str, int]) -> set[str]:
    """The permissions of a role among those that exist. Raises UnknownPermission for a name that finds none."""
    allowed: set[str] = set()
    for pattern in (*role.may, *role.never):
        found = {name for name in known if fnmatchcase(name, pattern) and ".delete_" not in name}
        if not found:
            raise UnknownPermission(f"There is no permission {pattern}: run migrate, or mend customers/roles.py.")
        allowed = allowed - found if pattern in role.never else allowed | found
    return allowed


def role_of(user: User) -> RoleName | None:
    """The role somebody has in the office; None for who has none. One query.

    Who was made on the command line is an owner without being in the group.
    """
    if not user.is_staff:
        return None
    if user.is_superuser:
        return RoleName.OWNER
    names = set(user.groups.filter(name__in=list(RoleName)).values_list("name", flat=True))
    return next((role for role in RoleName if role in names), None)


@transaction.atomic
def set_role(*, person_id: UUID, role: RoleName | None, by: User) -> bool:
    """Gives somebody this role and no other, or with None takes away their log-in. False when it was so already.

    The kind of person follows: instructors are instructors, everybody else in the office is office; who leaves it
    stays what they were. Whatever a superuser or single permissions gave goes. Every open session of theirs ends.

    Raises RoleRefused where it is one's own role, somebody without an address, a superuser's while `by` is none, or
    would leave nobody who can give rights.
    """
    people = locks.lock_staff_and(person_id)
    person = next(each for each in people if each.pk == person_id)
    before = role_of(person)
    if before == role and not (person.is_superuser and role != RoleName.OWNER):
        return False
    _check(person, before, role, people, by)
    person.is_staff, person.is_superuser = role is not None, False
    if role is not None:
        person.kind = User.Kind.INSTRUCTOR if role == RoleName.INSTRUCTOR else User.Kind.ADMIN
    else:
        person.set_unusable_password()
    person.session_round += 1
    person.save(update_fields=["is_staff", "is_superuser", "kind", "password", "session_round"])
    person.user_permissions.clear()
    person.groups.set(Group.objects.filter(name=role) if role else [])
    told = f"Role in the office: {ROLES[role].label}" if role else "May not log in to the office any more"
    record_activity(user_id=person.pk, kind="rights", summary=told)
    return True


@transaction.atomic
def set_active(*, person_id: UUID, is_active: bool, by: User) -> bool:
    """Lets somebody log in again, or keeps them out while everything else stays. False when it was so already.

    Raises RoleRefused as `set_role` does.
    """
    people = locks.lock_staff_and(person_id)
    person = next(each for each in people if each.pk == person_id)
    if person.is_active == is_active:
        return False
    role = role_of(person)
    _check(person, role, role if is_active else None, people, by)
    person.is_active = is_active
    person.session_round += 1
    person.save(update_fields=["is_active", "session_round"])
    told = "May log in again" if is_active else "Kept from logging in"
    record_activity(user_id=person.pk, kind="rights", summary=told)
    return True


@transaction.atomic
def set_rights(*, person_id: UUID, role: RoleName | None, is_active: bool, by: User) -> bool:
    """`set_active` and `set_role` in one: both or neither. False when all was so already."""
    was_kept_out = set_active(person_id=person_id, is_active=is_active, by=by)
    return set_role(person_id=person_id, role=role, by=by) or was_kept_out


def _check(person: User, before: RoleName | None, after: RoleName | None, people: list[User], by: User) -> None:
    if person.pk == by.pk:
        raise RoleRefused("Nobody changes their own rights. Ask another owner.")
    if person.is_superuser and not by.is_superuser:
        raise RoleRefused("This owner was made on the command line, and is changed there.")
    if after is not None and person.email_key is None:
        raise RoleRefused("Give them an email address first: people log in with it.")
    if before == RoleName.OWNER and after != RoleName.OWNER:
        others = [each for each in people if each.pk != person.pk and each.is_active]
        if not any(role_of(each) == RoleName.OWNER for each in others):
            raise RoleRefused("This is the last owner. Make somebody else an owner first.")


def _bring_to(name: RoleName, permissions: set[str], known: dict[str, int], *, dry_run: bool) -> RoleChange:
    group = Group.objects.filter(name=name).first()
    is_new = group is None
    names = {pk: permission for permission, pk in known.items()}
    there = {names[pk] for pk in group.permissions.values_list("pk", flat=True)} if group else set()
    if not dry_run and (is_new or there != permissions):
        group = group or Group.objects.create(name=name)
        group.permissions.set([known[permission] for permission in permissions])
    return RoleChange(name, is_new, tuple(sorted(permissions - there)), tuple(sorted(there - permissions)))
