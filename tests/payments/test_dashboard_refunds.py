"""Refunds made in Stripe's Dashboard: counted once, in whatever order Stripe tells of them."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction

from communications.models import Message
from config.kernel import clock
from customers.models import Activity
from payments import locks
from payments.flows.dashboard_refunds import Found, fetch, look_again, take_in
from payments.flows.events import apply_stripe_event
from payments.flows.paying import open_checkout
from payments.models import Discrepancy, Payment, PaymentAllocation, PaymentEvent, Refund, StripeEvent
from payments.selectors import paid_shares, refundable
from payments.services.refunds import RefundTooLarge, request_refund, retry_refund
from payments.stripe_gateway import GatewayRefund, GatewayUnavailable
from tests.factories import make_booking, make_payment
from tests.factories.at_stripe import OpenStandIn, charge_at_stripe, intent_id_of, send_now
from tests.factories.orders import a_paid_order, an_unpaid_order, booking_of
from tests.factories.stripe_events import make_event
from tests.factories.together import all_at_once

pytestmark = pytest.mark.django_db

type Tell = Callable[[list[tuple[str, str]]], None]

PENDING_CARD, FAILING_CARD = "4000000000007726", "4000000000005126"


def in_dashboard(stand_in: OpenStandIn, intent_id: str, pence: int) -> str:
    """Somebody presses "Refund" at Stripe: nothing of ours stands in the metadata."""
    return stand_in.stripe.v1.refunds.create({"payment_intent": intent_id, "amount": pence}).id


def charge_of(stand_in: OpenStandIn, intent_id: str) -> str:
    return str(stand_in.stripe.v1.payment_intents.retrieve(intent_id).latest_charge)


def rows() -> list[tuple[str, Decimal, str]]:
    return list(Refund.objects.order_by("amount").values_list("status", "amount", "reason"))


def an_answer(payment: Payment, **fields: object) -> GatewayRefund:
    facts = {"id": "re_1", "status": "succeeded", "amount": 1000, "currency": "GBP", "refund_id": ""}
    return GatewayRefund(
        **facts | {"intent_id": payment.stripe_intent_id or "", "failure_reason": ""} | fields  # type: ignore[arg-type]
    )


@pytest.mark.usefixtures("frozen_now")
def test_it_is_counted_once_whatever_is_told_and_when(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = a_paid_order(stripe_stand_in, places=3)
    letters = Message.objects.count()
    made = in_dashboard(stripe_stand_in, str(payment.stripe_intent_id), 10000)
    told([("refund.created", made), ("charge.refunded", str(payment.stripe_charge_id)), ("refund.updated", made)])
    refund = Refund.objects.get()
    assert (refund.status, refund.amount, refund.reason) == ("succeeded", Decimal("100.00"), "dashboard")
    assert (refund.payment, refund.booking, refund.stripe_refund_id) == (payment, booking_of(payment), made)
    assert (refund.requested_by, refundable(payment)) == (None, Decimal("170.00"))
    kinds = PaymentEvent.objects.filter(kind__startswith="refund").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["refund_requested", "refund_succeeded"]
    line = Activity.objects.get(kind="refund_in_dashboard")
    assert line.summary == "Refund of £100.00 made in Stripe’s Dashboard; the booking was left as it is"
    assert line.actor_kind == "stripe"
    # The booking stays, and Stripe tells the customer.
    assert (booking_of(payment).status, Message.objects.count()) == ("confirmed", letters)
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"applied"}
    call_command("recalculate_statistics")
    call_command("recalculate_statistics", "--check")


@pytest.mark.usefixtures("frozen_now")
def test_told_of_the_refund_before_the_payment(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment))
    intent = intent_id_of(stripe_stand_in, payment)
    made = in_dashboard(stripe_stand_in, intent, 9000)
    told([("payment_intent.succeeded", intent), ("refund.created", made)])
    assert booking_of(payment).status == "confirmed"
    assert rows() == [("succeeded", Decimal("90.00"), "dashboard")]
    assert Discrepancy.objects.count() == 0


@pytest.mark.usefixtures("frozen_now")
@pytest.mark.parametrize("number, ended", [(PENDING_CARD, "succeeded"), (FAILING_CARD, "failed")])
def test_it_ends_as_stripe_says(stripe_stand_in: OpenStandIn, told: Tell, number: str, ended: str) -> None:
    payment = a_paid_order(stripe_stand_in, number=number)
    made = in_dashboard(stripe_stand_in, str(payment.stripe_intent_id), 9000)
    told([("refund.created", made)])
    assert Refund.objects.get().status == ("pending" if ended == "succeeded" else "succeeded")
    stripe_stand_in.control("settle")
    for number_, kind in enumerate(("refund.updated", "refund.failed")):
        apply_stripe_event(event_id=make_event(kind, made, event_id=f"evt_end_{number_}").pk)
    assert rows() == [(ended, Decimal("90.00"), "dashboard")]
    assert Activity.objects.filter(kind="refund_failed").count() == (ended == "failed")


def test_one_that_failed_before_we_heard_is_tried_again_at_stripe_only() -> None:
    payment = make_payment(make_booking(), stripe_intent_id="pi_1")
    with transaction.atomic():
        assert take_in(fetch([an_answer(payment, status="failed", failure_reason="lost_or_stolen_card")]))
    refund = Refund.objects.get()
    assert (refund.status, refund.last_error, refundable(payment)) == ("failed", "lost_or_stolen_card", Decimal(90))
    assert "failed in Stripe’s Dashboard" in Activity.objects.get(kind="refund_in_dashboard").summary
    assert retry_refund(refund=refund, now=clock.now()) is False


def test_beside_our_own_it_never_makes_more_than_was_paid(stripe_stand_in: OpenStandIn) -> None:
    """Ours was asked for and not sent yet, when somebody refunds the whole in the Dashboard."""
    payment = a_paid_order(stripe_stand_in)
    with transaction.atomic():
        ours = request_refund(
            payment=locks.lock_payment(payment.pk),
            booking=booking_of(payment),
            amount=Decimal("90.00"),
            reason=Refund.Reason.GOODWILL,
        )
    made = in_dashboard(stripe_stand_in, str(payment.stripe_intent_id), 9000)
    apply_stripe_event(event_id=make_event("refund.created", made).pk)
    assert refundable(payment) == Decimal("0.00")
    assert [share.left for share in paid_shares(booking_of(payment))] == [Decimal("0.00")]
    send_now(ours)
    ours.refresh_from_db()
    assert (ours.status, ours.last_error[:24]) == ("failed", "charge_already_refunded:")
    with pytest.raises(RefundTooLarge):
        retry_refund(refund=ours, now=clock.now())
    assert [refund["amount"] for refund in stripe_stand_in.state()["refunds"]] == [9000]


def test_ours_and_theirs_in_one_event_about_the_charge(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in)
    with transaction.atomic():
        ours = request_refund(
            payment=locks.lock_payment(payment.pk),
            booking=booking_of(payment),
            amount=Decimal("10.00"),
            reason=Refund.Reason.GOODWILL,
        )
    send_now(ours)
    in_dashboard(stripe_stand_in, str(payment.stripe_intent_id), 2000)
    apply_stripe_event(event_id=make_event("charge.refunded", str(payment.stripe_charge_id)).pk)
    assert rows() == [("succeeded", Decimal("10.00"), "goodwill"), ("succeeded", Decimal("20.00"), "dashboard")]


def test_a_payment_for_two_bookings_names_none() -> None:
    booking, other = make_booking(), make_booking()
    payment = make_payment(booking, stripe_intent_id="pi_1")
    PaymentAllocation.objects.create(payment=payment, booking=other, amount=Decimal(1))
    with transaction.atomic():
        take_in(fetch([an_answer(payment)]))
    assert Refund.objects.get().booking is None


@pytest.mark.parametrize(
    "change, refund",
    [
        ({"status": Payment.Status.OPEN, "paid_at": None}, {}),
        ({}, {"currency": "EUR"}),
        ({"stripe_intent_id": "pi_other", "stripe_charge_id": "ch_other"}, {"intent_id": "", "charge_id": "ch_1"}),
    ],
)
def test_money_that_by_our_records_never_came_is_for_a_person(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, object], refund: dict[str, object]
) -> None:
    payment = make_payment(make_booking(), stripe_intent_id="pi_1")
    answer = an_answer(payment, **refund)
    Payment.objects.filter(pk=payment.pk).update(**change)
    with transaction.atomic():
        from_stripe = Found((answer,), ())
        assert take_in(from_stripe) is True
        assert take_in(from_stripe) is True
    found = Discrepancy.objects.get()
    assert (found.kind, found.stripe_object_id, Refund.objects.count()) == ("unknown_refund", "re_1", 0)


def test_a_charge_without_an_intent_is_known_by_its_charge() -> None:
    payment = make_payment(make_booking(), stripe_intent_id="pi_1", stripe_charge_id="ch_1")
    with transaction.atomic():
        take_in(fetch([an_answer(payment, intent_id="", charge_id="ch_1")]))
    assert Refund.objects.get().payment == payment


def test_a_failed_refund_of_strangers_is_no_news(stripe_stand_in: OpenStandIn) -> None:
    intent = charge_at_stripe(stripe_stand_in, amount=100)
    stranger = GatewayRefund("re_9", "failed", 100, "GBP", "", intent, "")
    with transaction.atomic():
        assert take_in(fetch([stranger])) is False
    assert (Refund.objects.count(), Discrepancy.objects.count()) == (0, 0)


def test_looking_again_brings_in_what_no_event_told(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment))
    intent = intent_id_of(stripe_stand_in, payment)
    in_dashboard(stripe_stand_in, intent, 4000)
    for _ in range(2):
        look_again(payment_id=payment.pk)
    assert (Payment.objects.get().status, rows()) == ("succeeded", [("succeeded", Decimal("40.00"), "dashboard")])
    not_opened = an_unpaid_order()
    look_again(payment_id=not_opened.pk)
    not_opened.refresh_from_db()
    assert not_opened.status == "open"


def test_with_stripe_out_of_reach_nothing_is_known(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in)
    made = in_dashboard(stripe_stand_in, str(payment.stripe_intent_id), 4000)
    stripe_stand_in.control("faults", method="GET", path="/v1/refunds", kind="503", times=4)
    with pytest.raises(GatewayUnavailable):
        look_again(payment_id=payment.pk)
    event = make_event("refund.created", made)
    apply_stripe_event(event_id=event.pk)
    event.refresh_from_db()
    assert (event.state, event.attempts, Refund.objects.count()) == ("received", 1, 0)
    StripeEvent.objects.update(next_attempt_at=clock.now())
    apply_stripe_event(event_id=event.pk)
    assert rows() == [("succeeded", Decimal("40.00"), "dashboard")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("broker")
def test_many_workers_and_a_refund_of_ours_at_once(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in)
    made = in_dashboard(stripe_stand_in, str(payment.stripe_intent_id), 4000)
    events = [make_event("refund.created", made, event_id=f"evt_{n}").pk for n in range(3)]
    events.append(make_event("charge.refunded", str(payment.stripe_charge_id), event_id="evt_charge").pk)
    booking = booking_of(payment)

    def send_fifty() -> None:
        with transaction.atomic():
            locked = locks.lock_payment(payment.pk)
            request_refund(payment=locked, booking=booking, amount=Decimal(50), reason=Refund.Reason.GOODWILL)

    results = all_at_once(
        [*(lambda key=key: apply_stripe_event(event_id=key) for key in events), send_fifty, send_fifty]
    )
    assert results[:4] == [None] * 4
    assert sorted(type(result).__name__ for result in results[4:]) == ["NoneType", "RefundTooLarge"]
    assert rows() == [("succeeded", Decimal("40.00"), "dashboard"), ("requested", Decimal("50.00"), "goodwill")]
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"applied"}
    assert booking_of(payment).status == "confirmed"
