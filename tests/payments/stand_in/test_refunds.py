"""Refunds over the real library: limits, partial ones, and the cards whose refunds end later."""

import pytest
import stripe

from tests.payments.stand_in.conftest import Parameters
from tests.system.stand_in import StandIn


@pytest.fixture
def paid(stand_in: StandIn, intent_parameters: Parameters) -> stripe.PaymentIntent:
    return stand_in.stripe.v1.payment_intents.create(intent_parameters)


def test_the_whole_amount_goes_back(stand_in: StandIn, paid: stripe.PaymentIntent) -> None:
    refund = stand_in.stripe.v1.refunds.create(
        {"payment_intent": paid.id, "reason": "requested_by_customer", "metadata": {"refund": "r-1"}}
    )

    assert (refund.status, refund.amount, refund.currency) == ("succeeded", 4500, "gbp")
    assert (refund.payment_intent, refund.charge) == (paid.id, paid.latest_charge)
    assert (refund.reason, refund.metadata and refund.metadata.to_dict()) == (
        "requested_by_customer",
        {"refund": "r-1"},
    )
    charge = stand_in.stripe.v1.charges.retrieve(str(paid.latest_charge), {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (4500, True)
    assert charge.refunds is not None
    assert [item.id for item in charge.refunds.data] == [refund.id]
    assert stand_in.event_types()[-2:] == ["refund.created", "charge.refunded"]


def test_never_more_than_is_left(stand_in: StandIn, paid: stripe.PaymentIntent) -> None:
    charge = str(paid.latest_charge)
    stand_in.stripe.v1.refunds.create({"charge": charge, "amount": 2000})

    with pytest.raises(stripe.InvalidRequestError) as too_much:
        stand_in.stripe.v1.refunds.create({"charge": charge, "amount": 2501})
    assert (too_much.value.param, too_much.value.user_message) == (
        "amount",
        "Refund amount (£25.01) is greater than unrefunded amount on charge (£25.00)",
    )

    assert stand_in.stripe.v1.refunds.create({"payment_intent": paid.id}).amount == 2500
    with pytest.raises(stripe.InvalidRequestError) as nothing_left:
        stand_in.stripe.v1.refunds.create({"payment_intent": paid.id, "amount": 1})
    assert nothing_left.value.code == "charge_already_refunded"
    assert [refund["amount"] for refund in stand_in.state()["refunds"]] == [2500, 2000]


def test_a_pending_refund_counts_and_succeeds_later(stand_in: StandIn, intent_parameters: Parameters) -> None:
    paid = stand_in.stripe.v1.payment_intents.create(intent_parameters | {"payment_method": "pm_card_pendingRefund"})

    refund = stand_in.stripe.v1.refunds.create({"payment_intent": paid.id, "amount": 4000})
    assert refund.status == "pending"
    with pytest.raises(stripe.InvalidRequestError):
        stand_in.stripe.v1.refunds.create({"payment_intent": paid.id, "amount": 501})
    assert stand_in.control("settle") == {"settled": 1}

    assert stand_in.stripe.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert stand_in.event_types()[-2:] == ["refund.updated", "charge.refund.updated"]
    assert stand_in.control("settle") == {"settled": 0}


def test_a_refund_that_fails_later_gives_the_money_back(stand_in: StandIn, intent_parameters: Parameters) -> None:
    paid = stand_in.stripe.v1.payment_intents.create(intent_parameters | {"payment_method": "pm_card_refundFail"})

    refund = stand_in.stripe.v1.refunds.create({"payment_intent": paid.id})
    assert refund.status == "succeeded"
    stand_in.control("clock", now=refund.created + 5)

    failed = stand_in.stripe.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    charge = stand_in.stripe.v1.charges.retrieve(str(paid.latest_charge))
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert stand_in.event_types()[-1] == "refund.failed"
    assert stand_in.stripe.v1.refunds.create({"payment_intent": paid.id}).amount == 4500


def test_nothing_to_refund(stand_in: StandIn, intent_parameters: Parameters) -> None:
    unpaid = stand_in.stripe.v1.payment_intents.create(intent_parameters | {"confirm": False})
    held = stand_in.stripe.v1.payment_intents.create(intent_parameters | {"capture_method": "manual"})

    for intent in (unpaid, held):
        with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge to refund"):
            stand_in.stripe.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as nothing_named:
        stand_in.stripe.v1.refunds.create({"amount": 1})
    assert nothing_named.value.code == "parameter_missing"
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        stand_in.stripe.v1.refunds.create({"payment_intent": "pi_none"})
    assert (unknown.value.code, unknown.value.http_status) == ("resource_missing", 404)
    assert stand_in.state()["refunds"] == []


@pytest.mark.parametrize("amount", [0, -1])
def test_a_refund_is_positive(stand_in: StandIn, paid: stripe.PaymentIntent, amount: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.refunds.create({"payment_intent": paid.id, "amount": amount})

    assert refusal.value.param == "amount"
    assert stand_in.state()["refunds"] == []


def test_a_refund_keeps_its_new_metadata(stand_in: StandIn, paid: stripe.PaymentIntent) -> None:
    refund = stand_in.stripe.v1.refunds.create({"payment_intent": paid.id})

    changed = stand_in.stripe.v1.refunds.update(refund.id, {"metadata": {"note": "told"}})

    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"note": "told"}
    [event] = stand_in.stripe.v1.events.list({"type": "refund.updated"}).data
    assert event.data.to_dict()["previous_attributes"] == {"metadata": {}}
