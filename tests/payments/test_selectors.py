"""Money, worked out from the rows every time."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking
from config.kernel import clock
from payments import selectors
from payments.models import Discrepancy, Payment, Refund
from tests.factories import make_booking, make_payment, make_refund

pytestmark = pytest.mark.django_db

TEN = Decimal("10.00")


def test_a_bookings_money_counts_what_succeeded() -> None:
    booking = make_booking()
    first = make_payment(booking, amount=Decimal("50.00"))
    make_payment(booking, amount=Decimal("20.00"))
    for status in (Payment.Status.OPEN, Payment.Status.PROCESSING, Payment.Status.CANCELLED):
        make_payment(booking, status=status)
    for refund_status in Refund.Status:
        make_refund(first, amount=TEN, status=refund_status)
    money = selectors.money_of(booking)
    assert (money.total, money.paid, money.refunded) == (Decimal("90.00"), Decimal("70.00"), TEN)
    assert (money.net, money.due) == (Decimal("60.00"), Decimal("30.00"))


def test_nothing_is_due_below_nought() -> None:
    booking = make_booking()
    make_payment(booking, amount=Decimal("100.00"))
    assert selectors.money_of(booking).due == Decimal("0.00")


@pytest.mark.parametrize("size", [1, 3])
def test_a_list_with_money_is_one_query(size: int) -> None:
    for _ in range(size):
        make_refund(make_payment(make_booking()), amount=TEN)
    with CaptureQueriesContext(connection) as queries:
        rows = [(row.paid_amount, row.refunded_amount) for row in selectors.with_money(Booking.objects.all())]
    assert rows == [(Decimal("90.00"), TEN)] * size
    assert len(queries) == 1


def test_the_payments_of_a_booking_newest_first() -> None:
    booking = make_booking()
    done = make_payment(booking)
    open_one = make_payment(booking, status=Payment.Status.OPEN)
    make_payment(make_booking())
    assert list(selectors.payments_of(booking)) == [open_one, done]
    assert selectors.latest_payment(booking) == open_one
    assert selectors.unfinished_payments(booking) == [open_one]
    assert selectors.latest_payment(make_booking()) is None


def test_a_persons_payments_newest_first() -> None:
    booking = make_booking()
    first, second = make_payment(booking), make_payment(booking)
    make_payment(make_booking())
    assert list(selectors.for_customer(booking.customer)) == [second, first]


def test_a_payment_is_found_by_its_intent() -> None:
    payment = make_payment(make_booking(), stripe_intent_id="pi_1")
    assert selectors.payment_id_for_intent("pi_1") == payment.pk
    assert selectors.payment_id_for_intent("pi_2") is None
    assert selectors.payment_id_for_intent("") is None


def test_a_settled_discrepancy_is_not_open() -> None:
    payment = make_payment(make_booking())
    for number in range(2):
        Discrepancy.objects.create(kind="amount", stripe_object_id=f"pi_{number}", payment=payment)
    Discrepancy.objects.filter(stripe_object_id="pi_0").update(resolved_at=clock.now())
    assert selectors.open_discrepancies(payment).get().stripe_object_id == "pi_1"
