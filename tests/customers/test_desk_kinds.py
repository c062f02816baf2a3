"""What needs a person: each kind is there with its words and one button, for who may see it, until it is put right."""

from collections.abc import Callable

import pytest

from config.kernel import clock
from customers.flows import desk
from customers.flows.desk.items import Item
from tests.customers.waiting import KINDS
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


def items(*permissions: str) -> list[Item]:
    # A fresh look each time: permissions are remembered on the person.
    user = make_staff(*permissions)
    board = desk.board_for(user, clock.now())
    shown = [item for group in board.groups for item in group.items]
    assert board.counts.today == len(shown)
    return shown


@pytest.mark.parametrize("make, permission, what", KINDS, ids=[kind[0].__name__ for kind in KINDS])
def test_it_is_there_for_who_may_see_it_until_it_is_put_right(
    make: Callable[[], Callable[[], object]], permission: str, what: str
) -> None:
    put_right = make()
    # Requirements show only with the sessions one may see.
    also = ("bookings.view_booking",) if "bookings." in permission else ()

    (item,) = items(permission, *also)
    assert what in item.what
    assert item.button == "Open"
    assert item.address.startswith("/admin/")
    assert "@" not in item.address
    assert items("customers.view_user") == []

    put_right()
    assert items(permission, *also) == []
