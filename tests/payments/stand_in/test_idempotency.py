"""Idempotency keys: https://docs.stripe.com/api/idempotent_requests."""

import threading
from pathlib import Path

import pytest
import stripe

from payments.stand_in import api, idempotency
from payments.stand_in.idempotency import Answer, Idempotency
from payments.stand_in.store import Store
from tests.payments.stand_in.conftest import Parameters, error_of
from tests.system.stand_in import PATIENCE, SECRET_KEY, Page, StandIn

KEY: stripe.RequestOptions = {"idempotency_key": "key-1"}


def post_customer(stand_in: StandIn, key: str, body: str = "name=Ada", path: str = "/v1/customers") -> Page:
    headers = {
        "Authorization": f"Bearer {SECRET_KEY}",
        "Idempotency-Key": key,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return stand_in.request("POST", path, body, headers)


def test_the_same_request_gets_the_same_answer(stand_in: StandIn, intent_parameters: Parameters) -> None:
    first = stand_in.stripe.v1.payment_intents.create(intent_parameters, KEY)
    second = stand_in.stripe.v1.payment_intents.create(intent_parameters, KEY)

    assert second.to_dict() == first.to_dict()
    assert len(stand_in.state()["charges"]) == 1


def test_a_replay_says_so(stand_in: StandIn) -> None:
    first, second = (post_customer(stand_in, "key-2") for _ in range(2))

    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["original-request"] == first.headers["request-id"]
    assert second.headers["request-id"] != first.headers["request-id"]
    assert (second.status, second.text) == (200, first.text)


def test_another_request_with_the_key_is_an_error(stand_in: StandIn, intent_parameters: Parameters) -> None:
    stand_in.stripe.v1.payment_intents.create(intent_parameters, KEY)

    with pytest.raises(stripe.IdempotencyError) as other_body:
        stand_in.stripe.v1.payment_intents.create(intent_parameters | {"amount": 4600}, KEY)
    with pytest.raises(stripe.IdempotencyError) as other_endpoint:
        stand_in.stripe.v1.customers.create({"name": "Ada"}, KEY)

    assert other_body.value.user_message == (
        "Keys for idempotent requests can only be used with the same parameters they were first used with."
        " Try using a key other than 'key-1' if you meant to execute a different request."
    )
    assert "can only be used for the same endpoint" in str(other_endpoint.value)
    assert stand_in.state()["objects"]["payment_intent"] == 1
    assert "customer" not in stand_in.state()["objects"]


def test_a_decline_is_stored(stand_in: StandIn, intent_parameters: Parameters) -> None:
    declined = intent_parameters | {"payment_method": "pm_card_visa_chargeDeclined"}

    intents = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refusal:
            stand_in.stripe.v1.payment_intents.create(declined, KEY)
        intents.append(error_of(refusal)["payment_intent"]["id"])

    assert intents[0] == intents[1]
    assert len(stand_in.state()["charges"]) == 1


def test_a_refusal_of_the_running_endpoint_is_stored(stand_in: StandIn, intent_parameters: Parameters) -> None:
    held = stand_in.stripe.v1.payment_intents.create(intent_parameters | {"capture_method": "manual"})
    refund: Parameters = {"payment_intent": held.id}
    with pytest.raises(stripe.InvalidRequestError):
        stand_in.stripe.v1.refunds.create(refund, KEY)
    stand_in.stripe.v1.payment_intents.capture(held.id)

    with pytest.raises(stripe.InvalidRequestError):
        stand_in.stripe.v1.refunds.create(refund, KEY)

    assert stand_in.state()["refunds"] == []


def test_a_parameter_error_is_not_stored(stand_in: StandIn, intent_parameters: Parameters) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        stand_in.stripe.v1.payment_intents.create(intent_parameters | {"amount": 1}, KEY)

    assert stand_in.stripe.v1.payment_intents.create(intent_parameters, KEY).status == "succeeded"


def test_the_key_of_a_request_under_way_is_a_conflict(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, may_go_on = threading.Event(), threading.Event()

    class Clock:
        """Sleeps until it is woken."""

        @staticmethod
        def sleep(_seconds: float) -> None:
            under_way.set()
            may_go_on.wait(PATIENCE)

    monkeypatch.setattr(api, "time", Clock)
    stand_in.control("faults", path="/v1/customers", kind="slow", seconds=3)
    answers: list[Page] = []
    slow = threading.Thread(target=lambda: answers.append(post_customer(stand_in, "key-3")))
    slow.start()
    assert under_way.wait(PATIENCE)

    conflict = post_customer(stand_in, "key-3")
    may_go_on.set()
    slow.join()

    assert conflict.status == 409
    assert '"code": "idempotency_key_in_use"' in conflict.text
    assert [answer.status for answer in answers] == [200]
    assert post_customer(stand_in, "key-3").text == answers[0].text
    assert stand_in.state()["objects"]["customer"] == 1


def test_the_same_key_at_the_same_time_charges_once(stand_in: StandIn, intent_parameters: Parameters) -> None:
    """The library repeats conflicts by itself: every caller ends up with the one payment."""
    results: list[str] = []
    client = stand_in.client(SECRET_KEY, retries=20)

    def create() -> None:
        results.append(client.v1.payment_intents.create(intent_parameters, {"idempotency_key": "key-4"}).id)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 8
    assert len(set(results)) == 1
    assert len(stand_in.state()["charges"]) == 1


def test_a_key_has_at_most_255_characters(stand_in: StandIn) -> None:
    assert post_customer(stand_in, "k" * 255).status == 200
    assert post_customer(stand_in, "k" * 256).status == 400
    assert stand_in.state()["objects"]["customer"] == 1


def test_a_key_is_forgotten_after_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "state.sqlite3")
    keys = Idempotency(store)
    keys.keep("key-5", "POST /v1/customers", {}, Answer(200, "{}", "req_1"))
    assert keys.stored("key-5", "POST /v1/customers", {}) == Answer(200, "{}", "req_1")

    monkeypatch.setattr(idempotency, "LIFETIME", 0.0)

    assert keys.stored("key-5", "POST /v1/customers", {}) is None
    store.close()
