"""What Stripe tells of a payment in the form on our page: once, twice, and in the wrong order."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import stripe

from bookings.models import Booking
from communications.models import Message
from invoicing.models import Invoice
from payments.flows.paying import open_checkout, open_form
from payments.flows.settling import Outcome, settle_payment
from payments.models import Discrepancy, Payment, PaymentEvent, StripeEvent
from tests.factories.at_stripe import OpenStandIn, answer_bank, charge_at_stripe, confirm_form
from tests.factories.orders import an_unpaid_order, booking_of

pytestmark = pytest.mark.django_db

type Tell = Callable[[list[tuple[str, str]]], None]


@pytest.fixture
def payment() -> Payment:
    return an_unpaid_order()


def form_of(payment: Payment) -> str:
    payment.refresh_from_db()
    return str(payment.stripe_form_id)


def kinds() -> list[str]:
    return list(PaymentEvent.objects.order_by("pk").values_list("kind", flat=True))


def states() -> set[str]:
    return set(StripeEvent.objects.values_list("state", flat=True))


def test_succeeded(stripe_stand_in: OpenStandIn, payment: Payment, told: Tell) -> None:
    confirm_form(stripe_stand_in, open_form(payment=payment))
    intent = form_of(payment)
    told([("payment_intent.created", intent), ("payment_intent.succeeded", intent)])
    assert list(Payment.objects.values_list("status", "stripe_intent_id", "card_last4")) == [
        ("succeeded", intent, "4242")
    ]
    assert booking_of(payment).status == Booking.Status.CONFIRMED
    assert kinds() == ["opened", "succeeded"]
    assert (Invoice.objects.count(), Message.objects.count(), Discrepancy.objects.count()) == (1, 1, 0)
    assert states() == {"applied"}


def test_declined(stripe_stand_in: OpenStandIn, payment: Payment, told: Tell, frozen_now: datetime) -> None:
    Booking.objects.update(lapses_at=frozen_now + timedelta(minutes=1))
    with pytest.raises(stripe.CardError):
        confirm_form(stripe_stand_in, open_form(payment=payment), "4000000000000002")
    intent = form_of(payment)
    told([("payment_intent.created", intent), ("payment_intent.payment_failed", intent)])
    payment.refresh_from_db()
    assert (payment.status, payment.last_decline_code) == ("open", "generic_decline")
    assert booking_of(payment).lapses_at == frozen_now + timedelta(minutes=10)
    assert kinds() == ["opened", "declined"]


def test_the_bank_asks_and_says_yes(stripe_stand_in: OpenStandIn, payment: Payment, told: Tell) -> None:
    asked = confirm_form(stripe_stand_in, open_form(payment=payment), "4000002760003184")
    intent = form_of(payment)
    told([("payment_intent.requires_action", intent)])
    assert kinds() == ["opened"]
    answer_bank(stripe_stand_in, asked)
    StripeEvent.objects.all().delete()
    told([("payment_intent.requires_action", intent), ("payment_intent.succeeded", intent)])
    assert kinds() == ["opened", "succeeded"]
    assert booking_of(payment).status == Booking.Status.CONFIRMED


def test_the_bank_takes_its_time(stripe_stand_in: OpenStandIn, payment: Payment, told: Tell) -> None:
    open_form(payment=payment)
    intent = form_of(payment)
    stripe_stand_in.amend("payment_intent", intent, status="processing")
    told([("payment_intent.processing", intent)])
    payment.refresh_from_db()
    assert (payment.status, booking_of(payment).lapses_at) == ("processing", None)
    assert kinds() == ["opened", "processing"]


def test_a_form_that_was_closed_for_the_page_is_no_news(
    stripe_stand_in: OpenStandIn, payment: Payment, told: Tell
) -> None:
    open_form(payment=payment)
    intent = form_of(payment)
    page = open_checkout(payment=payment)
    told([("payment_intent.created", intent), ("payment_intent.canceled", intent)])
    payment.refresh_from_db()
    assert (payment.status, payment.stripe_form_id, kinds()) == ("open", None, ["opened", "opened"])
    stripe_stand_in.pay(page)
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID


def test_a_second_charge_is_for_staff(stripe_stand_in: OpenStandIn, payment: Payment, told: Tell) -> None:
    confirm_form(stripe_stand_in, open_form(payment=payment))
    intent, label = form_of(payment), booking_of(payment).reference
    other = charge_at_stripe(stripe_stand_in, amount=9000, payment_id=payment.pk, booking=label)
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    told([("payment_intent.succeeded", intent), ("payment_intent.succeeded", other)])
    found = Discrepancy.objects.get()
    assert (found.kind, found.stripe_object_id, found.expected) == ("paid_twice", other, intent)
    assert Invoice.objects.count() == 1
