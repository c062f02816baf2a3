"""Two tabs and many workers at once: one thing open at Stripe in the end, and one capture."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from bookings.models import Booking
from invoicing.models import Invoice
from payments.flows.closing import close_payment
from payments.flows.events import apply_stripe_event
from payments.flows.paying import NotPayable, open_checkout, open_form, settle_doubt
from payments.flows.settling import settle_payment
from payments.models import Discrepancy, Payment, PaymentEvent
from payments.stripe_gateway import GatewayUnavailable
from tests.factories.at_stripe import OpenStandIn, charges, confirm_form, open_at_stripe
from tests.factories.orders import an_unpaid_order, booking_of, fresh
from tests.factories.stripe_events import make_event
from tests.factories.together import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


@pytest.fixture
def payment() -> Payment:
    return an_unpaid_order()


def succeeded(stand_in: OpenStandIn) -> int:
    return charges(stand_in).count("succeeded")


def test_many_tabs_open_one_form(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    secrets = all_at_once([lambda: open_form(payment=payment)] * 4)
    assert len(set(secrets)) == 1
    assert stripe_stand_in.state()["objects"]["payment_intent"] == 1
    assert PaymentEvent.objects.filter(kind="opened").count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_a_page_and_a_form_at_once_leave_one_of_the_two(
    stripe_stand_in: OpenStandIn, payment: Payment, turn: int
) -> None:
    opens = [open_checkout, open_form] if turn % 2 else [open_form, open_checkout]
    results = all_at_once([partial(way, payment=payment) for way in opens * 2])
    # A tab may be told to try again; none is told anything else.
    assert {type(result) for result in results} <= {str, GatewayUnavailable}
    open_now = open_at_stripe(stripe_stand_in)
    known = fresh(payment)
    assert open_now in ([], [known.stripe_checkout_id or known.stripe_form_id])
    confirm_form(stripe_stand_in, open_form(payment=fresh(payment)))
    settle_payment(payment_id=payment.pk)
    assert (succeeded(stripe_stand_in), booking_of(payment).status) == (1, Booking.Status.CONFIRMED)


@pytest.mark.parametrize("turn", range(3))
def test_paying_in_one_tab_while_another_goes_to_stripes_page(
    stripe_stand_in: OpenStandIn, payment: Payment, turn: int
) -> None:
    secret = open_form(payment=payment)
    known = fresh(payment)
    results = all_at_once([partial(confirm_form, stripe_stand_in, secret), partial(open_checkout, payment=known)])
    is_paid = not isinstance(results[0], Exception)
    assert isinstance(results[1], NotPayable) == is_paid
    settle_payment(payment_id=payment.pk)
    assert succeeded(stripe_stand_in) == is_paid
    assert len(open_at_stripe(stripe_stand_in)) == (0 if is_paid else 1)
    assert Discrepancy.objects.count() == 0


def test_return_page_webhook_sweeper_and_a_doubting_tab_at_once(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    confirm_form(stripe_stand_in, open_form(payment=payment))
    event = make_event("payment_intent.succeeded", str(fresh(payment).stripe_form_id))
    calls: list[Callable[[], Any]] = [
        partial(settle_payment, payment_id=payment.pk),
        partial(settle_doubt, payment_id=payment.pk),
        partial(close_payment, payment_id=payment.pk),
        partial(apply_stripe_event, event_id=event.pk),
    ]
    results = all_at_once(calls * 3)
    assert results == ["paid", "paid", "paid", None] * 3
    assert (Invoice.objects.count(), PaymentEvent.objects.filter(kind="succeeded").count()) == (1, 1)
