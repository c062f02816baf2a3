"""The payment page, by plain HTTP: what a browser without scripts sees and sends."""

from typing import Any

import pytest

from tests.payments.stand_in.conftest import Parameters
from tests.system.stand_in import StandIn


@pytest.fixture
def address(stand_in: StandIn, session_parameters: Parameters) -> str:
    return str(stand_in.stripe.v1.checkout.sessions.create(session_parameters).url)


def session_of(stand_in: StandIn, address: str) -> Any:
    return stand_in.stripe.v1.checkout.sessions.retrieve(address.rpartition("/")[2])


def test_the_form_is_plain_and_closed_to_scripts(stand_in: StandIn, address: str) -> None:
    page = stand_in.request("GET", address)

    assert page.status == 200
    for text in (
        "<h1>Pay £90.00</h1>",
        # Inside a landmark, as everything on a page has to be.
        '<header><p class="notice">Test payments.',
        "Emergency First Aid &lt;at&gt; Work &times; 2",
        "For ada@example.com",
        "<label for='number'>Card number</label>",
        "autocomplete='cc-number'",
        "<a href='https://shop.example/back/'>Cancel and go back</a>",
    ):
        assert text in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert page.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
        " form-action 'self' https://shop.example"
    )
    assert stand_in.request("GET", "/c/pay.css").headers["content-type"] == "text/css"


def test_paying_leads_back_to_the_shop(stand_in: StandIn, address: str) -> None:
    page = stand_in.pay(address, "4242 4242 4242 4242")

    session = session_of(stand_in, address)
    assert (page.status, page.location) == (303, f"https://shop.example/done/?session={session.id}")
    assert session.status == "complete"


def test_a_double_click_pays_once(stand_in: StandIn, address: str) -> None:
    stand_in.pay(address)
    second = stand_in.pay(address)

    assert second.status == 200
    assert "Already paid" in second.text
    assert [charge["amount_captured"] for charge in stand_in.state()["charges"]] == [9000]


@pytest.mark.parametrize(
    "number,sentence",
    [
        ("4000000000000002", "Your card was declined."),
        ("4000000000009995", "Your card has insufficient funds."),
        ("4000000000009987", "Your card was declined."),
        ("4000000000009979", "Your card was declined."),
        ("4000000000000069", "Your card has expired."),
        ("4000000000000127", "Your card&#x27;s security code is incorrect."),
        ("4000000000000119", "An error occurred while processing your card. Try again in a little bit."),
    ],
)
def test_a_decline_is_said_on_the_page_and_another_card_may_be_tried(
    stand_in: StandIn, address: str, number: str, sentence: str
) -> None:
    page = stand_in.pay(address, number)

    assert page.status == 402
    assert f"<div role='alert' class='alert'><p>{sentence}</p></div>" in page.text
    assert session_of(stand_in, address).status == "open"
    assert stand_in.pay(address).status == 303
    assert sorted(charge["status"] for charge in stand_in.state()["charges"]) == ["failed", "succeeded"]
    assert stand_in.state()["objects"]["payment_intent"] == 1


@pytest.mark.parametrize(
    "typed,sentence,field",
    [
        ({"number": ""}, "Enter your card number.", "number"),
        ({"number": "4242424242424241"}, "Your card number is incorrect.", "number"),
        ({"expiry": "soon"}, "Enter the expiry date of your card as month and year, such as 12 / 34.", "expiry"),
        ({"expiry": "13/34"}, "Your card&#x27;s expiration month is invalid.", "expiry"),
        ({"expiry": "12/20"}, "Your card&#x27;s expiration year is invalid.", "expiry"),
        ({"cvc": ""}, "Enter the security code of your card.", "cvc"),
        ({"cvc": "12"}, "Your card&#x27;s security code is invalid.", "cvc"),
        ({"name": " "}, "Enter the name on your card.", "name"),
    ],
)
def test_what_was_mistyped_is_pointed_out(
    stand_in: StandIn, address: str, typed: dict[str, str], sentence: str, field: str
) -> None:
    page = stand_in.pay(address, **typed)

    assert page.status == 402
    assert f"<a href='#{field}'>{sentence}</a>" in page.text
    assert page.text.count("aria-invalid='true'") == 1
    assert "value='123'" not in page.text
    assert "payment_intent" not in stand_in.state()["objects"]


def test_the_bank_asks_on_a_page_of_its_own(stand_in: StandIn, address: str) -> None:
    page = stand_in.pay(address, "4000002760003184")
    assert page.status == 303
    bank, _, secret = page.location.partition("?secret=")
    assert stand_in.state()["charges"] == []

    shown = stand_in.request("GET", page.location)
    assert "payment of £90.00" in shown.text
    assert shown.headers["content-security-policy"].endswith("form-action 'self' https://shop.example")
    done = stand_in.submit(bank, secret=secret, outcome="complete")

    session = session_of(stand_in, address)
    assert (done.status, done.location) == (303, f"https://shop.example/done/?session={session.id}")
    assert (session.status, session.payment_status) == ("complete", "paid")
    assert stand_in.event_types()[-1] == "checkout.session.completed"


@pytest.mark.parametrize(
    "number,outcome,sentence",
    [
        ("4000002500003155", "fail", "We are unable to authenticate your payment method."),
        ("4000008400001629", "complete", "Your card was declined."),
        ("4000008260003178", "complete", "Your card has insufficient funds."),
    ],
)
def test_after_a_refusal_at_the_bank_the_form_is_back(
    stand_in: StandIn, address: str, number: str, outcome: str, sentence: str
) -> None:
    bank, _, secret = stand_in.pay(address, number).location.partition("?secret=")

    refused = stand_in.submit(bank, secret=secret, outcome=outcome)

    assert (refused.status, refused.location) == (303, address)
    told = stand_in.request("GET", address)
    assert told.status == 402
    assert sentence in told.text
    assert stand_in.request("GET", address).status == 200
    assert session_of(stand_in, address).status == "open"
    assert stand_in.pay(address).status == 303


def test_an_expired_session_ends_a_payment_at_the_bank(stand_in: StandIn, address: str) -> None:
    bank, _, secret = stand_in.pay(address, "4000002760003184").location.partition("?secret=")
    stand_in.stripe.v1.checkout.sessions.expire(address.rpartition("/")[2])

    assert stand_in.submit(bank, secret=secret, outcome="complete").status == 410
    assert stand_in.state()["charges"] == []


def test_the_address_is_asked_for_when_it_is_not_known(stand_in: StandIn, session_parameters: Parameters) -> None:
    del session_parameters["customer_email"]
    parameters = session_parameters | {"customer_creation": "always"}
    address = str(stand_in.stripe.v1.checkout.sessions.create(parameters).url)
    assert "<label for='email'>Email</label>" in stand_in.request("GET", address).text

    assert "Enter your email address." in stand_in.pay(address).text
    assert stand_in.pay(address, email="grace@example.com").status == 303

    session = session_of(stand_in, address)
    assert session.customer_details.email == "grace@example.com"
    assert stand_in.stripe.v1.customers.retrieve(session.customer).email == "grace@example.com"


def test_pages_that_do_not_exist(stand_in: StandIn) -> None:
    for path in ("/c/pay/cs_test_none", "/c/other/x", "/c/", "/elsewhere"):
        assert stand_in.request("GET", path).status == 404
