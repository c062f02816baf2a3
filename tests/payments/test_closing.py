"""Payments that nobody needs any more, and what happens when somebody pays at that very moment."""

from datetime import timedelta
from typing import Any

import pytest
import stripe

from bookings.models import Booking
from communications.models import Message
from config.kernel import clock
from payments import stripe_gateway, tasks
from payments.flows.closing import close_payment
from payments.flows.paying import open_checkout, open_form
from payments.flows.settling import Outcome
from payments.models import Payment, PaymentEvent, Refund
from payments.services.recording import cancel_payment
from payments.stripe_gateway import GatewayUnavailable
from tests.factories import make_session
from tests.factories.at_stripe import OpenStandIn, confirm_form, open_at_stripe
from tests.factories.orders import a_paid_order, an_unpaid_order, booking_of, expire, place_an_order

pytestmark = pytest.mark.django_db

DECLINED_CARD = "4000000000000002"


def page_at(stand_in: OpenStandIn, payment: Payment) -> str:
    payment.refresh_from_db()
    return str(stand_in.stripe.v1.checkout.sessions.retrieve(str(payment.stripe_checkout_id)).status)


def kinds() -> list[str]:
    return list(PaymentEvent.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("card", [None, DECLINED_CARD])
def test_the_page_of_a_lapsed_order_is_closed_at_stripe(stripe_stand_in: OpenStandIn, card: str | None) -> None:
    payment = an_unpaid_order()
    page = open_checkout(payment=payment)
    if card:
        stripe_stand_in.pay(page, card)
    expire(payment)
    for _ in range(2):
        assert close_payment(payment_id=payment.pk) == Outcome.CANCELLED
    assert page_at(stripe_stand_in, payment) == "expired"
    payment.refresh_from_db()
    assert (payment.status, payment.cancelled_at is None) == (Payment.Status.CANCELLED, False)
    assert kinds() == ["opened", *(["declined"] if card else []), "cancelled"]
    # Nobody can pay there any more.
    stripe_stand_in.pay(page)
    assert [charge for charge in stripe_stand_in.state()["charges"] if charge["status"] == "succeeded"] == []


@pytest.mark.parametrize("card", [None, DECLINED_CARD])
def test_the_form_of_a_lapsed_order_is_closed_at_stripe(stripe_stand_in: OpenStandIn, card: str | None) -> None:
    payment = an_unpaid_order()
    secret = open_form(payment=payment)
    if card:
        with pytest.raises(stripe.CardError):
            confirm_form(stripe_stand_in, secret, card)
    expire(payment)
    for _ in range(2):
        assert close_payment(payment_id=payment.pk) == Outcome.CANCELLED
    assert open_at_stripe(stripe_stand_in) == []
    assert kinds() == ["opened", *(["declined"] if card else []), "cancelled"]
    with pytest.raises(stripe.InvalidRequestError):
        confirm_form(stripe_stand_in, secret)
    assert [charge for charge in stripe_stand_in.state()["charges"] if charge["status"] == "succeeded"] == []


@pytest.mark.parametrize("opens, path", [(open_form, "payment_intents"), (open_checkout, "checkout/sessions")])
def test_what_was_opened_without_an_answer_is_found_and_closed(
    stripe_stand_in: OpenStandIn, opens: Any, path: str
) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.control("faults", path=f"/v1/{path}$", kind="timeout_after", times=2)
    with pytest.raises(GatewayUnavailable):
        opens(payment=payment)
    assert len(open_at_stripe(stripe_stand_in)) == 1
    expire(payment)
    assert close_payment(payment_id=payment.pk) == Outcome.CANCELLED
    assert open_at_stripe(stripe_stand_in) == []


def test_what_goes_to_the_bank_in_that_very_moment_is_not_cancelled(
    stripe_stand_in: OpenStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = an_unpaid_order()
    open_form(payment=payment)
    expire(payment)
    cancel_intent = stripe_gateway.cancel_intent

    def cancel_late(intent_id: str) -> stripe_gateway.Intent:
        stripe_stand_in.amend("payment_intent", intent_id, status="processing")
        return cancel_intent(intent_id)

    monkeypatch.setattr(stripe_gateway, "cancel_intent", cancel_late)
    assert close_payment(payment_id=payment.pk) == Outcome.PROCESSING
    payment.refresh_from_db()
    assert (payment.status, payment.cancelled_at) == (Payment.Status.PROCESSING, None)


def test_a_payment_that_never_had_a_page_is_closed_without_asking() -> None:
    payment = an_unpaid_order()
    expire(payment)
    assert close_payment(payment_id=payment.pk) == Outcome.CANCELLED
    assert kinds() == ["cancelled"]


def test_a_payment_that_is_still_wanted_is_left_open(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    open_checkout(payment=payment)
    assert close_payment(payment_id=payment.pk) == Outcome.OPEN
    assert page_at(stripe_stand_in, payment) == "open"


def test_a_page_that_closed_by_itself_is_no_trouble(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    open_checkout(payment=payment)
    payment.refresh_from_db()
    stripe_stand_in.stripe.v1.checkout.sessions.expire(str(payment.stripe_checkout_id))
    expire(payment)
    assert close_payment(payment_id=payment.pk) == Outcome.CANCELLED


@pytest.mark.parametrize("room", [True, False])
def test_who_paid_in_that_very_moment_is_seated_or_gets_it_back(
    stripe_stand_in: OpenStandIn, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    session = make_session(capacity=1)
    payment = an_unpaid_order(session)
    page = open_checkout(payment=payment)
    expire(payment)
    if not room:
        place_an_order(session)
    expire_checkout = stripe_gateway.expire_checkout

    def expire_late(checkout_id: str) -> stripe_gateway.CheckoutPage:
        stripe_stand_in.pay(page)
        return expire_checkout(checkout_id)

    monkeypatch.setattr(stripe_gateway, "expire_checkout", expire_late)
    assert close_payment(payment_id=payment.pk) == (Outcome.PAID if room else Outcome.REFUNDED)
    assert booking_of(payment).status == (Booking.Status.CONFIRMED if room else Booking.Status.EXPIRED)
    assert Refund.objects.count() == (0 if room else 1)
    assert [message.kind for message in Message.objects.all()] == [
        "booking_confirmation" if room else "no_place_refund"
    ]


def test_who_paid_before_anybody_looked_is_seated(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    page = open_checkout(payment=payment)
    expire(payment)
    stripe_stand_in.pay(page)
    assert close_payment(payment_id=payment.pk) == Outcome.PAID
    assert booking_of(payment).status == Booking.Status.CONFIRMED


def test_with_stripe_out_of_reach_the_payment_stays_open(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    open_checkout(payment=payment)
    expire(payment)
    stripe_stand_in.control("faults", path="/v1/checkout/sessions/.*/expire", kind="503", times=4)
    with pytest.raises(GatewayUnavailable):
        close_payment(payment_id=payment.pk)
    tasks.close_payment(str(payment.pk))
    payment.refresh_from_db()
    assert payment.status == Payment.Status.OPEN
    Payment.objects.update(next_look_at=clock.now())
    tasks.close_payment(str(payment.pk))
    payment.refresh_from_db()
    assert payment.status == Payment.Status.CANCELLED


def test_a_paid_payment_is_never_cancelled(stripe_stand_in: OpenStandIn) -> None:
    payment = a_paid_order(stripe_stand_in)
    assert not cancel_payment(payment=payment, now=clock.now())
    assert close_payment(payment_id=payment.pk) == Outcome.PAID
    assert kinds() == ["opened", "succeeded"]


def test_cancelling_twice_is_written_down_once() -> None:
    payment = an_unpaid_order()
    assert cancel_payment(payment=payment, now=clock.now())
    assert not cancel_payment(payment=payment, now=clock.now())
    assert kinds() == ["cancelled"]


def test_the_sweeper_asks_after_open_payments_that_are_a_little_old(
    stripe_stand_in: OpenStandIn, django_capture_on_commit_callbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand, paid = an_unpaid_order(), a_paid_order(stripe_stand_in)
    Payment.objects.filter(pk=by_hand.pk).update(method=Payment.Method.BANK_TRANSFER)
    assert paid.status == Payment.Status.SUCCEEDED
    old = an_unpaid_order()
    with django_capture_on_commit_callbacks() as callbacks:
        tasks.sweep_open_payments()
    assert callbacks == []
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    with django_capture_on_commit_callbacks() as callbacks:
        tasks.sweep_open_payments()
    assert [callback.args[:2] for callback in callbacks] == [("payments.tasks.close_payment", [str(old.pk)])]
