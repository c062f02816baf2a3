"""States move by their table, once, or not at all."""

from dataclasses import dataclass

import pytest
from django.db import models

from config.kernel.states import ForbiddenTransition, Transitions, advance


class Stage(models.TextChoices):
    PENDING = "pending", "Pending"
    CONFIRMED = "confirmed", "Confirmed"
    CANCELLED = "cancelled", "Cancelled"


TABLE = Transitions[Stage]({Stage.PENDING: {Stage.CONFIRMED, Stage.CANCELLED}, Stage.CONFIRMED: {Stage.CANCELLED}})


@dataclass
class Order:
    status: str = "pending"


@pytest.mark.parametrize(
    "current, to",
    [("pending", Stage.CONFIRMED), ("pending", Stage.CANCELLED), ("confirmed", Stage.CANCELLED)],
)
def test_an_allowed_move_is_made_once(current: str, to: Stage) -> None:
    order = Order(current)
    assert advance(order, "status", to, TABLE) is True
    assert order.status == to
    assert advance(order, "status", to, TABLE) is False
    assert order.status == to


@pytest.mark.parametrize(
    "current, to",
    [("confirmed", Stage.PENDING), ("cancelled", Stage.CONFIRMED), ("cancelled", Stage.PENDING)],
)
def test_a_forbidden_move_changes_nothing_and_says_what_was_wanted(current: str, to: Stage) -> None:
    order = Order(current)
    with pytest.raises(ForbiddenTransition, match=f"^Order cannot go from {current} to {to.value}\\.$") as refusal:
        advance(order, "status", to, TABLE)
    assert order.status == current
    assert (refusal.value.model, refusal.value.current, refusal.value.target) == ("Order", current, to)


def test_a_state_nobody_knows_leads_nowhere() -> None:
    order = Order("lost")
    with pytest.raises(ForbiddenTransition):
        advance(order, "status", Stage.CANCELLED, TABLE)
    assert order.status == "lost"


def test_staying_is_no_move() -> None:
    assert TABLE.allows(Stage.PENDING, Stage.CONFIRMED)
    assert not TABLE.allows(Stage.PENDING, Stage.PENDING)
