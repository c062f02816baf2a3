"""What needs a person, or is told to who can't put it right: each kind with its words and one button, until it is."""

import re

import pytest

from config.kernel import clock
from customers.flows import desk
from customers.flows.desk.items import Item
from tests.customers.waiting import KINDS, Waiting
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

# A question or a wish: nothing that a fact says.
ASKED = re.compile(r"\?|\b(?:mark it|cancel|ask for|look it up|is to be)\b", re.IGNORECASE)


def told(*permissions: str) -> list[Item]:
    """What others see to, for who has these permissions, none of which puts anything right."""
    # A fresh look each time: permissions are remembered on the person.
    board = desk.board_for(make_staff(*permissions), clock.now())
    assert (board.groups, board.to_know, board.counts.today) == ([], [], 0)
    return [item for group in board.of_others for item in group.items]


def needing(*permissions: str) -> list[Item]:
    """What needs whoever has these permissions."""
    board = desk.board_for(make_staff(*permissions), clock.now())
    shown = [item for group in board.groups for item in group.items]
    assert (board.to_know, board.of_others, board.counts.today) == ([], [], len(shown))
    return shown


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.make.__name__)
def test_it_needs_who_puts_it_right_and_others_read_it_as_a_fact_until_then(kind: Waiting) -> None:
    put_right = kind.make()
    # Requirements show only with the sessions one may see.
    seeing = (kind.seen_by, "bookings.view_booking") if "bookings." in kind.seen_by else (kind.seen_by,)

    (item,) = needing(*seeing, kind.mended_by)
    assert kind.what in item.what
    assert item.button == kind.button
    (fact,) = told(*seeing)
    assert (kind.as_fact or kind.what) in fact.what
    assert fact.button == ("Read it" if kind.seen_by == "bookings.read_adjustments" else "")
    assert not ASKED.search(f"{fact.what} {fact.why}")
    for shown in (item, fact):
        assert shown.address.startswith("/admin/")
        assert "@" not in shown.address
    assert told("customers.view_user") == needing(kind.mended_by) == []

    put_right()
    assert told(*seeing) == needing(*seeing, kind.mended_by) == []
