"""Stripe.js and what its frame does: the files, who may frame them, and the calls of a browser one by one."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from tests.system.stand_in import PUBLISHABLE_KEY, StandIn

CHALLENGED = "4000002760003184"


def confirm(stand_in: StandIn, intent: stripe.PaymentIntent, number: str = "4242424242424242") -> stripe.PaymentIntent:
    """What the frame sends when "Pay" is pressed."""
    browser = stand_in.client(PUBLISHABLE_KEY)
    card: Any = {"number": number, "exp_month": "12", "exp_year": "34", "cvc": "123"}
    method = browser.v1.payment_methods.create({"type": "card", "card": card})
    confirmation: Any = {
        "client_secret": intent.client_secret,
        "payment_method": method.id,
        "return_url": "https://shop.example/done/",
        "use_stripe_sdk": True,
    }
    return browser.v1.payment_intents.confirm(intent.id, confirmation)


@pytest.fixture
def intent(stand_in: StandIn) -> stripe.PaymentIntent:
    return stand_in.stripe.v1.payment_intents.create(
        {"amount": 4500, "currency": "gbp", "automatic_payment_methods": {"enabled": True}, "metadata": {"note": "x"}}
    )


@pytest.mark.parametrize(
    "name, kind",
    [
        ("stripe.js", "text/javascript; charset=utf-8"),
        ("card", "text/html; charset=utf-8"),
        ("card.js", "text/javascript; charset=utf-8"),
        ("card.css", "text/css; charset=utf-8"),
    ],
)
def test_the_files_of_stripe_js(stand_in: StandIn, name: str, kind: str) -> None:
    page = stand_in.request("GET", f"/js/{name}")
    assert (page.status, page.headers["content-type"], page.headers["cache-control"]) == (200, kind, "no-cache")


@pytest.mark.parametrize("name", ["", "played.d.ts", "../pay.css", "card/"])
def test_no_other_file_is_served(stand_in: StandIn, name: str) -> None:
    assert stand_in.request("GET", f"/js/{name}").status == 404


def test_nothing_is_posted_to_a_file(stand_in: StandIn) -> None:
    assert stand_in.submit("/js/card", number="4242424242424242").status == 404


def test_the_card_form_may_be_framed_and_has_nothing_inline(stand_in: StandIn) -> None:
    page = stand_in.request("GET", "/js/card")
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors http: https:" in policy
    assert "script-src 'self'; style-src 'self'" in policy
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page.text) == []


def test_a_card_confirmed_in_the_frame(stand_in: StandIn, intent: stripe.PaymentIntent) -> None:
    seen = confirm(stand_in, intent)
    assert (seen.status, seen.next_action) == ("succeeded", None)
    assert [charge["amount"] for charge in stand_in.state()["charges"]] == [4500]


def test_a_declined_card_tells_the_browser_no_more_than_it_may_see(
    stand_in: StandIn, intent: stripe.PaymentIntent
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        confirm(stand_in, intent, "4000000000000002")
    error: Any = refusal.value.json_body
    shown = error["error"]["payment_intent"]
    assert (error["error"]["decline_code"], shown["status"]) == ("generic_decline", "requires_payment_method")
    assert "metadata" not in shown
    assert "latest_charge" not in shown
    assert confirm(stand_in, intent).status == "succeeded"


@pytest.mark.parametrize("outcome, status", [("complete", "succeeded"), ("fail", "requires_payment_method")])
def test_the_bank_asks_in_a_frame(stand_in: StandIn, intent: stripe.PaymentIntent, outcome: str, status: str) -> None:
    asked = confirm(stand_in, intent, CHALLENGED)
    assert asked.next_action is not None
    assert asked.next_action.use_stripe_sdk is not None
    address = str(asked.next_action.use_stripe_sdk["stripe_js"])
    assert (asked.status, stand_in.state()["charges"]) == ("requires_action", [])

    question = stand_in.request("GET", address)
    secret = parse_qs(urlsplit(address).query)["secret"][0]
    answered = stand_in.submit(address, secret=secret, outcome=outcome)
    again = stand_in.submit(address, secret=secret, outcome=outcome)

    assert [page.status for page in (question, answered, again)] == [200, 200, 410]
    for page in (question, answered, again):
        assert "frame-ancestors http: https:" in page.headers["content-security-policy"]
    browser = stand_in.client(PUBLISHABLE_KEY)
    now = browser.v1.payment_intents.retrieve(intent.id, {"client_secret": str(intent.client_secret)})
    assert now.status == status
    assert (now.last_payment_error is None) == (outcome == "complete")


def test_the_bank_page_that_leads_back_may_not_be_framed(stand_in: StandIn, intent: stripe.PaymentIntent) -> None:
    confirmation: Any = {
        "client_secret": intent.client_secret,
        "payment_method": "pm_card_authenticationRequired",
        "return_url": "https://shop.example/done/",
    }
    asked = stand_in.client(PUBLISHABLE_KEY).v1.payment_intents.confirm(intent.id, confirmation)
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    page = stand_in.request("GET", str(asked.next_action.redirect_to_url.url))
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_a_cancelled_intent_cannot_be_confirmed(stand_in: StandIn, intent: stripe.PaymentIntent) -> None:
    stand_in.stripe.v1.payment_intents.cancel(intent.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        confirm(stand_in, intent)
    assert refusal.value.code == "payment_intent_unexpected_state"
    error: Any = refusal.value.json_body
    assert "metadata" not in error["error"]["payment_intent"]
    assert stand_in.state()["charges"] == []
