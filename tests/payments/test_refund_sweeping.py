"""Refunds on their way: asked after as often as is of use, each by one worker, and none keeps the others waiting."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from payments import stripe_gateway, tasks
from payments.flows import refunding
from payments.models import Payment, Refund
from payments.services.refunds import claim_refund
from tests.factories import make_booking, make_payment, make_refund
from tests.factories.at_stripe import OpenStandIn, send_now
from tests.factories.orders import a_paid_order

pytestmark = pytest.mark.django_db

TEN = Decimal("10.00")
PENDING_CARD = "4000000000007726"
MINUTE = timedelta(minutes=1)

type Sweep = Callable[[], list[str]]
type Later = Callable[[timedelta], None]


@pytest.fixture
def sweep(django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Sweeps, runs what that started, and says which refunds Stripe was asked for or about; it answers as ever."""
    asked: list[str] = []
    ask = refunding._ask

    def ask_noted(refund: Refund) -> stripe_gateway.GatewayRefund:
        asked.append(str(refund.pk))
        return ask(refund)

    def run() -> list[str]:
        asked.clear()
        with django_capture_on_commit_callbacks() as callbacks:
            tasks.sweep_refunds()
        for callback in callbacks:
            tasks.send_refund(*callback.args[1])
        return list(asked)

    monkeypatch.setattr(refunding, "_ask", ask_noted)
    return run


def due(payment: Payment, at: datetime, **fields: Any) -> Refund:
    return make_refund(payment, amount=TEN, status=Refund.Status.REQUESTED, next_attempt_at=at, **fields)


def test_a_slow_refund_is_asked_after_every_six_hours(
    stripe_stand_in: OpenStandIn, frozen_now: datetime, later: Later, sweep: Sweep
) -> None:
    refund = due(a_paid_order(stripe_stand_in, number=PENDING_CARD), frozen_now)
    times_asked = []
    for hour in range(14):
        later(timedelta(hours=hour))
        times_asked.append([len(sweep()) for _ in range(2)])
    assert times_asked == [[1, 0] if hour in (0, 6, 12) else [0, 0] for hour in range(14)]
    refund.refresh_from_db()
    assert (refund.status, refund.attempts) == ("pending", 3)


def test_with_more_due_than_a_sweep_takes_all_get_their_turn(
    stripe_stand_in: OpenStandIn, frozen_now: datetime, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those in front stay where they are: the bank says nothing new of them."""
    monkeypatch.setattr(tasks, "BATCH", 2)
    payment = a_paid_order(stripe_stand_in, number=PENDING_CARD)
    waiting = [due(payment, frozen_now - minutes * MINUTE) for minutes in (4, 3, 2)]
    for refund in waiting:
        send_now(refund)
        Refund.objects.filter(pk=refund.pk).update(next_attempt_at=refund.next_attempt_at)
    in_turn = [str(refund.pk) for refund in waiting]
    assert [sweep() for _ in range(3)] == [in_turn[:2], in_turn[2:], []]


def test_a_refund_is_in_one_workers_hands_and_comes_back_when_that_died(
    stripe_stand_in: OpenStandIn, frozen_now: datetime, later: Later, sweep: Sweep
) -> None:
    refund = due(a_paid_order(stripe_stand_in), frozen_now)
    assert [claim_refund(refund=refund, now=frozen_now) for _ in range(2)] == [True, False]
    sweep()
    tasks.send_refund(str(refund.pk))
    assert stripe_stand_in.state()["refunds"] == []
    later(MINUTE)
    sweep()
    assert [there["amount"] for there in stripe_stand_in.state()["refunds"]] == [1000]


def test_one_that_takes_its_worker_with_it_comes_back_ever_more_seldom(frozen_now: datetime) -> None:
    refund = due(make_payment(make_booking()), frozen_now)
    pauses = []
    for attempt in range(1, 8):
        assert claim_refund(refund=refund, now=frozen_now)
        refund.refresh_from_db()
        assert refund.attempts == attempt
        pauses.append((refund.next_attempt_at - frozen_now) / MINUTE)
        Refund.objects.update(next_attempt_at=frozen_now)
    assert pauses == [1, 5, 15, 60, 360, 360, 360]


def test_what_is_finished_is_nobodys_to_take_in_hand(frozen_now: datetime) -> None:
    payment = make_payment(make_booking())
    for status in (Refund.Status.SUCCEEDED, Refund.Status.FAILED):
        finished = make_refund(payment, amount=TEN, status=status, next_attempt_at=frozen_now)
        assert not claim_refund(refund=finished, now=frozen_now)


def test_a_mistake_of_ours_is_logged_and_tried_ever_more_seldom(
    stripe_stand_in: OpenStandIn, frozen_now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    payment = a_paid_order(stripe_stand_in)
    refund = due(payment, frozen_now, created_at=frozen_now - timedelta(days=1))
    # What Stripe has under this refund's key stands in the books already, under another row.
    made = stripe_stand_in.stripe.v1.refunds.create(
        {"payment_intent": str(payment.stripe_intent_id), "amount": 1000, "metadata": {"refund_id": str(refund.pk)}}
    )
    make_refund(payment, amount=TEN, stripe_refund_id=made.id)
    pauses = []
    for _ in range(3):
        send_now(refund)
        refund.refresh_from_db()
        pauses.append((refund.next_attempt_at - frozen_now) / MINUTE)
    assert pauses == [1, 5, 15]
    assert (refund.status, refund.attempts, refund.last_error) == ("requested", 3, "IntegrityError")
    assert [record.message for record in caplog.records] == ["A refund could not be sent."] * 3
    assert len(stripe_stand_in.state()["refunds"]) == 1
