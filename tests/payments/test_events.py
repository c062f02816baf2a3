"""Each story told by events once, twice and in reverse: the same end, whatever the order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model

from bookings.models import Attendee, Booking
from communications.models import Message
from customers.models import Activity
from invoicing.models import Invoice
from payments.flows.closing import close_payment
from payments.flows.paying import open_checkout
from payments.flows.settling import Outcome, settle_payment
from payments.models import Discrepancy, Payment, PaymentEvent, Refund, StripeEvent
from tests.factories import make_session
from tests.factories.at_stripe import OpenStandIn, charge_at_stripe, intent_id_of
from tests.factories.orders import an_unpaid_order, booking_of, expire, place_an_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

DECLINED_CARD = "4000000000000002"
TABLES: tuple[type[Model], ...] = (
    Attendee,
    Booking,
    Payment,
    PaymentEvent,
    Refund,
    Discrepancy,
    Invoice,
    Message,
    Activity,
)
type Tell = Callable[[list[tuple[str, str]]], None]


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that a payment touches."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in TABLES}


def kinds() -> list[str]:
    return list(PaymentEvent.objects.order_by("pk").values_list("kind", flat=True))


def states() -> set[str]:
    return set(StripeEvent.objects.values_list("state", flat=True))


def at_the_bank(stand_in: OpenStandIn, payment: Payment) -> str:
    """The payment was tried, and the bank has not made up its mind."""
    stand_in.pay(open_checkout(payment=payment), DECLINED_CARD)
    intent = intent_id_of(stand_in, payment)
    stand_in.amend("payment_intent", intent, status="processing", last_payment_error=None, latest_charge=None)
    return intent


def test_succeeded(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order(places=2)
    stripe_stand_in.pay(open_checkout(payment=payment))
    intent = intent_id_of(stripe_stand_in, payment)
    told(
        [
            ("payment_intent.created", intent),
            ("payment_intent.succeeded", intent),
            ("checkout.session.completed", str(payment.stripe_checkout_id)),
        ]
    )
    assert booking_of(payment).status == Booking.Status.CONFIRMED
    assert list(Payment.objects.values_list("status", "stripe_intent_id")) == [("succeeded", intent)]
    assert kinds() == ["opened", "succeeded"]
    assert PaymentEvent.objects.get(kind="succeeded").actor_kind == "stripe"
    assert (Invoice.objects.count(), Message.objects.count(), Discrepancy.objects.count()) == (1, 1, 0)
    assert Activity.objects.filter(kind="booking_confirmed").count() == 1
    assert states() == {"applied"}

    before = everything()
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    assert everything() == before


def test_the_events_end_where_the_return_page_ends(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment))
    intent = intent_id_of(stripe_stand_in, payment)
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    before = everything()
    told([("payment_intent.succeeded", intent), ("checkout.session.completed", str(payment.stripe_checkout_id))])
    assert everything() == before
    assert states() == {"applied"}


def test_declined(stripe_stand_in: OpenStandIn, told: Tell, frozen_now: datetime) -> None:
    payment = an_unpaid_order()
    Booking.objects.update(lapses_at=frozen_now + timedelta(minutes=1))
    stripe_stand_in.pay(open_checkout(payment=payment), DECLINED_CARD)
    intent = intent_id_of(stripe_stand_in, payment)
    told([("payment_intent.created", intent), ("payment_intent.payment_failed", intent)])
    payment.refresh_from_db()
    assert (payment.status, payment.last_decline_code) == (Payment.Status.OPEN, "generic_decline")
    assert kinds() == ["opened", "declined"]
    booking = booking_of(payment)
    assert (booking.status, booking.lapses_at) == (Booking.Status.PENDING, frozen_now + timedelta(minutes=10))
    assert Invoice.objects.count() == Message.objects.count() == 0


def test_declined_and_then_paid(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order()
    page = open_checkout(payment=payment)
    stripe_stand_in.pay(page, DECLINED_CARD)
    stripe_stand_in.pay(page)
    intent = intent_id_of(stripe_stand_in, payment)
    told([("payment_intent.payment_failed", intent), ("payment_intent.succeeded", intent)])
    payment.refresh_from_db()
    assert (payment.status, payment.last_decline_code) == (Payment.Status.SUCCEEDED, "")
    assert kinds() == ["opened", "succeeded"]
    assert Invoice.objects.count() == 1


def test_processing(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order()
    intent = at_the_bank(stripe_stand_in, payment)
    told([("payment_intent.created", intent), ("payment_intent.processing", intent)])
    payment.refresh_from_db()
    assert (payment.status, payment.stripe_intent_id) == (Payment.Status.PROCESSING, intent)
    assert kinds() == ["opened", "processing"]
    booking = booking_of(payment)
    assert (booking.status, booking.lapses_at) == (Booking.Status.PENDING, None)


def test_processing_and_then_given_up(stripe_stand_in: OpenStandIn, told: Tell, frozen_now: datetime) -> None:
    payment = an_unpaid_order()
    intent = at_the_bank(stripe_stand_in, payment)
    assert settle_payment(payment_id=payment.pk) == Outcome.PROCESSING
    stripe_stand_in.amend("payment_intent", intent, status="canceled")
    told([("payment_intent.processing", intent), ("payment_intent.canceled", intent)])
    payment.refresh_from_db()
    assert payment.status == Payment.Status.OPEN
    assert booking_of(payment).lapses_at == frozen_now + timedelta(minutes=10)


def test_processing_and_then_declined(stripe_stand_in: OpenStandIn, told: Tell, frozen_now: datetime) -> None:
    payment = an_unpaid_order()
    intent = at_the_bank(stripe_stand_in, payment)
    assert settle_payment(payment_id=payment.pk) == Outcome.PROCESSING
    error = {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"}
    stripe_stand_in.amend("payment_intent", intent, status="requires_payment_method", last_payment_error=error)
    told([("payment_intent.processing", intent), ("payment_intent.payment_failed", intent)])
    payment.refresh_from_db()
    assert (payment.status, payment.last_decline_code) == (Payment.Status.OPEN, "insufficient_funds")
    assert kinds() == ["opened", "processing", "declined"]
    assert booking_of(payment).lapses_at == frozen_now + timedelta(minutes=10)


def test_processing_and_then_paid(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order()
    page = open_checkout(payment=payment)
    stripe_stand_in.pay(page)
    intent = intent_id_of(stripe_stand_in, payment)
    stripe_stand_in.amend("payment_intent", intent, status="processing")
    assert settle_payment(payment_id=payment.pk) == Outcome.PROCESSING
    stripe_stand_in.amend("payment_intent", intent, status="succeeded")
    told([("payment_intent.processing", intent), ("payment_intent.succeeded", intent)])
    payment.refresh_from_db()
    assert payment.status == Payment.Status.SUCCEEDED
    assert booking_of(payment).status == Booking.Status.CONFIRMED
    assert kinds() == ["opened", "processing", "succeeded"]


@pytest.mark.parametrize("status", ["requires_action", "requires_confirmation", "requires_capture"])
def test_a_state_on_the_way_changes_nothing(stripe_stand_in: OpenStandIn, told: Tell, status: str) -> None:
    payment = an_unpaid_order()
    intent = at_the_bank(stripe_stand_in, payment)
    stripe_stand_in.amend("payment_intent", intent, status=status)
    before = everything()
    told([("payment_intent.created", intent), ("payment_intent.requires_action", intent)])
    assert everything() == before
    assert states() == {"applied"}


def test_a_page_that_closed_leaves_a_live_order_payable(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order()
    first = open_checkout(payment=payment)
    stripe_stand_in.pay(first, DECLINED_CARD)
    intent = intent_id_of(stripe_stand_in, payment)
    assert settle_payment(payment_id=payment.pk) == Outcome.OPEN
    page_id = str(payment.stripe_checkout_id)
    stripe_stand_in.stripe.v1.checkout.sessions.expire(page_id)
    before = everything()
    told([("payment_intent.canceled", intent), ("checkout.session.expired", page_id)])
    assert everything() == before
    second = open_checkout(payment=payment)
    assert second != first
    stripe_stand_in.pay(second)
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID


def test_a_page_that_closed_after_the_order_lapsed(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment), DECLINED_CARD)
    intent = intent_id_of(stripe_stand_in, payment)
    expire(payment)
    assert close_payment(payment_id=payment.pk) == Outcome.CANCELLED
    before = everything()
    told([("payment_intent.canceled", intent), ("checkout.session.expired", str(payment.stripe_checkout_id))])
    assert everything() == before
    payment.refresh_from_db()
    assert (payment.status, booking_of(payment).status) == (Payment.Status.CANCELLED, Booking.Status.EXPIRED)


def test_a_page_nobody_tried_is_no_news(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order()
    open_checkout(payment=payment)
    payment.refresh_from_db()
    before = everything()
    told([("checkout.session.expired", str(payment.stripe_checkout_id))])
    assert everything() == before
    assert states() == {"ignored"}


def test_paid_after_the_lapse_with_room(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order(make_session(capacity=1))
    page = open_checkout(payment=payment)
    expire(payment)
    stripe_stand_in.pay(page)
    intent = intent_id_of(stripe_stand_in, payment)
    told([("payment_intent.succeeded", intent), ("checkout.session.completed", str(payment.stripe_checkout_id))])
    booking = booking_of(payment)
    assert (booking.status, booking.lapses_at) == (Booking.Status.CONFIRMED, None)
    assert (Refund.objects.count(), Invoice.objects.count()) == (0, 1)
    assert [message.kind for message in Message.objects.all()] == ["booking_confirmation"]


def test_paid_after_the_lapse_without_room(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    session = make_session(capacity=1)
    payment = an_unpaid_order(session)
    page = open_checkout(payment=payment)
    expire(payment)
    place_an_order(session)
    stripe_stand_in.pay(page)
    intent = intent_id_of(stripe_stand_in, payment)
    told([("payment_intent.succeeded", intent), ("checkout.session.completed", str(payment.stripe_checkout_id))])
    payment.refresh_from_db()
    assert (payment.status, booking_of(payment).status) == (Payment.Status.SUCCEEDED, Booking.Status.EXPIRED)
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.status) == (payment.amount, "no_place", "requested")
    assert [message.kind for message in Message.objects.all()] == ["no_place_refund"]
    assert Message.objects.get().amount == payment.amount
    assert Invoice.objects.count() == 0
    assert kinds() == ["opened", "succeeded", "refund_requested"]


def test_money_that_is_not_ours_to_explain(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    intent = charge_at_stripe(stripe_stand_in, amount=4200, booking="Something else")
    told([("payment_intent.created", intent), ("payment_intent.succeeded", intent)])
    found = Discrepancy.objects.get()
    assert (found.kind, found.stripe_object_id, found.payment) == ("unknown_payment", intent, None)
    assert found.found == "4200 GBP, Something else"
    assert states() == {"applied"}
    assert (Payment.objects.count(), Booking.objects.count()) == (0, 0)


def test_an_attempt_that_is_not_ours_is_no_news(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    intent = stripe_stand_in.stripe.v1.payment_intents.create({"amount": 100, "currency": "gbp"})
    told([("payment_intent.created", intent.id)])
    assert Discrepancy.objects.count() == 0
    assert states() == {"ignored"}


@pytest.mark.parametrize("kind", ["customer.created", "charge.updated", "charge.succeeded", "a.kind.of.tomorrow"])
def test_unknown_types_are_put_aside(told: Tell, kind: str) -> None:
    # Nobody listens at Stripe's address in this test: nothing is asked for.
    told([(kind, "xx_1")])
    assert states() == {"ignored"}
    assert all(event.finished_at for event in StripeEvent.objects.all())
    assert everything() == {model.__name__: [] for model in TABLES}


def test_money_comes_in_pence(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    payment = an_unpaid_order(make_session(price=Decimal("73.05")), places=3)
    stripe_stand_in.pay(open_checkout(payment=payment))
    told([("payment_intent.succeeded", intent_id_of(stripe_stand_in, payment))])
    assert [charge["amount"] for charge in stripe_stand_in.state()["charges"]] == [21915]
    assert Payment.objects.get().amount == Decimal("219.15")
    assert booking_of(payment).status == Booking.Status.CONFIRMED
