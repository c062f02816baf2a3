"""What each role in the office may do: the one table, which `manage.py ensure_roles` writes into the groups.

A role is a group of Django's with the role's name, and everybody in the office has exactly one. A permission is named
as Django names it; "customers.view_*" stands for looking at everything in an app, also at what is added to it later.
No role holds a permission to delete: nothing in the office is deleted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

APPS = ("customers", "bookings", "payments", "invoicing", "communications")


class RoleName(StrEnum):
    """The names of the groups, the most powerful first."""

    OWNER = "owner"
    OFFICE = "office"
    FINANCE = "finance"
    INSTRUCTOR = "instructor"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Role:
    """`may` minus `never`. What stands in `never` would otherwise be let in by a star, for the reason beside it."""

    label: str
    in_words: str
    may: tuple[str, ...]
    never: tuple[str, ...] = ()


_LOOK = tuple(f"{app}.view_*" for app in APPS)

# Letters as they were sent, while there is no mail server: with links and codes that open the bookings of others.
_OTHERS_LETTERS = "communications.view_mailboxmessage"
_DEVICES = ("customers.view_secondfactor", "customers.view_recoverycode")

ROLES: Mapping[RoleName, Role] = {
    RoleName.OWNER: Role(
        label="Owner",
        in_words="Everything, and who else may do what",
        # The groups can be looked at; they are changed in this table.
        may=(*(f"{app}.*" for app in APPS), "auth.view_group"),
    ),
    RoleName.OFFICE: Role(
        label="Office",
        in_words="People, bookings, sessions, letters and requirements; sees money, cancels and refunds",
        may=(
            *_LOOK,
            "customers.add_user",
            "customers.change_user",
            "customers.add_organisation",
            "customers.change_organisation",
            "customers.add_membership",
            "customers.change_membership",
            "customers.add_note",
            "customers.change_note",
            "customers.add_tag",
            "customers.change_tag",
            "customers.change_accesslink",
            "bookings.add_course",
            "bookings.change_course",
            "bookings.add_venue",
            "bookings.change_venue",
            "bookings.add_coursesession",
            "bookings.change_coursesession",
            "bookings.add_booking",
            "bookings.change_booking",
            "bookings.cancel_booking",
            "bookings.exceed_capacity",
            "bookings.export_booking",
            "bookings.change_attendee",
            "bookings.change_hold",
            "bookings.add_requirementtemplate",
            "bookings.change_requirementtemplate",
            "bookings.change_specialrequirement",
            "bookings.read_adjustments",
            # Somebody has to prepare the room: the office reads what was written, and each look is written down.
            "bookings.read_own_words",
            # Whoever cancels sees the sum and sends it back in one go; finance need not be there.
            "payments.add_refund",
            "invoicing.change_invoice",
            "invoicing.change_bookingconfirmation",
            "communications.add_message",
            "communications.send_message_again",
            "communications.change_pagetext",
        ),
        # Who looked at health text is for those who check on the office, not for the office. Who has no second factor
        # is for nobody who need not know.
        never=("customers.view_viewing", *_DEVICES),
    ),
    RoleName.FINANCE: Role(
        label="Finance",
        in_words="Money and invoices; sees people and bookings, not what helps them take part; makes no bookings",
        may=(
            *_LOOK,
            "customers.add_note",
            "bookings.export_booking",
            "payments.add_refund",
            "payments.change_refund",
            "payments.change_stripeevent",
            "payments.change_discrepancy",
            "invoicing.change_invoice",
            "invoicing.change_bookingconfirmation",
            # An invoice is sent again. New letters to customers are the office's.
            "communications.send_message_again",
        ),
        # That something is on record says something about a person's health. And whoever can refund does not also
        # write the bank details on every invoice: the supplier profile is the owner's (it is in no list but theirs).
        never=("bookings.view_specialrequirement", "customers.view_viewing", *_DEVICES, _OTHERS_LETTERS),
    ),
    RoleName.INSTRUCTOR: Role(
        label="Instructor",
        in_words="Their own sessions, the people in them and what was ticked for these people",
        # Whose sessions is not a permission: `bookings.selectors.sessions_seen_by` narrows every list and page.
        # Bookings, customers, money and letters are left out, and so are people's own words about their health.
        may=("bookings.view_coursesession", "bookings.view_attendee", "bookings.read_adjustments"),
    ),
    RoleName.AUDITOR: Role(
        label="Auditor",
        in_words="Looks at everything but what people said about their needs; changes nothing",
        # That something is on record, by whom and until when, is what an auditor checks.
        may=(*_LOOK, "auth.view_group"),
        never=(_OTHERS_LETTERS,),
    ),
}
