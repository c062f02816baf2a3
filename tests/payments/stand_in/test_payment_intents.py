"""PaymentIntents over the real library: paid, refused, held for capture, cancelled, changed."""

import pytest
import stripe

from tests.payments.stand_in.conftest import Parameters, error_of
from tests.system.stand_in import StandIn


def test_a_card_is_charged_at_once(stand_in: StandIn, intent_parameters: Parameters) -> None:
    intent = stand_in.stripe.v1.payment_intents.create(intent_parameters | {"expand": ["latest_charge"]})

    assert (intent.status, intent.amount, intent.amount_received, intent.currency) == ("succeeded", 4500, 4500, "gbp")
    assert intent.client_secret is not None
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.amount, charge.amount_captured, charge.status, charge.paid) == (4500, 4500, "succeeded", True)
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    assert (charge.payment_method_details.card.brand, charge.payment_method_details.card.last4) == ("visa", "4242")
    assert charge.metadata.to_dict() == {"payment": "p-1"}
    assert stand_in.event_types() == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def test_an_intent_made_first_and_confirmed_later(stand_in: StandIn) -> None:
    made = stand_in.stripe.v1.payment_intents.create({"amount": 30, "currency": "GBP", "description": "One place"})
    assert (made.status, made.amount_received, made.latest_charge) == ("requires_payment_method", 0, None)
    assert made.automatic_payment_methods is not None
    assert made.automatic_payment_methods.to_dict() == {"allow_redirects": "always", "enabled": True}

    paid = stand_in.stripe.v1.payment_intents.confirm(
        made.id, {"payment_method": "pm_card_visa", "return_url": "https://shop.example/"}
    )

    assert (paid.id, paid.status, paid.amount_received, paid.description) == (made.id, "succeeded", 30, "One place")


@pytest.mark.parametrize(
    "method,code,decline_code,message",
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "card_declined",
            "insufficient_funds",
            "Your card has insufficient funds.",
        ),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card", "Your card was declined."),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card", "Your card was declined."),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None, "Your card has expired."),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None, "Your card's security code is incorrect."),
        (
            "pm_card_chargeDeclinedProcessingError",
            "processing_error",
            None,
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ],
)
def test_declined_cards(
    stand_in: StandIn,
    intent_parameters: Parameters,
    method: str,
    code: str,
    decline_code: str | None,
    message: str,
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        stand_in.stripe.v1.payment_intents.create(intent_parameters | {"payment_method": method})

    assert refusal.value.http_status == 402
    assert (refusal.value.code, refusal.value.user_message) == (code, message)
    error = error_of(refusal)
    assert error.get("decline_code") == decline_code
    [intent] = stand_in.stripe.v1.payment_intents.list().data
    assert (intent.id, intent.status, intent.amount_received) == (
        error["payment_intent"]["id"],
        "requires_payment_method",
        0,
    )
    assert intent.last_payment_error is not None
    assert (intent.last_payment_error.code, intent.last_payment_error.charge) == (code, intent.latest_charge)
    [charge] = stand_in.state()["charges"]
    assert (charge["status"], charge["amount_captured"]) == ("failed", 0)
    assert stand_in.event_types() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]


def test_after_a_decline_another_card_pays_the_same_intent(stand_in: StandIn, intent_parameters: Parameters) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        stand_in.stripe.v1.payment_intents.create(intent_parameters | {"payment_method": "pm_card_visa_chargeDeclined"})
    intent_id = error_of(refusal)["payment_intent"]["id"]

    paid = stand_in.stripe.v1.payment_intents.confirm(intent_id, {"payment_method": "pm_card_mastercard"})

    assert (paid.status, paid.last_payment_error, paid.amount_received) == ("succeeded", None, 4500)
    assert sorted(charge["status"] for charge in stand_in.state()["charges"]) == ["failed", "succeeded"]


def test_an_intent_is_paid_once(stand_in: StandIn, intent_parameters: Parameters) -> None:
    paid = stand_in.stripe.v1.payment_intents.create(intent_parameters)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.payment_intents.confirm(paid.id, {"payment_method": "pm_card_visa"})

    assert refusal.value.code == "payment_intent_unexpected_state"
    assert refusal.value.user_message == (
        "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
    )
    assert len(stand_in.state()["charges"]) == 1


def test_without_a_return_url_redirects_must_be_ruled_out(stand_in: StandIn) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.payment_intents.create(
            {"amount": 4500, "currency": "gbp", "confirm": True, "payment_method": "pm_card_visa"}
        )

    assert refusal.value.param == "return_url"
    assert stand_in.state()["objects"] == {}


def test_manual_capture_takes_part_and_releases_the_rest(stand_in: StandIn, intent_parameters: Parameters) -> None:
    held = stand_in.stripe.v1.payment_intents.create(intent_parameters | {"capture_method": "manual"})
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 4500, 0)
    for amount in (0, 4501):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            stand_in.stripe.v1.payment_intents.capture(held.id, {"amount_to_capture": amount})
        assert refusal.value.param == "amount_to_capture"

    taken = stand_in.stripe.v1.payment_intents.capture(held.id, {"amount_to_capture": 3000})

    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 3000)
    [charge] = stand_in.state()["charges"]
    assert (charge["amount"], charge["amount_captured"], charge["amount_refunded"]) == (4500, 3000, 1500)
    with pytest.raises(stripe.InvalidRequestError) as again:
        stand_in.stripe.v1.payment_intents.capture(held.id)
    assert again.value.code == "payment_intent_unexpected_state"


def test_cancelling_lets_go_of_what_was_held(stand_in: StandIn, intent_parameters: Parameters) -> None:
    held = stand_in.stripe.v1.payment_intents.create(intent_parameters | {"capture_method": "manual"})

    ended = stand_in.stripe.v1.payment_intents.cancel(held.id, {"cancellation_reason": "abandoned"})

    assert (ended.status, ended.cancellation_reason, ended.amount_capturable) == ("canceled", "abandoned", 0)
    assert [(charge["amount_captured"], charge["amount_refunded"]) for charge in stand_in.state()["charges"]] == [
        (0, 4500)
    ]
    assert stand_in.event_types()[-2:] == ["charge.refunded", "payment_intent.canceled"]


@pytest.mark.parametrize("end", ["paid", "cancelled"])
def test_what_is_over_is_not_cancelled(stand_in: StandIn, intent_parameters: Parameters, end: str) -> None:
    intent = stand_in.stripe.v1.payment_intents.create(intent_parameters | {"confirm": end == "paid"})
    if end == "cancelled":
        stand_in.stripe.v1.payment_intents.cancel(intent.id)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.payment_intents.cancel(intent.id)

    assert refusal.value.code == "payment_intent_unexpected_state"
    status = "succeeded" if end == "paid" else "canceled"
    assert stand_in.stripe.v1.payment_intents.retrieve(intent.id).status == status


def test_amount_and_metadata_change_until_money_moves(stand_in: StandIn, intent_parameters: Parameters) -> None:
    del intent_parameters["confirm"]
    intent = stand_in.stripe.v1.payment_intents.create(intent_parameters)
    assert intent.status == "requires_confirmation"

    changed = stand_in.stripe.v1.payment_intents.update(
        intent.id, {"amount": 5000, "metadata": {"payment": "", "booking": "b-1"}}
    )

    assert (changed.amount, changed.metadata.to_dict()) == (5000, {"booking": "b-1"})
    stand_in.stripe.v1.payment_intents.confirm(intent.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.payment_intents.update(intent.id, {"amount": 1})
    assert refusal.value.code == "payment_intent_unexpected_state"
    assert stand_in.stripe.v1.payment_intents.update(intent.id, {"description": "Paid"}).amount == 5000


def test_a_used_payment_method_pays_no_second_time(stand_in: StandIn, intent_parameters: Parameters) -> None:
    paid = stand_in.stripe.v1.payment_intents.create(intent_parameters)

    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        stand_in.stripe.v1.payment_intents.create(intent_parameters | {"payment_method": str(paid.payment_method)})

    assert len(stand_in.state()["charges"]) == 1


def test_a_saved_card_pays_for_its_customer_only(stand_in: StandIn, intent_parameters: Parameters) -> None:
    customer = stand_in.stripe.v1.customers.create({"email": "ada@example.com"})
    method = stand_in.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    with pytest.raises(stripe.InvalidRequestError, match="belongs to a Customer"):
        stand_in.stripe.v1.payment_intents.create(intent_parameters | {"payment_method": method.id})

    for _ in range(2):
        paid = stand_in.stripe.v1.payment_intents.create(
            intent_parameters | {"payment_method": method.id, "customer": customer.id}
        )
        assert (paid.status, paid.customer) == ("succeeded", customer.id)
    assert [item.id for item in stand_in.stripe.v1.customers.payment_methods.list(customer.id).data] == [method.id]
