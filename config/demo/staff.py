"""Who can log in to the demo's office: one of each role."""

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Group

from config.demo.people import instructors
from customers.email_keys import email_key
from customers.models import User
from customers.roles import ROLES, RoleName
from customers.services.roles import ensure_roles


@dataclass(frozen=True)
class LogIn:
    """What is printed for one member of staff. `password` is empty when it is not the one we know."""

    email: str
    password: str
    role: str


@dataclass(frozen=True)
class StaffMember:
    role: RoleName
    first_name: str
    last_name: str

    @property
    def email(self) -> str:
        return f"{self.role}@reactfast.example"


STAFF = (
    StaffMember(RoleName.OWNER, "Ingrid", "Sowerby"),
    StaffMember(RoleName.OFFICE, "Dev", "Chowdhury"),
    StaffMember(RoleName.FINANCE, "Moira", "Dunne"),
    StaffMember(RoleName.AUDITOR, "Walter", "Pym"),
)


def new_staff(password: str) -> list[User]:
    """New rows, not stored yet, in the order of STAFF. One hash for all: it takes a moment to make."""
    hashed = make_password(password)
    return [
        User(
            kind=User.Kind.ADMIN,
            email=member.email,
            email_key=email_key(member.email),
            first_name=member.first_name,
            last_name=member.last_name,
            is_staff=True,
            password=hashed,
        )
        for member in STAFF
    ]


def let_in(teacher: User, *, like: User) -> None:
    """Lets an instructor, not stored yet, log in with the password of somebody else."""
    teacher.is_staff, teacher.password = True, like.password


def store(users: list[User], teacher: User) -> None:
    """Stores what `new_staff` made and gives everybody their role. Part of the caller's transaction."""
    ensure_roles()
    groups = {group.name: group for group in Group.objects.filter(name__in=list(RoleName))}
    User.objects.bulk_create(users)
    for user, member in zip(users, STAFF, strict=True):
        user.groups.add(groups[member.role])
    teacher.groups.add(groups[RoleName.INSTRUCTOR])


def log_ins(password: str) -> list[LogIn]:
    """Who of each role is there, the most powerful first, with the password where it is still theirs."""
    teacher = instructors()[0]
    addresses = {member.role: member.email for member in STAFF} | {RoleName.INSTRUCTOR: teacher.email}
    people = User.objects.filter(email__in=list(addresses.values()), is_staff=True)
    hashes = dict(people.values_list("email", "password"))
    fits = {hashed: bool(password) and check_password(password, hashed) for hashed in set(hashes.values())}
    return [
        LogIn(addresses[role], password if fits[hashes[addresses[role]]] else "", ROLES[role].label)
        for role in RoleName
        if addresses[role] in hashes
    ]
