"""Who may ask."""

import base64

import pytest
import stripe

from tests.payments.stand_in.conftest import Parameters, error_of
from tests.system.stand_in import PUBLISHABLE_KEY, SECRET_KEY, StandIn


def test_a_wrong_key_is_refused_and_not_repeated_in_full(stand_in: StandIn) -> None:
    with pytest.raises(stripe.AuthenticationError) as refusal:
        stand_in.client("sk_test_of_somebody_else").v1.customers.create({"name": "Ada"})

    assert refusal.value.http_status == 401
    assert "of_somebody" not in str(refusal.value)
    assert stand_in.state()["objects"] == {}


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Basic !!!", "Digest x"])
def test_without_a_key(stand_in: StandIn, authorization: str) -> None:
    page = stand_in.request("GET", "/v1/customers", headers={"Authorization": authorization})

    assert page.status == 401


def test_basic_authorization(stand_in: StandIn) -> None:
    given = base64.b64encode(f"{SECRET_KEY}:".encode()).decode()

    assert stand_in.request("GET", "/v1/customers", headers={"Authorization": f"Basic {given}"}).status == 200


def test_the_publishable_key_is_for_browsers_only(stand_in: StandIn, intent_parameters: Parameters) -> None:
    browser = stand_in.client(PUBLISHABLE_KEY)

    with pytest.raises(stripe.AuthenticationError) as creating:
        browser.v1.payment_intents.create(intent_parameters)
    with pytest.raises(stripe.AuthenticationError):
        browser.v1.refunds.create({"charge": "ch_x"})
    with pytest.raises(stripe.AuthenticationError):
        browser.v1.customers.list()

    assert error_of(creating)["code"] == "secret_key_required"
    assert stand_in.state()["objects"] == {}


def test_a_browser_may_call_the_api_and_not_the_control(stand_in: StandIn) -> None:
    asked = stand_in.request("OPTIONS", "/v1/payment_intents/pi_1/confirm")
    assert asked.status == 204
    assert asked.headers["access-control-allow-origin"] == "*"

    assert stand_in.request("OPTIONS", "/_control/reset").status == 403
    assert stand_in.request("POST", "/_control/reset", "{}", {"Content-Type": "text/plain"}).status == 415


@pytest.mark.parametrize(
    "method,path,status", [("GET", "/v1/nothing", 404), ("DELETE", "/v1/refunds/re_1", 404), ("GET", "/v2/core", 404)]
)
def test_unknown_addresses(stand_in: StandIn, method: str, path: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {SECRET_KEY}"}

    assert stand_in.request(method, path, headers=headers).status == status
