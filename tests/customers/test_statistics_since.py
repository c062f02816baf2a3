"""Recomputing since a day: whoever had a fact change from then on, by London's midnight."""

from datetime import UTC, date, datetime

import pytest

from customers.flows import statistics
from customers.models import CustomerStatistics
from payments.models import PaymentEvent
from tests.customers.conftest import MakeBooking, MakePayment, MakeRefund, MakeUser

LONG_AGO = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 3)
BEFORE, AFTER = datetime(2026, 10, 2, 22, 59, tzinfo=UTC), datetime(2026, 10, 2, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize("at,touched", [(BEFORE, 0), (AFTER, 1)])
@pytest.mark.parametrize("stamp", ["created_at", "confirmed_at", "cancelled_at", "expired_at"])
def test_since_follows_bookings_from_londons_midnight(
    at: datetime, touched: int, stamp: str, make_user: MakeUser, make_booking: MakeBooking
) -> None:
    ann = make_user("ann@example.com")
    booking = make_booking(ann, created_at=LONG_AGO)
    assert statistics.recalculate(since=DAY) == 0
    type(booking).objects.update(**{stamp: at})
    assert statistics.recalculate(since=DAY) == touched
    assert CustomerStatistics.objects.count() == touched


def test_since_follows_people_added_to_a_booking(make_user: MakeUser, make_booking: MakeBooking) -> None:
    booking = make_booking(make_user("ann@example.com"), created_at=LONG_AGO)
    booking.attendees.create(position=2, created_at=AFTER)
    assert statistics.recalculate(since=DAY) == 1


@pytest.mark.parametrize("stamp", ["created_at", "paid_at", "cancelled_at"])
def test_since_follows_payments(stamp: str, make_user: MakeUser, make_payment: MakePayment) -> None:
    payment = make_payment(make_user("ann@example.com"), "90.00", created_at=LONG_AGO)
    assert statistics.recalculate(since=DAY) == 0
    type(payment).objects.update(**{stamp: AFTER})
    assert statistics.recalculate(since=DAY) == 1


def test_since_follows_what_was_recorded_late(make_user: MakeUser, make_payment: MakePayment) -> None:
    """A payment's own time may be the bank's; when we learned of it counts as well."""
    payment = make_payment(make_user("ann@example.com"), "90.00", created_at=LONG_AGO)
    PaymentEvent.objects.create(
        payment=payment, kind=PaymentEvent.Kind.SUCCEEDED, actor_kind="stripe", occurred_at=AFTER
    )
    assert statistics.recalculate(since=DAY) == 1


@pytest.mark.parametrize("stamp", ["created_at", "finished_at"])
def test_since_follows_refunds(
    stamp: str, make_user: MakeUser, make_payment: MakePayment, make_refund: MakeRefund
) -> None:
    refund = make_refund(
        make_payment(make_user("ann@example.com"), "90.00", created_at=LONG_AGO), "30.00", created_at=LONG_AGO
    )
    assert statistics.recalculate(since=DAY) == 0
    type(refund).objects.update(**{stamp: AFTER})
    assert statistics.recalculate(since=DAY) == 1
