"""What the stand-in does not play is refused in so many words, never quietly ignored; and its own faults are 500s."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe

from payments.stand_in.control import Control
from payments.stand_in.messages import Request
from payments.stand_in.store import Store
from tests.payments.stand_in.conftest import Parameters
from tests.system.stand_in import PUBLISHABLE_KEY, StandIn, start_server

Ask = Callable[[stripe.StripeClient, Any], object]


def create_intent(client: stripe.StripeClient, given: Any) -> object:
    return client.v1.payment_intents.create({"amount": 4500, "currency": "gbp"} | given)


def create_session(client: stripe.StripeClient, given: Any) -> object:
    price: Any = {"currency": "gbp", "unit_amount": 4500, "product_data": {"name": "A place"}}
    line: Any = {"quantity": 1, "price_data": price | given.pop("price_data", {})} | given.pop("line", {})
    session: Any = {"mode": "payment", "success_url": "https://shop.example/", "line_items": [line]}
    return client.v1.checkout.sessions.create(session | given)


def list_events(client: stripe.StripeClient, given: Any) -> object:
    return client.v1.events.list(given)


def create_method(client: stripe.StripeClient, given: Any) -> object:
    return client.v1.payment_methods.create(given)


@pytest.mark.parametrize(
    "ask,given,code,param",
    [
        (list_events, {"type": "charge.*"}, "stand_in_unsupported", "type"),
        (list_events, {"types": ["charge.failed"]}, "stand_in_unsupported", "types"),
        (create_intent, {"currency": "jpy"}, "stand_in_unsupported", "currency"),
        (
            create_intent,
            {"allowed_payment_method_types": ["bacs_debit"]},
            "stand_in_unsupported",
            "allowed_payment_method_types",
        ),
        (
            create_intent,
            {"allowed_payment_method_types": ["card"], "automatic_payment_methods": {"enabled": True}},
            None,
            None,
        ),
        (
            create_intent,
            {"automatic_payment_methods": {"enabled": False}},
            "stand_in_unsupported",
            "automatic_payment_methods[enabled]",
        ),
        (create_intent, {"return_url": "https://shop.example/"}, None, "return_url"),
        (
            create_session,
            {"payment_intent_data": {"transfer_group": "g"}},
            "stand_in_unsupported",
            "payment_intent_data[transfer_group]",
        ),
        (create_session, {"line": {"price": "price_1"}}, "stand_in_unsupported", "line_items[0][price]"),
        (
            create_session,
            {"price_data": {"recurring": {"interval": "month"}}},
            "stand_in_unsupported",
            "line_items[0][price_data][recurring]",
        ),
        (
            create_session,
            {"line": {"price_data": {"currency": "gbp", "unit_amount": 4500}}},
            "parameter_missing",
            "line_items[0][price_data][product_data]",
        ),
        (create_session, {"line": {"quantity": 0}}, "parameter_invalid_integer", "line_items[0][quantity]"),
        (
            create_session,
            {"price_data": {"unit_amount": -1}},
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
        (create_session, {"currency": "eur"}, None, "line_items"),
        (create_method, {"type": "bacs_debit"}, "stand_in_unsupported", "type"),
        (create_method, {"type": "card", "card": {"token": "tok_visa"}}, "stand_in_unsupported", "card[token]"),
        (create_method, {"type": "card", "card": {"exp_month": 1}}, "parameter_missing", "card[number]"),
    ],
)
def test_refusals(stand_in: StandIn, ask: Ask, given: Parameters, code: str | None, param: str | None) -> None:
    client = stand_in.client(PUBLISHABLE_KEY) if ask is create_method else stand_in.stripe

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        ask(client, dict(given))

    assert (refusal.value.code, refusal.value.param) == (code, param)
    assert stand_in.state()["objects"] == {}


def test_an_intent_for_cards_only_needs_no_return_url(stand_in: StandIn) -> None:
    given: Parameters = {
        "amount": 4500,
        "currency": "gbp",
        "allowed_payment_method_types": ["card"],
        "payment_method": "pm_card_visa",
        "confirm": True,
    }

    paid = stand_in.stripe.v1.payment_intents.create(given)

    assert (paid.status, paid.automatic_payment_methods) == ("succeeded", None)


def test_payment_methods_are_listed_for_a_customer(stand_in: StandIn) -> None:
    customer = stand_in.stripe.v1.customers.create({"name": "Ada"})
    method = stand_in.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})

    assert stand_in.stripe.v1.payment_methods.retrieve(method.id).customer == customer.id
    assert stand_in.stripe.v1.payment_methods.list({"customer": customer.id, "type": "bacs_debit"}).data == []
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.payment_methods.list()
    assert refusal.value.code == "stand_in_unsupported"


def test_sessions_keep_new_metadata_and_list_their_lines(stand_in: StandIn, session_parameters: Parameters) -> None:
    customer = stand_in.stripe.v1.customers.create({"email": "grace@example.com"})
    del session_parameters["customer_email"]
    session = stand_in.stripe.v1.checkout.sessions.create(session_parameters | {"customer": customer.id})

    changed = stand_in.stripe.v1.checkout.sessions.update(session.id, {"metadata": {"note": "x"}})

    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"booking": "RFT-2222-22", "note": "x"}
    lines = stand_in.stripe.v1.checkout.sessions.line_items.list(session.id)
    assert [(line.quantity, line.amount_total) for line in lines.data] == [(2, 9000)]
    assert "For grace@example.com" in stand_in.request("GET", str(session.url)).text


def test_refunds_and_charges_are_listed_by_intent(stand_in: StandIn, intent_parameters: Parameters) -> None:
    wanted, other = (stand_in.stripe.v1.payment_intents.create(intent_parameters) for _ in range(2))
    refund = stand_in.stripe.v1.refunds.create({"payment_intent": wanted.id, "charge": str(wanted.latest_charge)})

    assert [item.id for item in stand_in.stripe.v1.refunds.list({"payment_intent": wanted.id}).data] == [refund.id]
    with pytest.raises(stripe.InvalidRequestError, match="do not belong together"):
        stand_in.stripe.v1.refunds.create({"payment_intent": other.id, "charge": str(wanted.latest_charge)})


def test_a_confirmation_needs_a_payment_method(stand_in: StandIn) -> None:
    intent = stand_in.stripe.v1.payment_intents.create({"amount": 4500, "currency": "gbp"})

    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        stand_in.stripe.v1.payment_intents.confirm(intent.id, {"return_url": "https://shop.example/"})
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        stand_in.stripe.v1.payment_intents.retrieve("pi_none")

    assert (unknown.value.http_status, unknown.value.param) == (404, "intent")


def test_a_fault_of_its_own_is_a_500_and_leaves_nothing(
    stand_in: StandIn, intent_parameters: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_args: object) -> None:
        raise RuntimeError("broken on purpose")

    with monkeypatch.context() as patch:
        # The last thing that a payment writes is its succeeded intent: everything before it must be undone.
        patch.setattr(Store, "remember", break_down)
        with pytest.raises(stripe.APIError) as failure:
            stand_in.stripe.v1.payment_intents.create(intent_parameters)

    assert failure.value.http_status == 500
    assert stand_in.state()["objects"] == {}
    assert stand_in.stripe.v1.payment_intents.create(intent_parameters).status == "succeeded"


def test_a_body_too_long_is_refused(stand_in: StandIn) -> None:
    page = stand_in.request("POST", "/v1/customers", headers={"Content-Length": "1000001"})

    assert page.status == 413


def test_the_control_is_for_this_machine_only(tmp_path: Path) -> None:
    server = start_server(tmp_path / "state.sqlite3")
    StandIn(server.url).stripe.v1.customers.create({"name": "Ada"})
    from_elsewhere = Request(
        method="POST",
        path="/_control/reset",
        query="",
        headers={"content-type": "application/json"},
        body=b"{}",
        base_url=server.url,
        from_this_machine=False,
    )

    assert Control(server.account).answer(from_elsewhere).status == 403

    assert StandIn(server.url).state()["objects"] == {"customer": 1, "event": 1}
    server.stop()


def test_unknown_control_addresses(stand_in: StandIn) -> None:
    assert stand_in.request("GET", "/_control/secrets").status == 404
    page = stand_in.request("POST", "/_control/resend", '{"event": "evt_none"}', {"Content-Type": "application/json"})
    assert page.status == 400
