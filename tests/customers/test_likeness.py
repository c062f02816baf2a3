"""Who may be meant, and who is perhaps known already."""

from typing import Any

import pytest

from customers.models import Membership, Organisation, User
from customers.services.likeness import namesakes, people_like
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NOTHING = {"email": "", "first_name": "", "last_name": "", "phone": ""}


@pytest.fixture
def hannah() -> User:
    make_user("tom@example.net", first_name="Tom", last_name="Ackroyd", phone="0114 496 0000")
    return make_user("hannah@example.org", phone="07700 900142")


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "NAH@exa"},
        {"last_name": "kafo"},
        {"first_name": "hann", "last_name": "o"},
        {"phone": "+44 (0)7700-900 142"},
        {"phone": "900142"},
    ],
)
def test_any_part_of_what_was_typed_finds_somebody(hannah: User, typed: dict[str, str]) -> None:
    assert people_like(**NOTHING | typed) == [hannah]


@pytest.mark.parametrize("typed", [{}, {"email": "ha"}, {"last_name": "ok"}, {"phone": "07"}, {"phone": "ask Tom"}])
def test_next_to_nothing_finds_nobody_and_asks_nobody(
    hannah: User, typed: dict[str, str], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert people_like(**NOTHING | typed) == []


@pytest.mark.parametrize("people", [1, 3])
def test_what_is_shown_of_people_costs_two_queries(people: int, django_assert_num_queries: Any) -> None:
    company = Organisation.objects.create(name="Rylstone Nursery")
    for _ in range(people):
        Membership.objects.create(user=make_user(last_name="Sutcliffe"), organisation=company)
    with django_assert_num_queries(2):
        found = people_like(**NOTHING | {"last_name": "sutcl"})
        shown = [(str(membership.organisation)) for one in found for membership in one.memberships.all()]
    assert shown == ["Rylstone Nursery"] * people


def test_a_namesake_has_the_name_or_number_and_another_address(hannah: User) -> None:
    name = NOTHING | {"first_name": "hannah", "last_name": "OKAFOR"}
    assert namesakes(**name | {"email": "h@work.example"}) == [hannah]
    assert namesakes(**name) == [hannah]
    assert namesakes(**name | {"email": "Hannah@example.org"}) == []
    assert namesakes(**NOTHING | {"phone": "07700900142"}) == [hannah]
    # Half a name or a part of a number says too little.
    assert namesakes(**NOTHING | {"first_name": "Hannah", "phone": "900142"}) == []
