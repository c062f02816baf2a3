"""What Stripe says of a payment, brought into our records: right money, wrong money, late money, twice the money."""

from decimal import Decimal
from typing import Any

import pytest

from bookings.models import Booking, CourseSession
from bookings.services.scheduling import set_session_status
from communications.models import Message
from config.kernel import clock
from customers.models import Activity
from invoicing.models import Invoice
from payments.flows.paying import NotPayable, open_checkout
from payments.flows.settling import Outcome, outcome_of, settle_intent, settle_payment
from payments.models import Discrepancy, Payment, PaymentAllocation, PaymentEvent, Refund
from payments.services.recording import record_capture, record_decline, record_processing
from payments.stripe_gateway import GatewayUnavailable, fetch_intent
from tests.factories import make_booking, make_payment, make_session
from tests.factories.at_stripe import OpenStandIn, charge_at_stripe
from tests.factories.orders import (
    a_paid_order,
    an_unpaid_order,
    booking_of,
    expire,
    let_lapse,
    place_an_order,
)

pytestmark = pytest.mark.django_db

DECLINED_CARD = "4000000000000002"


def settle_charge(payment: Payment, intent_id: str) -> Outcome:
    return settle_intent(intent=fetch_intent(intent_id), payment_id=payment.pk)


def nothing_was_confirmed() -> bool:
    return (
        not Booking.objects.filter(status=Booking.Status.CONFIRMED).exists()
        and not Payment.objects.filter(status=Payment.Status.SUCCEEDED).exists()
        and not Invoice.objects.exists()
        and not Message.objects.exists()
        and not Refund.objects.exists()
    )


@pytest.mark.parametrize(
    "wrong, kind, expected, found",
    [
        pytest.param({"amount": 8999}, "amount", "9000", "8999", id="too little"),
        pytest.param({"amount": 9001}, "amount", "9000", "9001", id="too much"),
        pytest.param({"currency": "eur"}, "currency", "GBP", "EUR", id="another currency"),
        pytest.param({"booking": "RFT-OTHER"}, "booking", None, "RFT-OTHER", id="another booking"),
        pytest.param({"payment_id": "elsewhere"}, "booking", None, None, id="another payment"),
    ],
)
def test_money_that_does_not_match_confirms_nothing_and_keeps_the_places(
    stripe_stand_in: OpenStandIn, wrong: dict[str, Any], kind: str, expected: str | None, found: str | None
) -> None:
    payment = an_unpaid_order()
    reference = booking_of(payment).reference
    right: dict[str, Any] = {"amount": 9000, "payment_id": payment.pk, "booking": reference}
    intent = charge_at_stripe(stripe_stand_in, **(right | wrong))
    for _ in range(3):
        assert settle_charge(payment, intent) == Outcome.DISCREPANCY
    listed = Discrepancy.objects.get()
    assert (listed.kind, listed.stripe_object_id, listed.payment) == (kind, intent, payment)
    assert (listed.expected, listed.found) == (expected or reference, found or reference)
    assert PaymentEvent.objects.filter(kind="discrepancy", stripe_object_id=intent).count() == 1
    assert nothing_was_confirmed()
    booking = booking_of(payment)
    assert (booking.status, booking.lapses_at) == (Booking.Status.PENDING, None)
    with pytest.raises(NotPayable):
        open_checkout(payment=payment)


def test_a_second_charge_of_a_paid_payment_is_listed_once(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in)
    intent = charge_at_stripe(
        stripe_stand_in, amount=9000, payment_id=payment.pk, booking=booking_of(payment).reference
    )
    for _ in range(3):
        assert settle_charge(payment, intent) == Outcome.DISCREPANCY
    listed = Discrepancy.objects.get()
    assert (listed.kind, listed.expected, listed.found) == ("paid_twice", payment.stripe_intent_id, intent)
    payment.refresh_from_db()
    assert payment.stripe_intent_id != intent
    assert (Invoice.objects.count(), Message.objects.count(), Refund.objects.count()) == (1, 1, 0)


def test_a_booking_paid_by_two_payments_is_listed(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in)
    booking = booking_of(payment)
    second = make_payment(booking, status=Payment.Status.OPEN)
    intent = charge_at_stripe(stripe_stand_in, amount=9000, payment_id=second.pk, booking=booking.reference)
    for _ in range(2):
        assert settle_charge(second, intent) == Outcome.DISCREPANCY
    listed = Discrepancy.objects.get()
    assert (listed.kind, listed.payment, listed.found) == ("paid_twice", second, "90.00")
    # The money is in, and a person decides where it belongs; the booking was confirmed once.
    second.refresh_from_db()
    assert second.status == Payment.Status.SUCCEEDED
    assert (Invoice.objects.count(), Message.objects.count()) == (1, 1)


def test_one_payment_for_two_bookings(stripe_stand_in: OpenStandIn) -> None:
    """One allocation each: both are confirmed with an invoice of their own."""
    first, second = (make_booking(status=Booking.Status.PENDING, reference=name) for name in ("RFT-A", "RFT-B"))
    payment = make_payment(first, amount=Decimal("90.00"), status=Payment.Status.OPEN)
    Payment.objects.filter(pk=payment.pk).update(amount=Decimal("180.00"))
    PaymentAllocation.objects.create(payment=payment, booking=second, amount=Decimal("90.00"))
    intent = charge_at_stripe(stripe_stand_in, amount=18000, payment_id=payment.pk, booking="RFT-A and 1 more")
    assert settle_charge(payment, intent) == Outcome.PAID
    assert set(Booking.objects.values_list("status", flat=True)) == {"confirmed"}
    assert sorted(Invoice.objects.values_list("total", "paid")) == [(90, 90), (90, 90)]


def test_late_money_while_nobody_noticed_the_lapse(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order(make_session(capacity=1))
    page = open_checkout(payment=payment)
    let_lapse(payment)
    stripe_stand_in.pay(page)
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    assert booking_of(payment).status == Booking.Status.CONFIRMED


def test_late_money_for_places_that_are_gone_goes_back(stripe_stand_in: OpenStandIn) -> None:
    session = make_session(capacity=2)
    payment = an_unpaid_order(session, places=2)
    page = open_checkout(payment=payment)
    let_lapse(payment)
    place_an_order(session)
    stripe_stand_in.pay(page)
    for _ in range(2):
        assert settle_payment(payment_id=payment.pk) == Outcome.REFUNDED
    booking = booking_of(payment)
    # Nobody had noticed the lapse: it is noted now.
    assert (booking.status, booking.expired_at is None) == (Booking.Status.EXPIRED, False)
    refund = Refund.objects.get()
    assert (refund.booking, refund.amount, refund.reason) == (booking, payment.amount, "no_place")
    assert [message.kind for message in Message.objects.all()] == ["no_place_refund"]
    assert Invoice.objects.count() == 0
    assert (
        list(Activity.objects.filter(subject_key=str(booking.pk)).values_list("kind", flat=True).order_by("pk"))[-1]
        == "refund_requested"
    )


@pytest.mark.parametrize("status", ["cancelled", "completed"])
def test_money_for_a_session_that_is_off_goes_back(stripe_stand_in: OpenStandIn, status: str) -> None:
    session = make_session()
    payment = an_unpaid_order(session)
    stripe_stand_in.pay(open_checkout(payment=payment))
    set_session_status(session=session, status=CourseSession.Status(status))
    assert settle_payment(payment_id=payment.pk) == Outcome.REFUNDED
    assert booking_of(payment).status == Booking.Status.PENDING
    assert Refund.objects.get().amount == payment.amount
    assert [message.kind for message in Message.objects.all()] == ["no_place_refund"]


def test_money_for_a_course_that_has_begun_goes_back(
    stripe_stand_in: OpenStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session()
    payment = an_unpaid_order(session)
    stripe_stand_in.pay(open_checkout(payment=payment))
    monkeypatch.setattr(clock, "now", lambda: session.starts_at)
    assert settle_payment(payment_id=payment.pk) == Outcome.REFUNDED
    assert booking_of(payment).status == Booking.Status.EXPIRED


def test_money_for_a_cancelled_booking_goes_back(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment))
    Booking.objects.update(status="cancelled", cancelled_at=clock.now())
    assert settle_payment(payment_id=payment.pk) == Outcome.REFUNDED
    assert booking_of(payment).status == Booking.Status.CANCELLED
    assert (Refund.objects.count(), Invoice.objects.count()) == (1, 0)


def test_money_on_a_payment_that_was_closed_here_is_recorded(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order(make_session(capacity=1))
    page = open_checkout(payment=payment)
    expire(payment)
    Payment.objects.update(status="cancelled")
    stripe_stand_in.pay(page)
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    assert booking_of(payment).status == Booking.Status.CONFIRMED


def test_with_stripe_out_of_reach_nothing_changes(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment))
    stripe_stand_in.control("faults", method="GET", path="/v1/checkout", kind="503", times=2)
    with pytest.raises(GatewayUnavailable):
        settle_payment(payment_id=payment.pk)
    assert nothing_was_confirmed()
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID


def test_where_our_records_say_a_payment_stands() -> None:
    booking = make_booking()
    assert outcome_of(make_payment(booking)) == Outcome.PAID
    assert outcome_of(make_payment(booking, status=Payment.Status.CANCELLED)) == Outcome.CANCELLED
    never_opened = make_payment(booking, status=Payment.Status.OPEN)
    assert settle_payment(payment_id=never_opened.pk) == Outcome.OPEN


def test_money_is_recorded_once(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in)
    before = Payment.objects.values().get()
    intent = fetch_intent(str(payment.stripe_intent_id))
    assert not record_capture(payment=payment, intent=intent, now=clock.now())
    assert not record_processing(payment=payment, intent=intent)
    assert not record_decline(payment=payment, intent=intent)
    assert Payment.objects.values().get() == before
    assert PaymentEvent.objects.count() == 2
