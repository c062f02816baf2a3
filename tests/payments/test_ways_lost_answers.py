"""The two ways to pay while Stripe's answers are lost: nothing stays open behind, and nobody pays twice."""

from typing import Any

import pytest
import stripe

from payments.flows.paying import open_checkout, open_form, settle_doubt
from payments.flows.settling import Outcome, settle_payment
from payments.models import Payment
from payments.stripe_gateway import GatewayRefused, GatewayUnavailable
from tests.factories.at_stripe import OpenStandIn, charges, confirm_form, open_at_stripe
from tests.factories.orders import an_unpaid_order, fresh

pytestmark = pytest.mark.django_db

INTENTS = "/v1/payment_intents$"


@pytest.fixture
def payment() -> Payment:
    return an_unpaid_order(places=2)


@pytest.mark.parametrize("lost, then", [(open_form, open_checkout), (open_checkout, open_form)])
@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after"])
def test_after_a_lost_answer_the_other_way_leaves_nothing_open_behind(
    stripe_stand_in: OpenStandIn, payment: Payment, lost: Any, then: Any, kind: str
) -> None:
    stripe_stand_in.control("faults", path=f"({INTENTS})|(/v1/checkout/sessions$)", kind=kind, times=2)
    with pytest.raises(GatewayUnavailable):
        lost(payment=payment)
    then(payment=fresh(payment))
    known = fresh(payment)
    assert open_at_stripe(stripe_stand_in) == [known.stripe_checkout_id or known.stripe_form_id]
    assert known.way == ("page" if then is open_checkout else "form")


def test_a_lost_answer_is_asked_for_again_with_the_same_key(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    stripe_stand_in.control("faults", path=INTENTS, kind="timeout_after", times=2)
    with pytest.raises(GatewayUnavailable):
        open_form(payment=payment)
    confirm_form(stripe_stand_in, open_form(payment=fresh(payment)))
    assert fresh(payment).checkout_round == 1
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    assert charges(stripe_stand_in) == ["succeeded"]


def test_a_page_that_stripe_would_not_make_any_more_does_not_stand_in_the_way(
    stripe_stand_in: OpenStandIn, payment: Payment
) -> None:
    stripe_stand_in.control("faults", path="/v1/checkout/sessions$", kind="timeout_before", times=2)
    with pytest.raises(GatewayUnavailable):
        open_checkout(payment=payment)
    Payment.objects.update(amount="0.10")
    with pytest.raises(GatewayRefused):
        open_form(payment=fresh(payment))
    Payment.objects.update(amount="180.00")
    open_form(payment=fresh(payment))
    assert len(open_at_stripe(stripe_stand_in)) == 1


def test_while_the_other_way_cannot_be_closed_nothing_is_opened(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    open_checkout(payment=payment)
    stripe_stand_in.control("faults", path="/v1/checkout/sessions/.*/expire", kind="503", times=2)
    with pytest.raises(GatewayUnavailable):
        open_form(payment=fresh(payment))
    assert open_at_stripe(stripe_stand_in) == [fresh(payment).stripe_checkout_id]


@pytest.mark.parametrize("opens", [None, open_form, open_checkout])
def test_in_doubt_what_is_not_paid_is_closed_before_one_may_pay_again(
    stripe_stand_in: OpenStandIn, payment: Payment, opens: Any
) -> None:
    if opens:
        opens(payment=payment)
    assert settle_doubt(payment_id=payment.pk) == Outcome.OPEN
    assert open_at_stripe(stripe_stand_in) == []
    confirm_form(stripe_stand_in, open_form(payment=fresh(payment)))
    assert settle_doubt(payment_id=payment.pk) == Outcome.PAID
    assert charges(stripe_stand_in) == ["succeeded"]


def test_in_doubt_an_attempt_that_arrives_late_takes_no_money(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    secret = open_form(payment=payment)
    assert settle_doubt(payment_id=payment.pk) == Outcome.OPEN
    with pytest.raises(stripe.InvalidRequestError):
        confirm_form(stripe_stand_in, secret)
    assert charges(stripe_stand_in) == []


def test_in_doubt_nothing_is_said_while_stripe_cannot_be_asked(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    secret = open_form(payment=payment)
    stripe_stand_in.control("faults", path="/v1/payment_intents/.*/cancel", kind="503", times=2)
    with pytest.raises(GatewayUnavailable):
        settle_doubt(payment_id=payment.pk)
    confirm_form(stripe_stand_in, secret)
    assert settle_doubt(payment_id=payment.pk) == Outcome.PAID
