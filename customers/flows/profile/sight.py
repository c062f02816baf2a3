"""What a member of staff may see of a person, and the tabs that follow from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Tab(StrEnum):
    TIMELINE = "timeline"
    BOOKINGS = "bookings"
    PAYMENTS = "payments"
    INVOICES = "invoices"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class Sight:
    """One flag a part of the page; delivery sets them from permissions. What is not seen is not read either."""

    timeline: bool = False
    bookings: bool = False
    payments: bool = False
    invoices: bool = False
    messages: bool = False
    notes: bool = False
    requirements: bool = False
    requirement_pages: bool = False
    """Whether the page that opens what somebody said may be gone to."""

    def tabs(self) -> Iterator[Tab]:
        """The tabs there are, in order."""
        return (tab for tab in Tab if getattr(self, tab))
