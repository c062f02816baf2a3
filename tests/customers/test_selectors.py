"""What this app knows of one person, and finding people by words."""

from datetime import UTC, date, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from customers import selectors
from customers.flows import statistics
from customers.models import Membership, Note, Organisation, User
from customers.services.timeline import record_activity
from tests.customers.conftest import MakeUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(make_user: MakeUser) -> User:
    return make_user("Ann@Example.com", first_name="Ann", last_name="Lee", phone="07700 900142", company="Lee Ltd")


def test_what_is_known_of_a_person(ann: User, make_user: MakeUser) -> None:
    bea = make_user("bea@example.com")
    record_activity(user_id=bea.pk, kind="booked", summary="Not Ann's")
    Note.objects.create(user=bea, body="Not Ann's")
    first = record_activity(user_id=ann.pk, kind="booked", summary="First")
    second = record_activity(user_id=ann.pk, kind="paid", summary="Second")
    pinned = Note.objects.create(
        user=ann, body="Pinned", pinned=True, created_at=datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
    )
    newer = Note.objects.create(user=ann, body="Newer", created_at=datetime(2026, 2, 1, 9, 0, tzinfo=UTC))
    works, former = Organisation.objects.create(name="Works"), Organisation.objects.create(name="Former")
    current = Membership.objects.create(user=ann, organisation=works)
    Membership.objects.create(user=ann, organisation=former, started_on=date(2026, 1, 1), ended_on=date(2026, 2, 1))
    statistics.recalculate(user_ids=[ann.pk])
    record = selectors.for_customer(ann)
    assert list(record.activities) == [second, first]
    assert list(record.notes) == [pinned, newer]
    assert list(record.memberships) == [current]
    assert record.statistics is not None
    assert record.statistics.user_id == ann.pk
    assert selectors.for_customer(bea).statistics is None


@pytest.mark.parametrize(
    "text", ["ann", "LEE", "ann lee", "lee ann", "example.com ann", "07700", "900142 07700", "Lee Ltd", "n@ex"]
)
def test_people_are_found_by_every_word(
    ann: User, make_user: MakeUser, text: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_user("bea@example.org", first_name="Bea", last_name="Stone", phone="0114 496 0000", company="Stone & Co")
    with django_assert_num_queries(1):
        assert selectors.people_matching(text) == [ann.pk]


@pytest.mark.parametrize("text", ["ann stone", "zebra", "%", "_", "l%x", "\\"])
def test_a_word_that_nobody_has_finds_nobody(ann: User, text: str) -> None:
    assert selectors.people_matching(text) == []


def test_the_list_of_people_is_bounded(ann: User, make_user: MakeUser) -> None:
    make_user("another@example.com", last_name="Lee")
    assert len(selectors.people_matching("lee", at_most=1)) == 1
    assert len(selectors.people_matching("lee")) == 2
