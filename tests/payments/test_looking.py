"""When we ask Stripe about payments of ourselves: all get their turn, ever more rarely, what is not wanted at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from bookings.flows.lapsing import release_lapsed
from bookings.models import Booking
from bookings.selectors import booking_with_session
from config.kernel import clock
from customers.models import Change
from payments import selectors, stripe_gateway, tasks
from payments.flows.cancelling import cancel, effect_of
from payments.flows.paying import open_form
from payments.models import Payment
from payments.selectors import NOTHING
from payments.services.looking import LOOK_MINUTES, claim_look
from payments.services.opening import start_round
from payments.stripe_gateway import Intent
from tests.factories import make_booking, make_payment
from tests.factories.at_stripe import OpenStandIn, open_at_stripe
from tests.factories.many import copies
from tests.factories.orders import an_unpaid_order, booking_of, let_lapse
from tests.factories.together import all_at_once

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The forms that Stripe was asked about, one entry a time; it answers as ever."""
    forms: list[str] = []
    fetch = stripe_gateway.fetch_intent

    def fetch_noted(intent_id: str) -> Intent:
        forms.append(intent_id)
        return fetch(intent_id)

    monkeypatch.setattr(stripe_gateway, "fetch_intent", fetch_noted)
    return forms


@pytest.fixture
def sweep(django_capture_on_commit_callbacks: Any) -> Callable[[], list[str]]:
    """Sweeps, runs what that started, and says which payments that was."""

    def run() -> list[str]:
        with django_capture_on_commit_callbacks() as callbacks:
            tasks.sweep_open_payments()
        assert {callback.args[0] for callback in callbacks} <= {"payments.tasks.close_payment"}
        keys = [callback.args[1][0] for callback in callbacks]
        for key in keys:
            tasks.close_payment(key)
        return keys

    return run


def opened(**fields: Any) -> Payment:
    """A payment with a form open at Stripe, and what its look is to be."""
    payment = an_unpaid_order()
    open_form(payment=payment)
    Payment.objects.filter(pk=payment.pk).update(**fields)
    payment.refresh_from_db()
    return payment


def long_open() -> Payment:
    """Of a link that was sent days ago: looked at a moment ago, and then in an hour."""
    return opened(looks=len(LOOK_MINUTES) - 1, next_look_at=clock.now() + HOUR)


def test_with_more_open_than_a_sweep_takes_all_are_looked_at(
    stripe_stand_in: OpenStandIn, asked: list[str], sweep: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    now = clock.now()
    waiting = [opened(next_look_at=now - timedelta(minutes=minutes)) for minutes in (3, 9, 1, 7, 5)]
    asked.clear()
    in_turn = [str(waiting[place].pk) for place in (1, 3, 4, 0, 2)]
    assert [sweep() for _ in range(4)] == [in_turn[:2], in_turn[2:4], in_turn[4:], []]
    assert sorted(asked) == sorted(str(payment.stripe_form_id) for payment in waiting)


def test_the_pauses_grow_up_to_an_hour(
    stripe_stand_in: OpenStandIn, frozen_now: datetime, later: Callable[[timedelta], None], asked: list[str]
) -> None:
    payment = opened()
    asked.clear()
    assert payment.next_look_at == frozen_now + timedelta(minutes=2)
    moments = []
    for minute in range(180):
        later(timedelta(minutes=minute))
        before = len(asked)
        tasks.close_payment(str(payment.pk))
        if len(asked) > before:
            moments.append(minute)
    assert moments == [2, 7, 22, 52, 112, 172]
    assert len(asked) == len(moments)


def lapse(payment: Payment) -> None:
    let_lapse(payment)
    assert release_lapsed() == 1


def call_off(payment: Payment) -> None:
    booking = booking_of(payment)
    figures = effect_of(booking_with_session(booking.pk)).figures
    assert cancel(booking_id=booking.pk, refund=NOTHING, reason=Booking.CancelReason.CUSTOMER, figures=figures)


@pytest.mark.parametrize("give_up", [lapse, call_off])
def test_what_is_not_wanted_any_more_is_closed_by_the_next_sweep_though_its_task_was_lost(
    stripe_stand_in: OpenStandIn, sweep: Callable[[], list[str]], give_up: Callable[[Payment], None]
) -> None:
    payment, other = long_open(), long_open()
    assert sweep() == []
    # The task is never run: nothing here runs what is to start after a commit.
    give_up(payment)
    assert sweep() == [str(payment.pk)]
    payment.refresh_from_db()
    assert payment.status == Payment.Status.CANCELLED
    assert open_at_stripe(stripe_stand_in) == [other.stripe_form_id]


def test_what_could_not_be_closed_is_tried_again_within_minutes(
    stripe_stand_in: OpenStandIn, frozen_now: datetime, sweep: Callable[[], list[str]]
) -> None:
    payment = long_open()
    lapse(payment)
    stripe_stand_in.control("faults", path="/v1/payment_intents/.*", kind="503", times=2)
    assert (sweep(), sweep()) == ([str(payment.pk)], [])
    payment.refresh_from_db()
    assert (payment.status, payment.next_look_at) == ("open", frozen_now + timedelta(minutes=5))


def test_a_new_round_begins_with_the_short_pause(stripe_stand_in: OpenStandIn, frozen_now: datetime) -> None:
    payment = long_open()
    start_round(payment=payment, way=Payment.Way.PAGE, now=frozen_now)
    payment.refresh_from_db()
    assert (payment.looks, payment.next_look_at) == (0, frozen_now + timedelta(minutes=2))
    # Its answer was lost, and somebody tries again.
    Payment.objects.update(looks=3)
    payment.refresh_from_db()
    start_round(payment=payment, way=Payment.Way.PAGE, now=frozen_now + timedelta(minutes=4))
    payment.refresh_from_db()
    assert (payment.checkout_round, payment.looks) == (2, 0)
    assert payment.next_look_at == frozen_now + timedelta(minutes=6)


def test_who_comes_back_to_an_open_form_is_soon_asked_after(stripe_stand_in: OpenStandIn, frozen_now: datetime) -> None:
    payment = long_open()
    open_form(payment=payment)
    payment.refresh_from_db()
    assert (payment.checkout_round, payment.looks) == (1, 0)
    assert payment.next_look_at == frozen_now + timedelta(minutes=2)
    # Once more, before anybody looked: nothing to change.
    Payment.objects.update(next_look_at=frozen_now)
    payment.refresh_from_db()
    open_form(payment=payment)
    payment.refresh_from_db()
    assert payment.next_look_at == frozen_now


def test_a_look_that_somebody_has_in_hand_is_not_another_ones(frozen_now: datetime) -> None:
    payment = make_payment(make_booking(), status=Payment.Status.OPEN, next_look_at=frozen_now)
    assert [claim_look(payment=payment, now=frozen_now) for _ in range(2)] == [True, False]
    for status in (Payment.Status.SUCCEEDED, Payment.Status.CANCELLED):
        finished = make_payment(make_booking(), status=status, next_look_at=frozen_now)
        assert not claim_look(payment=finished, now=frozen_now)
    # When it is looked at is book-keeping, and no news in a payment's history.
    assert Change.objects.filter(record_kind="payments.Payment").count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("broker")
def test_two_sweeps_at_once_ask_once(stripe_stand_in: OpenStandIn, asked: list[str]) -> None:
    payment = opened(next_look_at=clock.now())
    asked.clear()
    assert all_at_once([partial(tasks.close_payment, str(payment.pk))] * 6) == [None] * 6
    assert asked == [payment.stripe_form_id]


def test_a_sweep_reads_what_is_due_and_not_all_that_ever_was_paid() -> None:
    copies(make_payment(make_booking()))
    make_payment(make_booking(), status=Payment.Status.OPEN)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE payments_payment")
    due = selectors.due_looks(clock.now()).filter(method=Payment.Method.CARD).order_by("next_look_at")
    assert "payment_next_look" in due[: tasks.BATCH].explain()
