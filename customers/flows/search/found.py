"""What a search gives back: groups of rows, the best first, each with how it was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Model

from bookings.models import Booking
from customers.models import Organisation, User
from invoicing.models import Invoice
from payments.models import Payment


class Group(StrEnum):
    """What is looked for. The order is that of the page."""

    PEOPLE = "people"
    ORGANISATIONS = "organisations"
    BOOKINGS = "bookings"
    INVOICES = "invoices"
    PAYMENTS = "payments"


@dataclass(frozen=True, slots=True)
class Row[T: Model]:
    """One thing that was found."""

    found: T
    is_exact: bool = False
    """It is just what was typed: the whole address, name, number, reference or id."""
    because: str = ""
    """Why it is here, where that cannot be seen from it: the attendee whose place it is, the word that is close."""


@dataclass(frozen=True, slots=True)
class Rows[T: Model]:
    """The best of a group."""

    rows: Sequence[Row[T]] = ()
    has_more: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    def and_then(self, others: "Rows[T]") -> "Rows[T]":
        """These, and after them those."""
        return Rows([*self.rows, *others.rows], self.has_more or others.has_more)


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was found for one text."""

    text: str
    people: Rows[User]
    organisations: Rows[Organisation]
    bookings: Rows[Booking]
    invoices: Rows[Invoice]
    payments: Rows[Payment]
    suggestion: str = ""
    """What was probably meant; empty when nothing had to be guessed."""

    @property
    def total(self) -> int:
        return sum(len(rows) for rows in self._groups)

    @property
    def has_more(self) -> bool:
        return any(group.has_more for group in self._groups)

    @property
    def has_exact(self) -> bool:
        """Whether anything is just what was typed."""
        return any(row.is_exact for group in self._groups for row in group.rows)

    @property
    def the_one(self) -> Model | None:
        """What was found, if that is one thing and just what was typed."""
        rows = [row for group in self._groups for row in group.rows]
        return rows[0].found if len(rows) == 1 and rows[0].is_exact else None

    @property
    def _groups(self) -> Sequence[Rows[Any]]:
        return (self.people, self.organisations, self.bookings, self.invoices, self.payments)
