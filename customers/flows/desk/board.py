"""All that needs a person, most urgent first; and how much it is, for the navigation."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.core.cache import cache
from django.db.models import IntegerField, QuerySet, Value

from config.kernel import clock
from customers.flows.desk.items import LOOKED_AT, SHOWN, Item, Kind
from customers.flows.desk.letters import LostLetters
from customers.flows.desk.money import (
    DeclinedPayments,
    FailedEvents,
    FailedRefunds,
    OpenDiscrepancies,
    RefundedInDashboard,
    StuckPayments,
)
from customers.flows.desk.needs import CriticalNeeds, OpenNeeds
from customers.flows.desk.papers import ConfirmationsWithoutPdf, InvoicesWithoutPdf
from customers.flows.desk.sessions import (
    AboutToLapse,
    EndedSessions,
    StillTentative,
    TooManyPeople,
    WithoutInstructor,
)
from customers.models import User

# In this order they stand on the page (design language, section 7).
KINDS: tuple[type[Kind[Any]], ...] = (
    CriticalNeeds,
    OpenDiscrepancies,
    FailedRefunds,
    FailedEvents,
    StuckPayments,
    RefundedInDashboard,
    EndedSessions,
    DeclinedPayments,
    AboutToLapse,
    TooManyPeople,
    OpenNeeds,
    LostLetters,
    WithoutInstructor,
    StillTentative,
    InvoicesWithoutPdf,
    ConfirmationsWithoutPdf,
)

_COUNTS_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one kind: the most urgent ones, and how many there are besides."""

    icon: str
    tone: str
    items: list[Item]
    more: int
    is_more_than_that: bool
    list_address: str


@dataclass(frozen=True, slots=True)
class NavigationCounts:
    """How much needs this person, and how much of that is to be arranged for people; counted up to a hundred a kind."""

    today: int
    requirements: int


@dataclass(frozen=True, slots=True)
class Board:
    """`groups` needs this person. Others see to the rest: `to_know` before their courses, `of_others` is only told."""

    groups: list[Group]
    counts: NavigationCounts
    to_know: list[Group] = field(default_factory=list)
    of_others: list[Group] = field(default_factory=list)


def board_for(user: User, now: datetime) -> Board:
    """What this person may put right or see: one query a kind, and one for the templates where something is needed."""
    groups: list[Group] = []
    to_know: list[Group] = []
    of_others: list[Group] = []
    numbers = Counter[bool]()
    for kind in _kinds(user, now):
        rows = list(kind.rows()[: LOOKED_AT + 1])
        if not rows:
            continue
        if kind.is_fact:
            (to_know if kind.is_for_courses else of_others).append(_group(kind, rows))
        else:
            groups.append(_group(kind, rows))
            numbers[kind.is_requirement] += min(len(rows), LOOKED_AT)
    counts = NavigationCounts(numbers.total(), numbers[True])
    # So that the navigation beside this page says the same.
    cache.set(_counts_key(user), counts, _COUNTS_SECONDS)
    return Board(groups, counts, to_know, of_others)


def _group(kind: Kind[Any], rows: list[Any]) -> Group:
    looked_at = rows[:LOOKED_AT]
    shown = kind.most_urgent(looked_at)[:SHOWN]
    return Group(
        icon=kind.icon,
        tone=kind.tone,
        items=[kind.item(row) for row in shown],
        more=len(looked_at) - len(shown),
        is_more_than_that=len(rows) > LOOKED_AT,
        list_address=kind.list_address,
    )


def counts_for(user: User) -> NavigationCounts:
    """The same in numbers, at most 20 seconds old: a hint beside the navigation. One query."""
    counts = cache.get_or_set(_counts_key(user), lambda: _count(user), _COUNTS_SECONDS)
    return cast("NavigationCounts", counts)


def _count(user: User) -> NavigationCounts:
    kinds = [kind for kind in _kinds(user, clock.now()) if not kind.is_fact]
    parts = [_marked(kind.rows(), is_requirement=kind.is_requirement) for kind in kinds]
    if not parts:
        return NavigationCounts(0, 0)
    # Without an order, which a model may have of its own and the numbers have not.
    numbers = Counter(parts[0].union(*parts[1:], all=True).order_by() if len(parts) > 1 else parts[0])
    return NavigationCounts(numbers.total(), numbers[1])


def _marked(rows: QuerySet[Any], *, is_requirement: bool) -> Any:
    """One number a row, for rows of any table: 1 for a requirement."""
    mark = Value(int(is_requirement), IntegerField())
    bare = rows.order_by().select_related(None).annotate(desk_mark=mark)
    return bare.values_list("desk_mark", flat=True)[:LOOKED_AT]


def _kinds(user: User, now: datetime) -> list[Kind[Any]]:
    return [kind for of_kind in KINDS if (kind := of_kind(user, now)).is_shown]


def _counts_key(user: User) -> str:
    return f"desk.counts.{user.pk}"
