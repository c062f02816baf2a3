"""Money goes back once: the row first, then Stripe, whatever happens to its answer."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from config.kernel import clock
from config.kernel.actor import Actor, acting_as
from payments import locks, stripe_gateway
from payments.flows import refunding
from payments.models import Payment, PaymentEvent, Refund
from payments.selectors import refundable
from payments.services.refunds import (
    RefundTooLarge,
    claim_refund,
    postpone_refund,
    refuse_refund,
    request_refund,
    retry_refund,
)
from tests.factories import make_booking, make_payment, make_refund, make_staff
from tests.factories.at_stripe import OpenStandIn, send_now
from tests.factories.orders import a_paid_order, booking_of

pytestmark = pytest.mark.django_db

TEN = Decimal("10.00")
PENDING_CARD = "4000000000007726"
FAILING_CARD = "4000000000005126"
REFUNDS = "/v1/refunds$"


def ask_back(payment: Payment, amount: Decimal = TEN) -> Refund:
    with transaction.atomic():
        return request_refund(
            payment=locks.lock_payment(payment.pk),
            booking=booking_of(payment),
            amount=amount,
            reason=Refund.Reason.GOODWILL,
        )


def sent_back(stand_in: OpenStandIn) -> list[int]:
    """What Stripe gave back, in pence, failures aside."""
    return [refund["amount"] for refund in stand_in.state()["refunds"] if refund["status"] != "failed"]


def kinds() -> list[str]:
    return list(PaymentEvent.objects.filter(kind__startswith="refund").order_by("pk").values_list("kind", flat=True))


def test_a_refund_is_sent_once(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in)
    refund = ask_back(payment)
    assert (refund.status, sent_back(stripe_stand_in)) == ("requested", [])
    for _ in range(3):
        send_now(refund)
    refund.refresh_from_db()
    assert (refund.status, refund.finished_at is None) == ("succeeded", False)
    there = stripe_stand_in.stripe.v1.refunds.retrieve(str(refund.stripe_refund_id))
    assert there.metadata is not None
    assert (there.amount, there.metadata.to_dict()) == (1000, {"refund_id": str(refund.pk)})
    assert sent_back(stripe_stand_in) == [1000]
    assert kinds() == ["refund_requested", "refund_succeeded"]
    assert refundable(payment) == Decimal("80.00")


def test_who_asked_is_written_down() -> None:
    staff = make_staff()
    payment = make_payment(make_booking())
    with acting_as(Actor("staff", "Olive Owner", staff.pk)):
        assert ask_back(payment).requested_by == staff
    event = PaymentEvent.objects.get()
    assert (event.actor_kind, event.actor_user) == ("staff", staff)


def test_the_task_starts_after_the_commit(django_capture_on_commit_callbacks) -> None:
    payment = make_payment(make_booking())
    with django_capture_on_commit_callbacks() as started:
        ask_back(payment)
    assert len(started) == 1


@pytest.mark.parametrize("status", Refund.COUNTED_STATUSES)
def test_no_more_goes_back_than_came_in(status: Refund.Status) -> None:
    payment = make_payment(make_booking())
    make_refund(payment, amount=Decimal("85.00"), status=status)
    with pytest.raises(RefundTooLarge) as refusal:
        ask_back(payment)
    assert refusal.value.refundable == Decimal("5.00")
    assert (Refund.objects.count(), PaymentEvent.objects.count()) == (1, 0)
    ask_back(payment, Decimal("5.00"))
    assert refundable(payment) == Decimal("0.00")


def test_a_failed_refund_may_be_asked_for_again() -> None:
    payment = make_payment(make_booking())
    make_refund(payment, amount=Decimal("90.00"), status=Refund.Status.FAILED)
    assert ask_back(payment, Decimal("90.00")).status == "requested"


def test_nothing_goes_back_on_a_payment_that_never_came() -> None:
    payment = make_payment(make_booking(), status=Payment.Status.OPEN)
    with pytest.raises(RefundTooLarge):
        ask_back(payment)
    assert Refund.objects.count() == 0


@pytest.mark.parametrize(
    "kind, times",
    [("timeout_before", 2), ("timeout_after", 2), ("429", 1), ("500", 1), ("500_after", 1), ("503", 2)],
)
def test_money_goes_back_once_whatever_happened_to_the_answer(
    stripe_stand_in: OpenStandIn, frozen_now: datetime, kind: str, times: int
) -> None:
    refund = ask_back(a_paid_order(stripe_stand_in))
    stripe_stand_in.control("faults", path=REFUNDS, kind=kind, times=times)
    send_now(refund)
    refund.refresh_from_db()
    assert (refund.status, refund.attempts) == ("requested", 1)
    assert refund.next_attempt_at == frozen_now + timedelta(minutes=1)
    assert refund.last_error != ""

    for _ in range(3):
        send_now(refund)
    refund.refresh_from_db()
    assert (refund.status, refund.last_error) == ("succeeded", "")
    assert sent_back(stripe_stand_in) == [1000]
    assert kinds() == ["refund_requested", "refund_succeeded"]


def test_an_answer_lost_for_longer_than_stripe_remembers_keys_is_found(
    stripe_stand_in: OpenStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker died between asking and writing down, and came back days later."""
    refund = ask_back(a_paid_order(stripe_stand_in))
    with monkeypatch.context() as dying:
        dying.setattr(refunding, "take_in_refund", lambda **_kwargs: None)
        send_now(refund)
    refund.refresh_from_db()
    assert (refund.status, refund.attempts) == ("requested", 1)

    Refund.objects.update(created_at=clock.now() - timedelta(days=3))
    monkeypatch.setattr(stripe_gateway, "create_refund", None)  # It must not come to that.
    send_now(refund)
    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert sent_back(stripe_stand_in) == [1000]


def test_the_pauses_grow(frozen_now: datetime) -> None:
    refund = make_refund(make_payment(make_booking()), amount=TEN, status=Refund.Status.REQUESTED)
    pauses = []
    for _ in range(7):
        Refund.objects.update(next_attempt_at=frozen_now)
        assert claim_refund(refund=refund, now=frozen_now)
        postpone_refund(refund=refund, error="x" * 400, now=frozen_now)
        pauses.append((refund.next_attempt_at - frozen_now).total_seconds() / 60)
    assert pauses == [1, 5, 15, 60, 360, 360, 360]
    assert len(refund.last_error) == 300


def test_a_slow_refund_is_asked_after_until_it_is_through(stripe_stand_in: OpenStandIn) -> None:
    refund = ask_back(a_paid_order(stripe_stand_in, number=PENDING_CARD))
    for _ in range(2):
        send_now(refund)
        refund.refresh_from_db()
        assert (refund.status, refund.finished_at) == ("pending", None)
    stripe_stand_in.control("settle")
    for _ in range(2):
        send_now(refund)
    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert sent_back(stripe_stand_in) == [1000]
    assert kinds() == ["refund_requested", "refund_succeeded"]


def test_a_refund_that_the_bank_sent_back_can_be_tried_again(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in, number=FAILING_CARD)
    refund = ask_back(payment)
    send_now(refund)
    stripe_stand_in.control("settle")
    first = Refund.objects.get().stripe_refund_id
    assert first is not None
    refunding.take_in_refund(refund_id=refund.pk, answer=stripe_gateway.fetch_refund(first))
    refund.refresh_from_db()
    assert (refund.status, refund.last_error) == ("failed", "expired_or_canceled_card")
    assert refundable(payment) == payment.amount

    with transaction.atomic():
        assert retry_refund(refund=locks.lock_refund(refund.pk), now=clock.now())
        assert not retry_refund(refund=locks.lock_refund(refund.pk), now=clock.now())
    # News of the first attempt, again: it says nothing about the second.
    refunding.take_in_refund(refund_id=refund.pk, answer=stripe_gateway.fetch_refund(first))
    refund.refresh_from_db()
    assert (refund.status, refund.round) == ("requested", 2)

    send_now(refund)
    refunding.take_in_refund(refund_id=refund.pk, answer=stripe_gateway.fetch_refund(first))
    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert refund.stripe_refund_id != first
    assert sent_back(stripe_stand_in) == [1000]


def test_what_stripe_refuses_is_for_a_person(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in)
    refund = ask_back(payment, payment.amount)
    # Somebody sent it back in Stripe's own dashboard.
    stripe_stand_in.stripe.v1.refunds.create({"payment_intent": str(payment.stripe_intent_id)})
    for _ in range(2):
        send_now(refund)
    refund.refresh_from_db()
    assert refund.status == "failed"
    assert refund.last_error.startswith("charge_already_refunded: ")
    assert kinds() == ["refund_requested", "refund_failed"]
    assert sent_back(stripe_stand_in) == [9000]


def test_a_payment_that_was_not_made_through_stripe_is_for_a_person() -> None:
    refund = ask_back(make_payment(make_booking()))
    send_now(refund)
    refund.refresh_from_db()
    assert (refund.status, refund.last_error) == (
        "failed",
        "not_by_card: This payment was not made through Stripe.",
    )


@pytest.mark.parametrize("kind", ["503", "refused"])
def test_trouble_that_comes_after_the_refund_went_through_is_forgotten(
    stripe_stand_in: OpenStandIn, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    refund = ask_back(a_paid_order(stripe_stand_in))
    ask = refunding._ask

    def ask_twice(asked: Refund) -> stripe_gateway.GatewayRefund:
        # Another worker has the same refund in hand, and is told before this one.
        refunding.take_in_refund(refund_id=asked.pk, answer=ask(asked))
        if kind == "503":
            raise stripe_gateway.GatewayUnavailable("APIError", is_kept=True)
        raise stripe_gateway.GatewayRefused("charge_already_refunded", "It went back already.")

    monkeypatch.setattr(refunding, "_ask", ask_twice)
    send_now(refund)
    refund.refresh_from_db()
    assert (refund.status, refund.attempts, refund.round, refund.last_error) == ("succeeded", 1, 1, "")
    assert kinds() == ["refund_requested", "refund_succeeded"]


def test_refusing_twice_is_written_down_once() -> None:
    refund = ask_back(make_payment(make_booking()))
    for _ in range(2):
        refuse_refund(refund=refund, error="no", now=clock.now())
    assert kinds() == ["refund_requested", "refund_failed"]


def test_a_failed_refund_whose_money_went_back_another_way_is_not_tried_again() -> None:
    payment = make_payment(make_booking())
    failed = make_refund(payment, amount=Decimal("90.00"), status=Refund.Status.FAILED)
    make_refund(payment, amount=TEN)
    before = list(Refund.objects.values())
    with pytest.raises(RefundTooLarge) as refusal:
        retry_refund(refund=failed, now=clock.now())
    assert refusal.value.refundable == Decimal("80.00")
    assert list(Refund.objects.values()) == before
