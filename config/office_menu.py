"""What stands in the navigation of the office, and for whom.

An entry shows where the person has any one of its permissions. Its address is that of an admin page, perhaps with a
filter; a page below that address marks the entry as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.http import QueryDict
from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    words: str
    icon: str
    page: str
    """Name of an admin page."""
    permissions: tuple[str, ...]
    """Any one opens it; none: everybody in the office."""
    query: str = ""
    """The filter that makes it this entry: "kind__exact=instructor"."""

    @property
    def path(self) -> str:
        return reverse(f"admin:{self.page}")

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True)
class Count:
    number: int
    is_urgent: bool


@dataclass(frozen=True)
class Shown:
    """An entry as one person sees it on one page."""

    entry: Entry
    is_here: bool
    count: Count | None


MENU: Mapping[str, tuple[Entry, ...]] = {
    "Daily work": (
        Entry("Today", "bell", "index", ()),
        Entry("Sessions", "calendar", "bookings_coursesession_changelist", ("bookings.view_coursesession",)),
        Entry("Bookings", "list", "bookings_booking_changelist", ("bookings.view_booking",)),
        Entry("Requirements", "heart", "bookings_specialrequirement_changelist", ("bookings.view_specialrequirement",)),
    ),
    "People": (
        Entry("Customers", "people", "customers_user_changelist", ("customers.view_user",), "kind__exact=customer"),
        Entry("Organisations", "building", "customers_organisation_changelist", ("customers.view_organisation",)),
        Entry("Trainers", "person", "customers_user_changelist", ("customers.view_user",), "kind__exact=instructor"),
    ),
    "Money": (
        Entry("Payments", "card", "payments_payment_changelist", ("payments.view_payment",)),
        Entry("Refunds", "undo", "payments_refund_changelist", ("payments.view_refund",)),
        Entry("Discrepancies", "bank", "payments_discrepancy_changelist", ("payments.view_discrepancy",)),
        Entry("Invoices", "file", "invoicing_invoice_changelist", ("invoicing.view_invoice",)),
        Entry("Stripe events", "swap", "payments_stripeevent_changelist", ("payments.view_stripeevent",)),
    ),
    "Insight": (
        Entry("Messages sent", "mail", "communications_message_changelist", ("communications.view_message",)),
        Entry("Timeline", "clock", "customers_activity_changelist", ("customers.view_activity",)),
        Entry("Change history", "history", "customers_change_changelist", ("customers.view_change",)),
        Entry("Who looked", "shield", "customers_viewing_changelist", ("customers.view_viewing",)),
    ),
    "Set up": (
        Entry("Courses and prices", "file", "bookings_course_changelist", ("bookings.view_course",)),
        Entry("Venues", "pin", "bookings_venue_changelist", ("bookings.view_venue",)),
        Entry(
            "Requirement templates",
            "list",
            "bookings_requirementtemplate_changelist",
            ("bookings.view_requirementtemplate",),
        ),
        Entry("Booking policy", "note", "bookings_bookingpolicy_changelist", ("bookings.view_bookingpolicy",)),
        Entry("Page texts", "pen", "communications_pagetext_changelist", ("communications.view_pagetext",)),
        Entry("Company details", "gear", "invoicing_supplierprofile_changelist", ("invoicing.view_supplierprofile",)),
        Entry("Tags", "tag", "customers_tag_changelist", ("customers.view_tag",)),
        Entry("Staff", "person", "customers_user_changelist", ("customers.manage_staff",), "is_staff__exact=1"),
        Entry("Roles", "lock", "auth_group_changelist", ("auth.view_group",)),
    ),
}


def menu_for(
    user: AbstractBaseUser | AnonymousUser, path: str, query: QueryDict, counts: Mapping[str, Count]
) -> dict[str, list[Shown]]:
    """The groups with something in them. `counts` are by the entry's words; at most one entry is marked as here."""
    allowed = {group: [entry for entry in entries if _may(user, entry)] for group, entries in MENU.items()}
    here = _here([entry for entries in allowed.values() for entry in entries], path, query)
    return {
        group: [Shown(entry, entry is here, counts.get(entry.words)) for entry in entries]
        for group, entries in allowed.items()
        if entries
    }


def _may(user: AbstractBaseUser | AnonymousUser, entry: Entry) -> bool:
    if not isinstance(user, PermissionsMixin):
        return False
    return not entry.permissions or any(user.has_perm(one) for one in entry.permissions)


def _here(entries: list[Entry], path: str, query: QueryDict) -> Entry | None:
    """The entry whose path is the longest beginning of this one; of two with the same, the one whose filter is on."""
    root = reverse("admin:index")
    fitting = [entry for entry in entries if path == entry.path or (entry.path != root and path.startswith(entry.path))]
    asked = set(query.urlencode().split("&"))
    return max(fitting, key=lambda entry: (len(entry.path), entry.query in asked, -entries.index(entry)), default=None)
