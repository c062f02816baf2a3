"""What is refused before anything begins: parameters that the library's own types do not have."""

import pytest
import stripe
from stripe import params
from stripe.params import checkout

from payments.stand_in import forms, parameters
from payments.stand_in.errors import StripeError
from payments.stand_in.routing import ROUTES
from tests.payments.stand_in.conftest import Parameters
from tests.system.stand_in import SECRET_KEY, StandIn


@pytest.mark.parametrize(
    "change,code,param,message",
    [
        ({"amout": 1}, "parameter_unknown", "amout", "Received unknown parameter: amout"),
        ({"amount": None}, "parameter_missing", "amount", "Missing required param: amount."),
        ({"amount": ""}, "parameter_missing", "amount", "Missing required param: amount."),
        ({"amount": "45.00"}, "parameter_invalid_integer", "amount", "Invalid integer: 45.00"),
        ({"amount": 29}, "amount_too_small", "amount", "Amount must be at least £0.30 gbp"),
        ({"amount": 0}, "parameter_invalid_integer", "amount", "This value must be greater than or equal to 1."),
        (
            {"amount": 100_000_000},
            "amount_too_large",
            "amount",
            "Amount must be no more than £999,999.99 gbp",
        ),
        ({"confirm": "yes"}, None, "confirm", "Invalid boolean: yes"),
        (
            {"capture_method": "later"},
            None,
            "capture_method",
            "Invalid capture_method: must be one of automatic, automatic_async or manual",
        ),
        (
            {"automatic_payment_methods": {"enabled": True, "redirects": "never"}},
            "parameter_unknown",
            "automatic_payment_methods[redirects]",
            "Received unknown parameter: automatic_payment_methods[redirects]",
        ),
        (
            {"automatic_payment_methods": {"allow_redirects": "never"}},
            "parameter_missing",
            "automatic_payment_methods[enabled]",
            "Missing required param: automatic_payment_methods[enabled].",
        ),
        ({"automatic_payment_methods": True}, None, "automatic_payment_methods", "Invalid object"),
        ({"currency": {"code": "gbp"}}, None, "currency", "Invalid string: {'code': 'gbp'}"),
        ({"expand": "latest_charge"}, None, "expand", "Invalid array"),
        ({"metadata": "words"}, None, "metadata", "Invalid hash"),
        ({"metadata": {"k" * 41: "v"}}, None, "metadata", "Metadata keys must be under 40 characters."),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]", "Metadata values can have up to 500 characters."),
        (
            {"metadata": {f"k{number}": "v" for number in range(51)}},
            None,
            "metadata",
            "Metadata can have up to 50 keys.",
        ),
        (
            {"payment_method_types": ["card"]},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
            (
                "The parameter payment_method_types is no longer supported. Use dynamic payment methods,"
                " allowed_payment_method_types or excluded_payment_method_types."
            ),
        ),
        (
            {"transfer_group": "g"},
            "stand_in_unsupported",
            "transfer_group",
            "The Stripe stand-in does not play the parameter transfer_group here. The real Stripe may accept it.",
        ),
    ],
)
def test_refused_parameters(
    stand_in: StandIn,
    intent_parameters: Parameters,
    change: Parameters,
    code: str | None,
    param: str,
    message: str,
) -> None:
    given: Parameters = {name: value for name, value in (intent_parameters | change).items() if value is not None}

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.payment_intents.create(given)

    assert refusal.value.http_status == 400
    assert (refusal.value.code, refusal.value.param, refusal.value.user_message) == (code, param, message)
    assert stand_in.state()["objects"] == {}


def test_unknown_parameters_deep_in_a_session(stand_in: StandIn, session_parameters: Parameters) -> None:
    session_parameters["line_items"][0]["price_data"]["product_data"]["title"] = "x"

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.checkout.sessions.create(session_parameters)

    assert refusal.value.code == "parameter_unknown"
    assert refusal.value.param == "line_items[0][price_data][product_data][title]"


def test_a_body_that_is_no_form(stand_in: StandIn) -> None:
    headers = {"Authorization": f"Bearer {SECRET_KEY}", "Content-Type": "application/json"}

    page = stand_in.request("POST", "/v1/customers", '{"name": "Ada"}', headers)

    assert page.status == 400
    assert stand_in.state()["objects"] == {}


def test_forms_nest() -> None:
    assert forms.decode("a=1&b[c]=2&b[d][0]=3&b[d][1]=4&e[]=5&e[]=6&f[0][g]=7&h[i][j]=") == {
        "a": "1",
        "b": {"c": "2", "d": ["3", "4"]},
        "e": ["5", "6"],
        "f": [{"g": "7"}],
        "h": {"i": {"j": ""}},
    }


@pytest.mark.parametrize("broken", ["a[b=1", "[a]=1", "a]b=1", "a=1&a[b]=2", "a[b]=2&a=1", "a[b]=1&a[b][c]=2"])
def test_malformed_forms(broken: str) -> None:
    with pytest.raises(StripeError):
        forms.decode(broken)


def test_values_get_their_types() -> None:
    form = forms.decode(
        "expires_at=1800000000&allow_promotion_codes=false&line_items[0][quantity]=2&metadata[0]=x&customer_email=a%40b"
    )

    assert parameters.check(form, checkout.SessionCreateParams) == {
        "expires_at": 1_800_000_000,
        "allow_promotion_codes": False,
        "line_items": [{"quantity": 2}],
        "metadata": {"0": "x"},
        "customer_email": "a@b",
    }


def test_an_empty_text_unsets_where_stripe_allows_it() -> None:
    assert parameters.check({"metadata": "", "amount": "1"}, params.RefundCreateParams) == {
        "metadata": None,
        "amount": 1,
    }


def test_every_endpoint_plays_parameters_that_the_library_knows() -> None:
    for route in ROUTES:
        known = set(parameters.fields(route.typed))
        assert route.plays - known <= {"client_secret"}, route.pattern.pattern
