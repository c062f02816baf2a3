"""A card that was refused: it keeps the places a little longer, and is told once."""

from datetime import datetime, timedelta

import pytest

from bookings.models import Booking
from config.kernel import clock
from payments.flows.paying import open_checkout
from payments.flows.settling import Outcome, settle_intent, settle_payment
from payments.models import Payment, PaymentEvent
from payments.services.recording import record_decline, record_processing
from payments.stripe_gateway import fetch_intent
from tests.factories.at_stripe import OpenStandIn, intent_id_of
from tests.factories.orders import an_unpaid_order, booking_of, let_lapse

pytestmark = pytest.mark.django_db

DECLINED_CARD = "4000000000000002"


def test_each_declined_card_gives_ten_minutes_once_and_not_for_ever(
    stripe_stand_in: OpenStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = an_unpaid_order()
    page = open_checkout(payment=payment)
    start = booking_of(payment).created_at

    def at(minutes: float) -> datetime:
        moment = start + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    stripe_stand_in.pay(page, DECLINED_CARD)
    at(29)
    settle_payment(payment_id=payment.pk)
    assert booking_of(payment).lapses_at == start + timedelta(minutes=39)
    at(31)
    settle_payment(payment_id=payment.pk)
    assert booking_of(payment).lapses_at == start + timedelta(minutes=39)

    stripe_stand_in.pay(page, DECLINED_CARD)
    settle_payment(payment_id=payment.pk)
    assert booking_of(payment).lapses_at == start + timedelta(minutes=41)
    assert PaymentEvent.objects.filter(kind="declined").count() == 2

    # 30 minutes and 12 extensions of 20: beyond that, no decline keeps places.
    Booking.objects.update(lapses_at=start + timedelta(minutes=269))
    at(268)
    stripe_stand_in.pay(page, DECLINED_CARD)
    settle_payment(payment_id=payment.pk)
    assert booking_of(payment).lapses_at == start + timedelta(minutes=270)


def test_a_decline_after_the_lapse_brings_nothing_back(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment), DECLINED_CARD)
    lapsed = let_lapse(payment)
    assert settle_payment(payment_id=payment.pk) == Outcome.OPEN
    assert booking_of(payment).lapses_at == lapsed.lapses_at


def test_a_decline_gives_no_end_to_an_order_that_has_none(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment), DECLINED_CARD)
    Booking.objects.update(lapses_at=None)
    assert settle_payment(payment_id=payment.pk) == Outcome.OPEN
    assert booking_of(payment).lapses_at is None


def test_news_of_an_earlier_attempt_leaves_a_payment_at_the_bank_alone(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment), DECLINED_CARD)
    intent = intent_id_of(stripe_stand_in, payment)
    Payment.objects.update(status="processing", stripe_intent_id="pi_of_a_later_page")
    assert settle_intent(intent=fetch_intent(intent), payment_id=payment.pk) == Outcome.PROCESSING
    payment.refresh_from_db()
    assert payment.stripe_intent_id == "pi_of_a_later_page"


def test_a_decline_told_after_the_payment_succeeded_changes_nothing(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    page = open_checkout(payment=payment)
    stripe_stand_in.pay(page, DECLINED_CARD)
    declined = fetch_intent(intent_id_of(stripe_stand_in, payment))
    stripe_stand_in.pay(page)
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    for status in ("requires_payment_method", "processing", "canceled"):
        old_news = type(declined)(**(vars(declined) | {"status": status}))
        assert settle_intent(intent=old_news, payment_id=payment.pk) == Outcome.PAID
    assert [event.kind for event in PaymentEvent.objects.order_by("pk")] == ["opened", "succeeded"]


def test_a_decline_is_recorded_once(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment), DECLINED_CARD)
    intent = fetch_intent(intent_id_of(stripe_stand_in, payment))
    assert record_decline(payment=payment, intent=intent)
    assert not record_decline(payment=payment, intent=intent)
    assert record_processing(payment=payment, intent=intent)
    assert not record_processing(payment=payment, intent=intent)
    assert not record_decline(payment=payment, intent=intent)
