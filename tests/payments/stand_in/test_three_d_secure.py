"""Cards whose bank asks first: over the API, on the bank's page, and in a browser with the publishable key."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from tests.payments.stand_in.conftest import Parameters
from tests.system.stand_in import PUBLISHABLE_KEY, Page, StandIn

CHALLENGED = {"payment_method": "pm_card_authenticationRequired", "return_url": "https://shop.example/done/?a=1"}


def answer_bank(stand_in: StandIn, intent: stripe.PaymentIntent, outcome: str) -> Page:
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    address = str(intent.next_action.redirect_to_url.url)
    page = stand_in.request("GET", address)
    assert page.status == 200
    assert "Complete authentication" in page.text
    return stand_in.submit(address, secret=parse_qs(urlsplit(address).query)["secret"][0], outcome=outcome)


def test_the_bank_asks_and_the_payer_says_yes(stand_in: StandIn, intent_parameters: Parameters) -> None:
    asked = stand_in.stripe.v1.payment_intents.create(intent_parameters | CHALLENGED)
    assert (asked.status, asked.latest_charge, stand_in.state()["charges"]) == ("requires_action", None, [])

    page = answer_bank(stand_in, asked, "complete")

    paid = stand_in.stripe.v1.payment_intents.retrieve(asked.id)
    assert (paid.status, paid.amount_received, paid.next_action) == ("succeeded", 4500, None)
    assert page.status == 303
    assert urlsplit(page.location).netloc == "shop.example"
    assert parse_qs(urlsplit(page.location).query) == {
        "a": ["1"],
        "payment_intent": [asked.id],
        "payment_intent_client_secret": [asked.client_secret],
        "redirect_status": ["succeeded"],
    }
    assert stand_in.event_types() == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


def test_the_payer_says_no(stand_in: StandIn, intent_parameters: Parameters) -> None:
    asked = stand_in.stripe.v1.payment_intents.create(intent_parameters | CHALLENGED)

    page = answer_bank(stand_in, asked, "fail")

    assert parse_qs(urlsplit(page.location).query)["redirect_status"] == ["failed"]
    refused = stand_in.stripe.v1.payment_intents.retrieve(asked.id)
    assert (refused.status, refused.payment_method) == ("requires_payment_method", None)
    assert refused.last_payment_error is not None
    assert refused.last_payment_error.code == "payment_intent_authentication_failure"
    assert stand_in.state()["charges"] == []


def test_a_card_that_is_declined_after_the_bank_asked(stand_in: StandIn, intent_parameters: Parameters) -> None:
    method = "pm_card_threeDSecureRequiredChargeDeclined"
    asked = stand_in.stripe.v1.payment_intents.create(intent_parameters | CHALLENGED | {"payment_method": method})

    page = answer_bank(stand_in, asked, "complete")

    assert parse_qs(urlsplit(page.location).query)["redirect_status"] == ["failed"]
    refused = stand_in.stripe.v1.payment_intents.retrieve(asked.id)
    assert refused.status == "requires_payment_method"
    assert refused.last_payment_error is not None
    assert (refused.last_payment_error.code, refused.last_payment_error.decline_code) == (
        "card_declined",
        "generic_decline",
    )


@pytest.mark.parametrize("absent", ["off_session", "error_on_requires_action"])
def test_without_a_payer_present_it_is_a_decline(stand_in: StandIn, intent_parameters: Parameters, absent: str) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        stand_in.stripe.v1.payment_intents.create(intent_parameters | CHALLENGED | {absent: True})

    assert refusal.value.code == "authentication_required"
    assert stand_in.state()["charges"] == []


def test_the_bank_page_opens_for_its_payer_only_and_once(stand_in: StandIn, intent_parameters: Parameters) -> None:
    asked = stand_in.stripe.v1.payment_intents.create(intent_parameters | CHALLENGED)
    address = f"/c/authenticate/{asked.id}"
    secret = str(asked.client_secret)

    assert stand_in.request("GET", f"{address}?secret=wrong").status == 404
    assert stand_in.submit(address, secret="wrong", outcome="complete").status == 404
    assert stand_in.state()["charges"] == []
    assert stand_in.submit(address, secret=secret, outcome="complete").status == 303
    assert stand_in.submit(address, secret=secret, outcome="complete").status == 410
    assert len(stand_in.state()["charges"]) == 1


def test_a_browser_confirms_with_the_publishable_key(stand_in: StandIn) -> None:
    made = stand_in.stripe.v1.payment_intents.create({"amount": 4500, "currency": "gbp", "metadata": {"secret": "x"}})
    browser = stand_in.client(PUBLISHABLE_KEY)
    card: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}
    method = browser.v1.payment_methods.create({"type": "card", "card": card})

    confirmation: Any = {"client_secret": made.client_secret, "payment_method": method.id, "use_stripe_sdk": True}
    seen = browser.v1.payment_intents.confirm(made.id, confirmation)

    assert seen.status == "succeeded"
    assert "metadata" not in seen.to_dict()
    assert "latest_charge" not in seen.to_dict()
    again = browser.v1.payment_intents.retrieve(made.id, {"client_secret": str(made.client_secret)})
    assert (again.status, again.amount) == ("succeeded", 4500)


def test_a_browser_is_sent_to_the_bank(stand_in: StandIn) -> None:
    made = stand_in.stripe.v1.payment_intents.create({"amount": 4500, "currency": "gbp"})
    browser = stand_in.client(PUBLISHABLE_KEY)

    confirmation: Any = {
        "client_secret": made.client_secret,
        "payment_method": "pm_card_authenticationRequired",
        "use_stripe_sdk": True,
    }
    asked = browser.v1.payment_intents.confirm(made.id, confirmation)

    assert asked.status == "requires_action"
    assert asked.next_action is not None
    assert asked.next_action.type == "use_stripe_sdk"


def test_a_browser_needs_the_client_secret(stand_in: StandIn) -> None:
    made = stand_in.stripe.v1.payment_intents.create({"amount": 4500, "currency": "gbp"})
    browser = stand_in.client(PUBLISHABLE_KEY)

    for shown in ({}, {"client_secret": f"{made.id}_secret_wrong"}):
        confirmation: Any = {"payment_method": "pm_card_visa", "use_stripe_sdk": True} | shown
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            browser.v1.payment_intents.confirm(made.id, confirmation)
        assert refusal.value.param == "client_secret"
    assert stand_in.state()["charges"] == []


@pytest.mark.parametrize(
    "wrong,code,param",
    [
        ({"number": "4242424242424241"}, "incorrect_number", "number"),
        ({"exp_month": 13}, "invalid_expiry_month", "exp_month"),
        ({"exp_year": 2020}, "invalid_expiry_year", "exp_year"),
        ({"cvc": "99"}, "invalid_cvc", "cvc"),
        ({"number": "4111111111111111"}, "card_declined", None),
    ],
)
def test_mistyped_cards(stand_in: StandIn, wrong: Parameters, code: str, param: str | None) -> None:
    card: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"} | wrong

    with pytest.raises(stripe.CardError) as refusal:
        stand_in.client(PUBLISHABLE_KEY).v1.payment_methods.create({"type": "card", "card": card})

    assert (refusal.value.code, refusal.value.param) == (code, param)
    assert stand_in.state()["objects"] == {}


def test_a_card_number_never_comes_from_a_server(stand_in: StandIn) -> None:
    card: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}

    with pytest.raises(stripe.CardError, match="generally unsafe"):
        stand_in.stripe.v1.payment_methods.create({"type": "card", "card": card})
