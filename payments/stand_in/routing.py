"""Which address is which endpoint, with the library's type for its parameters and the ones that are played."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from stripe import params as p
from stripe.params import checkout as c

from . import charging, checkout, customers, events, intents, payment_methods, refunds
from .account import Account, Call
from .errors import Json, StripeError

Endpoint = Callable[[Account, Call], Json]


@dataclass(frozen=True)
class Route:
    """One endpoint. ``plays`` are the parameters it takes; ``browser`` those that only a browser sends."""

    method: str
    pattern: re.Pattern[str]
    endpoint: Endpoint
    typed: type
    plays: frozenset[str]
    publishable: bool = False
    browser: frozenset[str] = field(default_factory=frozenset)


_LIST = "limit starting_after ending_before expand"
_BROWSER = frozenset({"client_secret", "key", "_stripe_account", "payment_user_agent"})


def _route(
    method: str, path: str, endpoint: Endpoint, typed: type, plays: str = "", *, publishable: bool = False
) -> Route:
    pattern = re.compile("/v1" + path.replace(":id", "([A-Za-z0-9_]+)"))
    # A deleted object shows nothing that could be expanded.
    names = frozenset(plays.split()) | (frozenset() if method == "DELETE" else frozenset({"expand"}))
    return Route(method, pattern, endpoint, typed, names, publishable, _BROWSER if publishable else frozenset())


_CUSTOMER = "name email phone description address preferred_locales metadata"
_INTENT = (
    "amount currency customer payment_method capture_method description receipt_email metadata setup_future_usage"
    " statement_descriptor statement_descriptor_suffix"
)
_CONFIRM = "return_url off_session error_on_requires_action use_stripe_sdk"
_SESSION = (
    "mode ui_mode line_items success_url cancel_url payment_intent_data client_reference_id customer customer_email"
    " customer_creation metadata expires_at currency locale submit_type allowed_payment_method_types automatic_tax"
    " phone_number_collection invoice_creation adaptive_pricing allow_promotion_codes billing_address_collection"
)

ROUTES: tuple[Route, ...] = (
    _route("POST", "/customers", customers.create, p.CustomerCreateParams, _CUSTOMER),
    _route("GET", "/customers", customers.listed, p.CustomerListParams, f"{_LIST} created email"),
    _route("GET", "/customers/:id", customers.retrieve, p.CustomerRetrieveParams),
    _route("POST", "/customers/:id", customers.update, p.CustomerUpdateParams, _CUSTOMER),
    _route("DELETE", "/customers/:id", customers.delete, p.CustomerDeleteParams),
    _route("GET", "/customers/:id/payment_methods", payment_methods.listed, p.CustomerListPaymentMethodsParams, _LIST),
    _route(
        "POST",
        "/payment_methods",
        payment_methods.create,
        p.PaymentMethodCreateParams,
        "type card billing_details metadata",
        publishable=True,
    ),
    _route("GET", "/payment_methods", payment_methods.listed, p.PaymentMethodListParams, f"{_LIST} customer type"),
    _route("GET", "/payment_methods/:id", payment_methods.retrieve, p.PaymentMethodRetrieveParams),
    _route("POST", "/payment_methods/:id", payment_methods.update, p.PaymentMethodUpdateParams, "metadata"),
    _route("POST", "/payment_methods/:id/attach", payment_methods.attach, p.PaymentMethodAttachParams, "customer"),
    _route("POST", "/payment_methods/:id/detach", payment_methods.detach, p.PaymentMethodDetachParams),
    _route(
        "POST",
        "/payment_intents",
        intents.create,
        p.PaymentIntentCreateParams,
        f"{_INTENT} {_CONFIRM} confirm automatic_payment_methods allowed_payment_method_types",
    ),
    _route("GET", "/payment_intents", intents.listed, p.PaymentIntentListParams, f"{_LIST} created customer"),
    _route(
        "GET",
        "/payment_intents/:id",
        intents.retrieve,
        p.PaymentIntentRetrieveParams,
        "client_secret",
        publishable=True,
    ),
    _route("POST", "/payment_intents/:id", intents.update, p.PaymentIntentUpdateParams, _INTENT),
    _route(
        "POST",
        "/payment_intents/:id/confirm",
        intents.confirm,
        p.PaymentIntentConfirmParams,
        f"payment_method receipt_email setup_future_usage capture_method {_CONFIRM}",
        publishable=True,
    ),
    _route(
        "POST",
        "/payment_intents/:id/capture",
        intents.capture,
        p.PaymentIntentCaptureParams,
        "amount_to_capture metadata",
    ),
    _route("POST", "/payment_intents/:id/cancel", intents.cancel, p.PaymentIntentCancelParams, "cancellation_reason"),
    _route("GET", "/charges", charging.listed, p.ChargeListParams, f"{_LIST} created customer payment_intent"),
    _route("GET", "/charges/:id", charging.retrieve, p.ChargeRetrieveParams),
    _route("POST", "/charges/:id", charging.update, p.ChargeUpdateParams, "description receipt_email metadata"),
    _route("POST", "/refunds", refunds.create, p.RefundCreateParams, "amount charge payment_intent metadata reason"),
    _route("GET", "/refunds", refunds.listed, p.RefundListParams, f"{_LIST} created charge payment_intent"),
    _route("GET", "/refunds/:id", refunds.retrieve, p.RefundRetrieveParams),
    _route("POST", "/refunds/:id", refunds.update, p.RefundUpdateParams, "metadata"),
    _route("POST", "/checkout/sessions", checkout.create, c.SessionCreateParams, _SESSION),
    _route(
        "GET",
        "/checkout/sessions",
        checkout.listed,
        c.SessionListParams,
        f"{_LIST} created customer payment_intent status",
    ),
    _route("GET", "/checkout/sessions/:id", checkout.retrieve, c.SessionRetrieveParams),
    _route("POST", "/checkout/sessions/:id", checkout.update, c.SessionUpdateParams, "metadata"),
    _route("GET", "/checkout/sessions/:id/line_items", checkout.line_items, c.SessionListLineItemsParams),
    _route("POST", "/checkout/sessions/:id/expire", checkout.expire, c.SessionExpireParams),
    _route("GET", "/events", events.listed, p.EventListParams, f"{_LIST} created type"),
    _route("GET", "/events/:id", events.retrieve, p.EventRetrieveParams),
)


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """The endpoint at an address and the ids in it. Raises Stripe's answer to an unknown address."""
    for route in ROUTES:
        if route.method == method and (match := route.pattern.fullmatch(path)):
            return route, match.groups()
    raise StripeError(
        404,
        "invalid_request_error",
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at"
        " https://support.stripe.com/.",
        executed=False,
    )
