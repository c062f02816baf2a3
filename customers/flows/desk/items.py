"""What an entry on the desk is, and what a kind of entries has to know."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.urls import reverse

from customers.models import User

SHOWN = 5
"""So many entries of a kind stand on the page; the rest is counted."""
LOOKED_AT = 100
"""So many of a kind are looked at and counted: of more, only that there are more is said."""
AHEAD = timedelta(days=28)
"""How far ahead the desk looks, where something is not urgent from the day it is known: the longest notice that the
first templates ask for is ten working days, and two weeks are left to act in."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that needs a person: what, why, since when, and where it is put right; a fact has no button."""

    what: str
    why: str
    since: str
    button: str
    address: str
    tag: str = ""
    tag_tone: str = "warn"


class Kind[Row: Model](ABC):
    """One kind of entries, for one person at one moment.

    An entry is there as long as its query finds it: it leaves by itself when it is put right.
    """

    icon: ClassVar[str]
    tone: ClassVar[str] = "warn"
    permissions: ClassVar[tuple[str, ...]]
    """Any one of them shows these entries: that of who may see what they are about."""
    mended_by: ClassVar[str]
    """The permission of who puts them right. To anybody else they are facts, said without asking for anything."""
    list_page: ClassVar[str]
    """The list of all that is like it, and the filter that leaves only that."""
    list_filter: ClassVar[str] = ""
    is_requirement: ClassVar[bool] = False

    def __init__(self, user: User, now: datetime) -> None:
        self.user = user
        self.now = now

    @abstractmethod
    def rows(self) -> QuerySet[Row]:
        """What there is, most urgent first, with all that `item` says of it."""

    @abstractmethod
    def item(self, row: Row) -> Item: ...

    def most_urgent(self, rows: Sequence[Row]) -> Sequence[Row]:
        """In order of urgency, where the query could not see it."""
        return rows

    @property
    def is_fact(self) -> bool:
        """Whether this person is only told of it: somebody else puts it right, and nothing of it is counted."""
        return not self.user.has_perm(self.mended_by)

    @property
    def is_for_courses(self) -> bool:
        """Of facts: whether they are for this person to know before courses that they teach."""
        return False

    @property
    def is_shown(self) -> bool:
        return any(self.user.has_perm(permission) for permission in self.permissions)

    @property
    def list_address(self) -> str:
        """Nothing for who may see these entries but not the list of them."""
        app, model = self.list_page.removesuffix("_changelist").split("_")
        if not self.user.has_perm(f"{app}.view_{model}"):
            return ""
        address = page(self.list_page)
        return f"{address}?{self.list_filter}" if self.list_filter else address

    def button(self, words: str) -> str:
        """What the button says to who may put it right; others have none."""
        return "" if self.is_fact else words


def page(name: str, *keys: Any) -> str:
    """The address of a page of the office."""
    return reverse(f"admin:{name}", args=keys)
