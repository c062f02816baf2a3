"""The same money, told by many at once: one capture, one invoice, one letter, and no deadlock."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings.flows.lapsing import release_booking
from bookings.models import Booking
from communications.models import Message
from config.kernel import clock
from customers.models import Activity, User
from invoicing.models import Invoice
from payments import locks
from payments.flows.events import apply_stripe_event
from payments.flows.paying import extend_order, open_checkout
from payments.flows.settling import Outcome, settle_intent, settle_payment
from payments.models import Payment, PaymentAllocation, PaymentEvent, Refund, StripeEvent
from payments.services.opening import booking_label
from payments.services.refunds import RefundTooLarge, request_refund
from payments.stripe_gateway import Intent
from tests.factories import make_booking, make_payment, make_refund, make_session
from tests.factories.at_stripe import OpenStandIn, intent_id_of, send_now
from tests.factories.orders import a_paid_order, an_unpaid_order, booking_of, place_an_order
from tests.factories.stripe_events import event_body, make_event, signature_of
from tests.factories.together import a_few_at_a_time, all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


def one_of_everything() -> bool:
    counts = Counter(PaymentEvent.objects.values_list("kind", flat=True))
    return (
        counts == {"opened": 1, "succeeded": 1}
        and Invoice.objects.count() == 1
        and Message.objects.filter(kind="booking_confirmation").count() == Message.objects.count() == 1
        and Activity.objects.filter(kind="booking_confirmed").count() == 1
        and Activity.objects.filter(kind="payment_succeeded").count() == 1
    )


def paid_intent(payment: Payment) -> Intent:
    """What Stripe would say of a payment that went through."""
    bookings = list(Booking.objects.filter(allocations__payment=payment))
    return Intent(
        id=f"pi_{payment.pk.hex}",
        status="succeeded",
        amount=int(payment.amount * 100),
        amount_received=int(payment.amount * 100),
        currency="GBP",
        payment_id=str(payment.pk),
        booking=booking_label(bookings),
        charge_id=f"ch_{payment.pk.hex}",
        card_brand="visa",
        card_last4="4242",
        decline_code="",
    )


def test_one_event_applied_by_sixteen_workers(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment))
    event = make_event("payment_intent.succeeded", intent_id_of(stripe_stand_in, payment))
    assert all_at_once([lambda: apply_stripe_event(event_id=event.pk)] * 16) == [None] * 16
    event.refresh_from_db()
    assert (event.state, event.attempts, event.last_error) == (StripeEvent.State.APPLIED, 1, "")
    assert one_of_everything()


def test_the_return_page_and_the_webhook_at_once(stripe_stand_in: OpenStandIn) -> None:
    placed, _ = place_an_order(make_session())
    payment = Payment.objects.get()
    stripe_stand_in.pay(open_checkout(payment=payment))
    intent = intent_id_of(stripe_stand_in, payment)
    page = f"/bookings/{placed.booking.reference}/paid/"

    def come_back() -> int:
        browser = Client()
        browser.cookies["access"] = placed.access_token
        return browser.get(page).status_code

    def be_told(number: int) -> int:
        body = event_body("payment_intent.succeeded", intent, event_id=f"evt_{number}")
        headers = {"Stripe-Signature": signature_of(body)}
        status = (
            Client().post("/webhooks/stripe/", data=body, content_type="application/json", headers=headers).status_code
        )
        apply_stripe_event(event_id=f"evt_{number}")
        return status

    results = all_at_once([come_back] * 5 + [partial(be_told, n % 3) for n in range(6)])
    assert results == [302] * 5 + [200] * 6
    assert list(StripeEvent.objects.values_list("state", flat=True)) == ["applied"] * 3
    assert booking_of(payment).status == Booking.Status.CONFIRMED
    assert one_of_everything()


def test_many_tabs_open_one_page(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    pages = all_at_once([lambda: open_checkout(payment=payment)] * 4)
    assert len(set(pages)) == 1
    assert stripe_stand_in.state()["objects"]["checkout.session"] == 1
    assert PaymentEvent.objects.filter(kind="opened").count() == 1


def test_one_refund_sent_by_many_workers(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in)
    with transaction.atomic():
        refund = request_refund(
            payment=locks.lock_payment(payment.pk),
            booking=booking_of(payment),
            amount=payment.amount,
            reason=Refund.Reason.GOODWILL,
        )
    assert all_at_once([lambda: send_now(refund)] * 6) == [None] * 6
    send_now(refund)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.SUCCEEDED
    assert [there["amount"] for there in stripe_stand_in.state()["refunds"]] == [9000]
    assert PaymentEvent.objects.filter(kind="refund_succeeded").count() == 1


def test_two_who_refund_at_once_never_give_back_more_than_came_in() -> None:
    payment = make_payment(make_booking())

    def ask() -> Refund:
        with transaction.atomic():
            return request_refund(
                payment=locks.lock_payment(payment.pk),
                booking=None,
                amount=Decimal("50.00"),
                reason=Refund.Reason.GOODWILL,
            )

    results = all_at_once([ask] * 6)
    assert Counter(type(result) for result in results) == {Refund: 1, RefundTooLarge: 5}
    assert Refund.objects.count() == 1


def test_the_last_place_is_not_sold_twice_by_late_money() -> None:
    """Two lapsed orders paid at the same moment, and one place."""
    session = make_session(capacity=1)
    payments = [an_unpaid_order(session)]
    Booking.objects.update(lapses_at=clock.now() - timedelta(minutes=1))
    payments.append(an_unpaid_order(session))
    Booking.objects.update(lapses_at=clock.now() - timedelta(minutes=1))
    intents = {payment.pk: paid_intent(payment) for payment in payments}
    outcomes = all_at_once([partial(settle_intent, intent=intent, payment_id=pk) for pk, intent in intents.items()])
    assert sorted(outcomes) == [Outcome.PAID, Outcome.REFUNDED]
    assert sorted(Booking.objects.values_list("status", flat=True)) == ["confirmed", "expired"]


def test_lapsing_paying_extending_and_ordering_never_wait_for_each_other_in_a_ring() -> None:
    sessions = [make_session(capacity=400) for _ in range(2)]
    payments = [an_unpaid_order(sessions[number % 2]) for number in range(60)]
    Booking.objects.update(lapses_at=clock.now() + timedelta(milliseconds=1))
    calls: list[Callable[[], Any]] = []
    for number, payment in enumerate(payments):
        booking, intent = booking_of(payment), paid_intent(payment)
        calls += [
            partial(release_booking, booking_id=booking.pk),
            partial(settle_intent, intent=intent, payment_id=payment.pk),
            partial(extend_order, payment_id=payment.pk),
            partial(settle_payment, payment_id=payment.pk),
            partial(place_an_order, sessions[number % 2]),
        ]
    results = a_few_at_a_time(calls, workers=8)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert len(results) == 300
    paid = Booking.objects.filter(allocations__payment__in=payments)
    assert set(paid.values_list("status", flat=True)) == {"confirmed"}
    numbers = sorted(int(number.rsplit("-", 1)[1]) for number in Invoice.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 61))
    assert User.objects.count() == 1


def test_payments_for_bookings_on_several_sessions_lock_in_one_order() -> None:
    """The same two sessions, met in opposite orders by two payments."""
    sessions = [make_session(capacity=100) for _ in range(2)]
    payments = []
    for number in range(30):
        order = sessions if number % 2 else sessions[::-1]
        bookings = [make_booking(session, status=Booking.Status.PENDING) for session in order]
        payment = make_payment(bookings[0], status=Payment.Status.OPEN, amount=bookings[0].total)
        PaymentAllocation.objects.create(payment=payment, booking=bookings[1], amount=bookings[1].total)
        Payment.objects.filter(pk=payment.pk).update(amount=Decimal("180.00"))
        payment.refresh_from_db()
        payments.append(payment)
    calls = [partial(settle_intent, intent=paid_intent(payment), payment_id=payment.pk) for payment in payments]
    assert a_few_at_a_time(calls, workers=8) == [Outcome.PAID] * 30
    assert Invoice.objects.count() == 60


@pytest.mark.parametrize("what", ["event", "payment", "refund", "story"])
def test_every_lock_lets_references_be_inserted(what: str) -> None:
    payment = make_payment(make_booking())
    refund = make_refund(payment, amount=Decimal("1.00"))
    keys = {"event": make_event("x", "y").pk, "payment": payment.pk, "refund": refund.pk, "story": payment.pk}
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        getattr(locks, f"lock_{what}")(keys[what])
    locking = [query["sql"] for query in queries.captured_queries if "FOR " in query["sql"]]
    assert len(locking) == (3 if what == "story" else 1)
    assert all("FOR NO KEY UPDATE" in sql for sql in locking)


def test_a_story_is_locked_in_the_order_of_the_house() -> None:
    payment = make_payment(make_booking())
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        story = locks.lock_story(payment.pk)
    locked = [query["sql"].split(' FROM "')[1].split('"')[0] for query in queries.captured_queries[1:]]
    assert locked == ["bookings_coursesession", "bookings_booking", "payments_payment"]
    assert (story.payment, [booking.session for booking in story.bookings]) == (payment, [booking_of(payment).session])
