"""Failures on demand, as the product meets them through the library."""

import pytest
import stripe

from tests.payments.stand_in.conftest import Parameters
from tests.system.stand_in import SECRET_KEY, StandIn

KEY: stripe.RequestOptions = {"idempotency_key": "key-1"}


def impatient(stand_in: StandIn, *, retries: int = 0) -> stripe.StripeClient:
    return stripe.StripeClient(
        SECRET_KEY,
        base_addresses={"api": stand_in.url},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=1),
    )


def test_a_timeout_after_the_charge(stand_in: StandIn, intent_parameters: Parameters) -> None:
    stand_in.control("faults", path="/v1/payment_intents", kind="timeout_after", seconds=3)

    with pytest.raises(stripe.APIConnectionError):
        impatient(stand_in).v1.payment_intents.create(intent_parameters, KEY)

    assert len(stand_in.state()["charges"]) == 1
    assert stand_in.stripe.v1.payment_intents.create(intent_parameters, KEY).status == "succeeded"
    assert len(stand_in.state()["charges"]) == 1


def test_a_timeout_before_anything(stand_in: StandIn, intent_parameters: Parameters) -> None:
    stand_in.control("faults", path="/v1/payment_intents", kind="timeout_before", seconds=3)

    with pytest.raises(stripe.APIConnectionError):
        impatient(stand_in).v1.payment_intents.create(intent_parameters, KEY)

    assert stand_in.state()["objects"] == {}
    assert stand_in.stripe.v1.payment_intents.create(intent_parameters, KEY).status == "succeeded"


def test_the_library_repeats_after_a_timeout_and_charges_once(stand_in: StandIn, intent_parameters: Parameters) -> None:
    stand_in.control("faults", path="/v1/payment_intents", kind="timeout_after", seconds=3)

    paid = impatient(stand_in, retries=2).v1.payment_intents.create(intent_parameters)

    assert paid.status == "succeeded"
    assert len(stand_in.state()["charges"]) == 1


@pytest.mark.parametrize("kind,charges", [("500", 0), ("500_after", 1)])
def test_a_500_is_stored(stand_in: StandIn, intent_parameters: Parameters, kind: str, charges: int) -> None:
    stand_in.control("faults", path="/v1/payment_intents", kind=kind)

    for _ in range(2):
        with pytest.raises(stripe.APIError) as failure:
            stand_in.client(SECRET_KEY, retries=2).v1.payment_intents.create(intent_parameters, KEY)
        assert failure.value.http_status == 500
        assert failure.value.headers is not None
        assert failure.value.headers["Stripe-Should-Retry"] == "false"

    assert len(stand_in.state()["charges"]) == charges
    assert stand_in.state()["faults"] == []


def test_a_503_is_not_stored_and_the_library_repeats_it(stand_in: StandIn, intent_parameters: Parameters) -> None:
    stand_in.control("faults", path="/v1/payment_intents", kind="503", times=2)

    paid = stand_in.client(SECRET_KEY, retries=2).v1.payment_intents.create(intent_parameters, KEY)

    assert paid.status == "succeeded"
    assert len(stand_in.state()["charges"]) == 1


def test_a_429_is_not_stored(stand_in: StandIn, intent_parameters: Parameters) -> None:
    stand_in.control("faults", path="/v1/payment_intents", kind="429")

    with pytest.raises(stripe.RateLimitError) as failure:
        stand_in.stripe.v1.payment_intents.create(intent_parameters, KEY)

    assert failure.value.http_status == 429
    assert stand_in.state()["objects"] == {}
    assert stand_in.stripe.v1.payment_intents.create(intent_parameters, KEY).status == "succeeded"


def test_a_fault_fits_method_and_path_and_is_used_up(stand_in: StandIn, intent_parameters: Parameters) -> None:
    stand_in.control("faults", method="GET", path="/v1/payment_intents/pi_[^/]+$", kind="429", times=2)
    paid = stand_in.stripe.v1.payment_intents.create(intent_parameters)
    stand_in.stripe.v1.payment_intents.list()

    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            stand_in.stripe.v1.payment_intents.retrieve(paid.id)

    assert stand_in.stripe.v1.payment_intents.retrieve(paid.id).status == "succeeded"


def test_faults_are_lifted(stand_in: StandIn) -> None:
    stand_in.control("faults", method="GET", path="/v1/", kind="500", times=99)

    assert stand_in.request("DELETE", "/_control/faults").status == 200

    assert stand_in.stripe.v1.customers.list().data == []


@pytest.mark.parametrize("body", ['{"path": "(", "kind": "500"}', '{"path": "/", "kind": "gremlin"}', "{}", "no"])
def test_nonsense_is_refused(stand_in: StandIn, body: str) -> None:
    page = stand_in.request("POST", "/_control/faults", body, {"Content-Type": "application/json"})

    assert page.status == 400
    assert stand_in.state()["faults"] == []
