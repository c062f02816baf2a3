"""The sweeper looks at what happened lately, each kind of fact by its index; the night looks at everything."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from bookings.models import Attendee, Booking
from config.kernel import clock
from customers import tasks
from customers.flows import statistics
from customers.flows.statistics import recomputing
from customers.models import CustomerStatistics, User
from payments.models import PaymentEvent
from payments.services.history import record_event
from tests.customers.conftest import MakeBooking, MakePayment, MakeUser
from tests.factories.many import MANY, copies

LONG_AGO = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(make_user: MakeUser, make_booking: MakeBooking, make_payment: MakePayment) -> User:
    """Somebody whose facts are all old, and whose figures are up to date."""
    ann = make_user("ann@example.com")
    make_booking(ann, places=2, status="pending", created_at=LONG_AGO)
    make_payment(ann, "180.00", status="open", created_at=LONG_AGO)
    Attendee.objects.update(created_at=LONG_AGO)
    statistics.recalculate()
    CustomerStatistics.objects.update(computed_at=LONG_AGO + timedelta(days=1))
    return ann


def cancel(ann: User) -> None:
    Booking.objects.filter(customer=ann).update(status="cancelled", cancelled_at=clock.now())


def expire(ann: User) -> None:
    Booking.objects.filter(customer=ann).update(status="expired", expired_at=clock.now())


def add_a_person(ann: User) -> None:
    Attendee.objects.create(booking=ann.bookings.get(), position=3, last_name="Late")


def pay(ann: User) -> None:
    payment = ann.payments.get()
    # The bank's time is old; ours is not.
    type(payment).objects.filter(pk=payment.pk).update(status="succeeded", paid_at=LONG_AGO)
    record_event(payment=payment, kind=PaymentEvent.Kind.SUCCEEDED)


@pytest.mark.parametrize(
    "happen, figure, expected",
    [(cancel, "bookings_count", 0), (expire, "bookings_count", 0), (add_a_person, "places_count", 3)],
)
def test_what_happened_lately_is_found(ann: User, happen: Callable[[User], None], figure: str, expected: int) -> None:
    tasks.refresh_stale_statistics()
    before = CustomerStatistics.objects.get(user=ann).computed_at
    happen(ann)

    tasks.refresh_stale_statistics()

    assert before == LONG_AGO + timedelta(days=1)
    assert getattr(CustomerStatistics.objects.get(user=ann), figure) == expected


def test_a_payment_of_an_old_day_that_is_heard_of_now_is_found(ann: User) -> None:
    pay(ann)

    tasks.refresh_stale_statistics()

    assert CustomerStatistics.objects.get(user=ann).paid_total == 180


def test_new_bookings_and_payments_are_found(ann: User, make_booking: MakeBooking, make_payment: MakePayment) -> None:
    make_booking(ann, places=1, created_at=clock.now())
    tasks.refresh_stale_statistics()
    assert CustomerStatistics.objects.get(user=ann).bookings_count == 2

    CustomerStatistics.objects.update(computed_at=LONG_AGO)
    Booking.objects.update(created_at=LONG_AGO)
    Attendee.objects.update(created_at=LONG_AGO)
    make_payment(ann, "90.00", created_at=clock.now())
    tasks.refresh_stale_statistics()
    assert CustomerStatistics.objects.get(user=ann).paid_total == 90


def test_what_is_older_waits_for_the_night(ann: User) -> None:
    Booking.objects.filter(customer=ann).update(status="cancelled", cancelled_at=clock.now() - timedelta(days=3))
    tasks.refresh_stale_statistics()
    assert CustomerStatistics.objects.get(user=ann).bookings_count == 1

    tasks.refresh_all_stale_statistics()

    assert CustomerStatistics.objects.get(user=ann).bookings_count == 0


def test_looking_back_reads_no_big_table_through(ann: User) -> None:
    booking, payment = ann.bookings.get(), ann.payments.get()
    copies(booking, reference=str, reference_key=str)
    copies(booking.attendees.earliest("position"), position=lambda number: number + 10)
    copies(payment)
    event = {"payment": payment, "kind": PaymentEvent.Kind.SUCCEEDED, "occurred_at": LONG_AGO}
    PaymentEvent.objects.bulk_create(PaymentEvent(**event) for _ in range(MANY))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(f"EXPLAIN {recomputing._RECENT_CHANGES} TABLE change", {"since": clock.now()})
        plan = "\n".join(row[0] for row in cursor.fetchall())

    used = ("booking_newest", "booking_cancelled", "booking_expired", "attendee_newest", "payment_newest")
    assert [name for name in (*used, "paymentevent_newest") if name not in plan] == []
    assert "Seq Scan" not in plan
