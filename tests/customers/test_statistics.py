"""A customer's figures against facts counted by hand, worked out once and checked a second way."""

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction
from pytest_django import DjangoAssertNumQueries

from config.kernel import clock
from customers import locks, tasks
from customers.flows import statistics
from customers.flows.statistics import Difference
from customers.models import CustomerStatistics, User
from tests.customers.conftest import MakeBooking, MakePayment, MakeRefund, MakeUser

FIRST, SECOND, THIRD = (datetime(2026, month, 3, 9, 30, tzinfo=UTC) for month in (3, 7, 10))

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Story:
    """Ann's facts: what counts, and beside it everything that must not."""

    ann: User
    bea: User


@pytest.fixture
def story(make_user: MakeUser, make_booking: MakeBooking, make_payment: MakePayment, make_refund: MakeRefund) -> Story:
    ann, bea = make_user("ann@example.com"), make_user("bea@example.com")
    make_booking(ann, places=3, created_at=SECOND)
    make_booking(ann, places=2, status="pending", created_at=THIRD)
    make_booking(ann, places=5, status="cancelled", created_at=FIRST)
    make_booking(ann, places=7, status="expired", created_at=FIRST)
    paid = make_payment(ann, "270.00")
    also_paid = make_payment(ann, "450.10")
    make_payment(ann, "180.00", status="open")
    make_payment(ann, "181.00", status="processing")
    make_payment(ann, "182.00", status="cancelled")
    make_refund(paid, "90.00")
    make_refund(also_paid, "450.10")
    make_refund(paid, "91.00", status="requested")
    make_refund(paid, "92.00", status="pending")
    make_refund(paid, "93.00", status="failed")
    # Bea booked, and Ann paid for her: money counts for who paid it.
    make_booking(bea, places=1, created_at=FIRST)
    return Story(ann, bea)


def figures(user: User) -> dict[str, Any]:
    return {name: value for name, value in CustomerStatistics.objects.values().get(user=user).items() if name in ANNS}


ANNS = {
    "bookings_count": 2,
    "places_count": 5,
    "first_booked_at": SECOND,
    "last_booked_at": THIRD,
    "paid_total": Decimal("720.10"),
    "refunded_total": Decimal("540.10"),
    "net_paid_total": Decimal("180.00"),
}
BEAS = {
    "bookings_count": 1,
    "places_count": 1,
    "first_booked_at": FIRST,
    "last_booked_at": FIRST,
    "paid_total": Decimal("0.00"),
    "refunded_total": Decimal("0.00"),
    "net_paid_total": Decimal("0.00"),
}
NOTHING = BEAS | {"bookings_count": 0, "places_count": 0, "first_booked_at": None, "last_booked_at": None}


def test_everybody_is_counted_by_the_definition(story: Story, make_user: MakeUser) -> None:
    make_user("without@example.com")
    assert statistics.recalculate() == 2
    assert CustomerStatistics.objects.count() == 2
    assert figures(story.ann) == ANNS
    assert figures(story.bea) == BEAS
    assert statistics.find_differences() == []


def test_a_second_run_gives_the_same(story: Story) -> None:
    statistics.recalculate()
    first = figures(story.ann)
    assert statistics.recalculate() == 2
    assert figures(story.ann) == first


def test_only_the_people_asked_for(story: Story) -> None:
    assert statistics.recalculate(user_ids=[story.bea.pk, story.bea.pk, uuid4()]) == 1
    assert list(CustomerStatistics.objects.values_list("user", flat=True)) == [story.bea.pk]


def test_nobody_is_nobody(story: Story) -> None:
    assert statistics.recalculate(user_ids=[]) == 0
    assert statistics.recalculate(user_ids=[uuid4()]) == 0
    assert CustomerStatistics.objects.count() == 0


def test_people_or_a_day_but_not_both(story: Story) -> None:
    with pytest.raises(ValueError, match="not both"):
        statistics.recalculate(user_ids=[story.ann.pk], since=date(2026, 1, 1))
    assert CustomerStatistics.objects.count() == 0


def test_facts_that_vanished_leave_noughts(story: Story) -> None:
    statistics.recalculate()
    story.bea.bookings.update(status="cancelled", cancelled_at=THIRD)
    statistics.recalculate()
    assert figures(story.bea) == NOTHING
    assert CustomerStatistics.objects.count() == 2


def test_a_row_without_any_facts_is_reset_too(make_user: MakeUser) -> None:
    ann = make_user("ann@example.com")
    CustomerStatistics.objects.create(user=ann, computed_at=FIRST, **ANNS)
    assert statistics.recalculate() == 1
    assert figures(ann) == NOTHING


@pytest.mark.parametrize("people", [1, 3])
def test_queries_do_not_grow_with_people(
    people: int,
    make_user: MakeUser,
    make_booking: MakeBooking,
    make_payment: MakePayment,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(people):
        user = make_user(f"ann{number}@example.com")
        make_booking(user, places=2)
        make_payment(user, "180.00")
    # Who, savepoint, lock, statement, savepoint's end.
    with django_assert_num_queries(5):
        assert statistics.recalculate() == people
    # Who, then six for the facts and the rows of a batch.
    with django_assert_num_queries(7):
        assert statistics.find_differences() == []


def test_it_goes_in_batches_and_says_how_far_it_is(
    story: Story, monkeypatch: pytest.MonkeyPatch, make_user: MakeUser
) -> None:
    monkeypatch.setattr("customers.flows.statistics.recomputing.BATCH", 1)
    monkeypatch.setattr("customers.flows.statistics.checking.BATCH", 2)
    seen: list[tuple[int, int]] = []
    assert statistics.recalculate(on_progress=lambda done, of: seen.append((done, of))) == 2
    assert seen == [(1, 2), (2, 2)]
    assert figures(story.ann) == ANNS
    assert figures(story.bea) == BEAS
    make_user("without@example.com")
    checked: list[tuple[int, int]] = []
    assert statistics.find_differences(on_progress=lambda done, of: checked.append((done, of))) == []
    assert checked == [(2, 3), (3, 3)]


# The second opinion.


@pytest.mark.parametrize(
    "field,wrong,stored,expected",
    [
        ("bookings_count", 3, "3", "2"),
        ("places_count", 6, "6", "5"),
        ("first_booked_at", FIRST, "2026-03-03T09:30:00+00:00", "2026-07-03T09:30:00+00:00"),
        ("last_booked_at", None, "empty", "2026-10-03T09:30:00+00:00"),
        ("paid_total", Decimal("720.11"), "720.11", "720.10"),
        ("refunded_total", Decimal(0), "0.00", "540.10"),
        ("net_paid_total", Decimal("-180.00"), "-180.00", "180.00"),
    ],
)
def test_a_corrupted_figure_is_named(story: Story, field: str, wrong: Any, stored: str, expected: str) -> None:
    statistics.recalculate()
    CustomerStatistics.objects.filter(user=story.ann).update(**{field: wrong})
    found = Difference(story.ann.pk, "ann@example.com", field, stored, expected)
    assert statistics.find_differences() == [found]
    assert statistics.find_differences(user_ids=[story.ann.pk]) == [found]
    assert statistics.find_differences(user_ids=[story.bea.pk]) == []
    # Looking mends nothing; recomputing does.
    assert statistics.find_differences() == [found]
    statistics.recalculate()
    assert statistics.find_differences() == []


def test_a_row_from_the_future_is_named(story: Story) -> None:
    """Otherwise the sweeper would never find it stale."""
    statistics.recalculate()
    CustomerStatistics.objects.filter(user=story.ann).update(computed_at=clock.now() + timedelta(days=1))
    [found] = statistics.find_differences()
    assert (found.user_id, found.field) == (story.ann.pk, "computed_at")
    statistics.recalculate(user_ids=[story.ann.pk])
    assert statistics.find_differences() == []


def test_a_missing_row_is_named_field_by_field(story: Story) -> None:
    statistics.recalculate(user_ids=[story.ann.pk])
    assert statistics.find_differences() == [
        Difference(story.bea.pk, "bea@example.com", "bookings_count", "no row", "1"),
        Difference(story.bea.pk, "bea@example.com", "places_count", "no row", "1"),
        Difference(story.bea.pk, "bea@example.com", "first_booked_at", "no row", "2026-03-03T09:30:00+00:00"),
        Difference(story.bea.pk, "bea@example.com", "last_booked_at", "no row", "2026-03-03T09:30:00+00:00"),
    ]


def test_figures_of_somebody_without_facts_are_named(make_user: MakeUser) -> None:
    ann = make_user("ann@example.com")
    CustomerStatistics.objects.create(user=ann, computed_at=FIRST, **(NOTHING | {"places_count": 4}))
    assert statistics.find_differences() == [Difference(ann.pk, "ann@example.com", "places_count", "4", "0")]


# The worker.


def test_the_task_refreshes_one_customer(story: Story) -> None:
    tasks.refresh_statistics(str(story.ann.pk))
    assert list(CustomerStatistics.objects.values_list("user", flat=True)) == [story.ann.pk]
    assert figures(story.ann) == ANNS


def test_the_night_finds_who_was_never_computed(story: Story) -> None:
    tasks.refresh_all_stale_statistics()
    assert figures(story.ann) == ANNS
    assert figures(story.bea) == BEAS


def test_the_sweeper_finds_what_changed_since(
    story: Story, make_booking: MakeBooking, make_payment: MakePayment
) -> None:
    statistics.recalculate()
    assert statistics.recalculate_stale(at_most=10) == 0
    make_booking(story.bea, places=2, created_at=clock.now())
    assert statistics.recalculate_stale(at_most=10) == 1
    assert figures(story.bea)["places_count"] == 3


def test_a_change_just_before_the_computing_is_looked_at_once_more(story: Story, make_booking: MakeBooking) -> None:
    """It may have been committed just after."""
    make_booking(story.bea, created_at=clock.now())
    statistics.recalculate()
    assert statistics.recalculate_stale(at_most=10) == 1
    CustomerStatistics.objects.update(computed_at=clock.now() + timedelta(minutes=2))
    assert statistics.recalculate_stale(at_most=10) == 0


def test_the_sweeper_takes_so_many_at_a_time(story: Story) -> None:
    assert [statistics.recalculate_stale(at_most=1) for _ in range(3)] == [1, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_who_computes_waits_for_who_changes(make_user: MakeUser, make_booking: MakeBooking) -> None:
    """A booking being made holds its customer's lock; figures computed meanwhile would be older than they look."""
    ann = make_user("ann@example.com")
    changed, computing = threading.Event(), threading.Event()

    def book() -> None:
        try:
            with transaction.atomic():
                locks.lock_users([ann.pk])
                make_booking(ann, places=2)
                changed.set()
                computing.wait(timeout=30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=book)
    thread.start()
    assert changed.wait(timeout=30)
    releasing = threading.Timer(0.2, computing.set)
    releasing.start()
    statistics.recalculate(user_ids=[ann.pk])
    thread.join()
    releasing.join()
    assert figures(ann)["places_count"] == 2
