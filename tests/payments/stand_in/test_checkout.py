"""Checkout sessions over the real library."""

from typing import Any

import pytest
import stripe

from payments.stand_in.checkout import LONGEST, SHORTEST
from tests.payments.stand_in.conftest import Parameters
from tests.system.stand_in import StandIn

NOW = 1_800_000_000


def test_a_session_makes_its_intent_when_it_is_paid(stand_in: StandIn, session_parameters: Parameters) -> None:
    session = stand_in.stripe.v1.checkout.sessions.create(session_parameters)

    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency, session.mode) == (9000, "gbp", "payment")
    assert session.expires_at == session.created + LONGEST
    assert session.url == f"{stand_in.url}/c/pay/{session.id}"
    assert stand_in.event_types() == []

    assert stand_in.pay(str(session.url)).status == 303

    paid = stand_in.stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge", "line_items"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (paid.client_reference_id, paid.metadata) == ("p-1", session.metadata)
    assert paid.customer_details is not None
    assert (paid.customer_details.email, paid.customer_details.name) == ("ada@example.com", "Ada Example")
    assert isinstance(paid.payment_intent, stripe.PaymentIntent)
    assert (paid.payment_intent.status, paid.payment_intent.amount_received) == ("succeeded", 9000)
    assert paid.payment_intent.metadata.to_dict() == {"payment": "p-1"}
    assert paid.payment_intent.description == "RFT-2222-22"
    assert isinstance(paid.payment_intent.latest_charge, stripe.Charge)
    assert paid.line_items is not None
    assert [(line.description, line.quantity, line.amount_total) for line in paid.line_items.data] == [
        ("Emergency First Aid <at> Work", 2, 9000)
    ]
    assert stand_in.event_types() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_the_session_of_an_intent_is_found(stand_in: StandIn, session_parameters: Parameters) -> None:
    paid, other = (stand_in.stripe.v1.checkout.sessions.create(session_parameters) for _ in range(2))
    stand_in.pay(str(paid.url))
    intent = stand_in.stripe.v1.checkout.sessions.retrieve(paid.id).payment_intent

    assert [found.id for found in stand_in.stripe.v1.checkout.sessions.list({"payment_intent": str(intent)}).data] == [
        paid.id
    ]
    assert [found.id for found in stand_in.stripe.v1.checkout.sessions.list({"status": "open"}).data] == [other.id]


def test_an_expired_session_takes_no_money(stand_in: StandIn, session_parameters: Parameters) -> None:
    session = stand_in.stripe.v1.checkout.sessions.create(session_parameters)
    assert stand_in.pay(str(session.url), "4000000000000002").status == 402

    ended = stand_in.stripe.v1.checkout.sessions.expire(session.id, {"expand": ["payment_intent"]})

    assert (ended.status, ended.payment_status) == ("expired", "unpaid")
    assert isinstance(ended.payment_intent, stripe.PaymentIntent)
    assert ended.payment_intent.status == "canceled"
    assert stand_in.pay(str(session.url)).status == 410
    assert [charge["status"] for charge in stand_in.state()["charges"]] == ["failed"]
    with pytest.raises(stripe.InvalidRequestError, match="has a status of expired"):
        stand_in.stripe.v1.checkout.sessions.expire(session.id)
    assert stand_in.event_types()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


def test_a_paid_session_does_not_expire(stand_in: StandIn, session_parameters: Parameters) -> None:
    session = stand_in.stripe.v1.checkout.sessions.create(session_parameters)
    stand_in.pay(str(session.url))

    with pytest.raises(stripe.InvalidRequestError, match="has a status of complete"):
        stand_in.stripe.v1.checkout.sessions.expire(session.id)
    stand_in.control("clock", now=session.expires_at + 1)

    assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_session_expires_by_itself(stand_in: StandIn, session_parameters: Parameters) -> None:
    session = stand_in.stripe.v1.checkout.sessions.create(session_parameters)

    stand_in.control("clock", now=session.expires_at - 1)
    assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"
    stand_in.control("clock", now=session.expires_at)

    assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert stand_in.event_types() == ["checkout.session.expired"]


@pytest.mark.parametrize("seconds", [SHORTEST, LONGEST])
def test_the_shortest_and_the_longest_life(stand_in: StandIn, session_parameters: Parameters, seconds: int) -> None:
    stand_in.control("clock", now=NOW)

    session = stand_in.stripe.v1.checkout.sessions.create(session_parameters | {"expires_at": NOW + seconds})

    assert session.expires_at == NOW + seconds


@pytest.mark.parametrize("seconds", [SHORTEST - 1, LONGEST + 1])
def test_a_life_too_short_or_too_long(stand_in: StandIn, session_parameters: Parameters, seconds: int) -> None:
    stand_in.control("clock", now=NOW)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.checkout.sessions.create(session_parameters | {"expires_at": NOW + seconds})

    assert refusal.value.param == "expires_at"
    assert stand_in.state()["objects"] == {}


def test_the_intent_of_an_open_session_is_the_sessions_own(stand_in: StandIn, session_parameters: Parameters) -> None:
    session = stand_in.stripe.v1.checkout.sessions.create(session_parameters)
    stand_in.pay(str(session.url), "4000000000000002")
    intent = str(stand_in.stripe.v1.checkout.sessions.retrieve(session.id).payment_intent)

    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        stand_in.stripe.v1.payment_intents.cancel(intent)
    with pytest.raises(stripe.InvalidRequestError, match="created by Checkout"):
        stand_in.stripe.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})

    assert stand_in.stripe.v1.payment_intents.retrieve(intent).status == "requires_payment_method"


def test_a_session_for_manual_capture(stand_in: StandIn, session_parameters: Parameters) -> None:
    session_parameters["payment_intent_data"]["capture_method"] = "manual"
    session = stand_in.stripe.v1.checkout.sessions.create(session_parameters)
    stand_in.pay(str(session.url))

    held = stand_in.stripe.v1.checkout.sessions.retrieve(session.id)
    assert (held.status, held.payment_status) == ("complete", "unpaid")
    assert stand_in.stripe.v1.payment_intents.cancel(str(held.payment_intent)).status == "canceled"


@pytest.mark.parametrize(
    "change,code,param",
    [
        ({"mode": None}, "parameter_missing", "mode"),
        ({"line_items": None}, "parameter_missing", "line_items"),
        ({"success_url": None}, "parameter_missing", "success_url"),
        ({"success_url": "javascript:alert(1)"}, "url_invalid", "success_url"),
        ({"success_url": "https://shop.example/ \r\nSet-Cookie: a"}, "url_invalid", "success_url"),
        ({"mode": "subscription"}, "stand_in_unsupported", "mode"),
        ({"automatic_tax": {"enabled": True}}, "stand_in_unsupported", "automatic_tax"),
        ({"discounts": [{"coupon": "x"}]}, "stand_in_unsupported", "discounts"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"customer": "cus_none", "customer_email": None}, "resource_missing", "customer"),
        ({"customer": "cus_none"}, None, "customer"),
    ],
)
def test_refused_sessions(
    stand_in: StandIn, session_parameters: Parameters, change: Parameters, code: str | None, param: str
) -> None:
    given: Any = {name: value for name, value in (session_parameters | change).items() if value is not None}

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.checkout.sessions.create(given)

    assert (refusal.value.code, refusal.value.param) == (code, param)
    assert stand_in.state()["objects"] == {}


def test_a_session_costs_at_least_thirty_pence(stand_in: StandIn, session_parameters: Parameters) -> None:
    session_parameters["line_items"][0]["price_data"]["unit_amount"] = 14

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.checkout.sessions.create(session_parameters)

    assert refusal.value.code == "amount_too_small"
    assert stand_in.state()["objects"] == {}
