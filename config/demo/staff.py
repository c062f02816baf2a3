"""Who can log in to the demo's office, and what each may do until there are groups."""

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Permission
from django.db.models import Q

from customers.email_keys import email_key
from customers.models import User


@dataclass(frozen=True)
class LogIn:
    """What is printed for one member of staff. `password` is empty when it is not the one we know."""

    email: str
    password: str


@dataclass(frozen=True)
class StaffMember:
    email: str
    first_name: str
    last_name: str
    permissions: tuple[str, ...] = ()
    is_owner: bool = False


# "app.*" is everything in an app but deleting; "app.view_*" everything there is to look at.
_LOOK = ("customers.view_*", "bookings.view_*", "payments.view_*", "invoicing.view_*", "communications.view_*")

STAFF = (
    StaffMember("owner@reactfast.example", "Ingrid", "Sowerby", is_owner=True),
    StaffMember(
        "office@reactfast.example",
        "Dev",
        "Chowdhury",
        (
            *_LOOK,
            "customers.*",
            "bookings.*",
            "communications.send_message_again",
            "communications.change_pagetext",
            "invoicing.change_invoice",
            "invoicing.change_bookingconfirmation",
        ),
    ),
    StaffMember(
        "finance@reactfast.example",
        "Moira",
        "Dunne",
        (*_LOOK, "payments.*", "invoicing.*", "communications.send_message_again"),
    ),
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
            is_superuser=member.is_owner,
            password=hashed,
        )
        for member in STAFF
    ]


def store(users: list[User]) -> None:
    """Stores what `new_staff` made, with what each may do. Part of the caller's transaction."""
    User.objects.bulk_create(users)
    for user, member in zip(users, STAFF, strict=True):
        if member.permissions:
            user.user_permissions.set(_permissions(member.permissions))


def log_ins(password: str) -> list[LogIn]:
    """The staff who are there, with the password where it is still theirs."""
    members = User.objects.filter(email_key__in=[member.email for member in STAFF])
    hashes = dict(members.values_list("email", "password"))
    fits = {hashed: bool(password) and check_password(password, hashed) for hashed in set(hashes.values())}
    return [
        LogIn(member.email, password if fits[hashes[member.email]] else "")
        for member in STAFF
        if member.email in hashes
    ]


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    wanted = Q()
    for name in names:
        app, _, codename = name.partition(".")
        of_app = Q(content_type__app_label=app)
        match codename.partition("*"):
            case ("", "*", ""):
                # Rights over people who have rights, and over health answers, are not given by a star.
                wanted |= of_app & ~Q(codename__startswith="delete_") & ~Q(codename="read_own_words")
            case (start, "*", ""):
                wanted |= of_app & Q(codename__startswith=start)
            case _:
                wanted |= of_app & Q(codename=codename)
    return list(Permission.objects.filter(wanted))
