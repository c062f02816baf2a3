"""From a request under ``/v1/`` to its answer: fault, key, address, idempotency, parameters, endpoint."""

import time
from urllib.parse import unquote

import stripe

from .account import Account, Call
from .auth import is_publishable, wrong_kind_of_key
from .errors import Json, StripeError, bad_parameter, unsupported
from .faults import Fault, Kind
from .forms import Form, decode
from .idempotency import Answer, Idempotency
from .listing import expand
from .messages import Reply, Request, as_json, no_answer
from .parameters import check
from .routing import Route, find
from .store import new_id
from .timers import run_due

_FORM = "application/x-www-form-urlencoded"


class Api:
    """The endpoints of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._idempotency = Idempotency(account.store)

    def answer(self, request: Request) -> Reply:
        """Answer one request; never raises for what the caller did."""
        fault = self._account.faults.take(request.method, request.path)
        if fault is not None and fault.kind is Kind.TIMEOUT_BEFORE:
            return no_answer(fault.seconds)
        request_id = new_id("req_", 14)
        try:
            reply = self._answer(request, request_id, fault)
        except StripeError as error:
            reply = as_json(error.status, error.body)
        reply.headers.setdefault("Request-Id", request_id)
        reply.headers["Stripe-Version"] = stripe.api_version
        # Browsers confirm payments from the product's pages, which have another origin.
        reply.headers["Access-Control-Allow-Origin"] = "*"
        if key := request.headers.get("idempotency-key"):
            reply.headers["Idempotency-Key"] = key
        if reply.status == 500:
            # A repetition would only be given the stored 500; Stripe tells its libraries not to try.
            reply.headers["Stripe-Should-Retry"] = "false"
        if fault is not None and fault.kind is Kind.TIMEOUT_AFTER:
            reply.silence = fault.seconds
        return reply

    def _answer(self, request: Request, request_id: str, fault: Fault | None) -> Reply:
        form = _form(request)
        publishable = is_publishable(request.headers, form.get("key"), self._account)
        route, ids = find(request.method, unquote(request.path))
        if publishable and not route.publishable:
            raise wrong_kind_of_key()
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        with self._idempotency.using(key):
            if fault is not None and fault.kind is Kind.SLOW:
                time.sleep(fault.seconds)
            run_due(self._account)
            call = (route, ids, form, publishable, request.base_url)
            reply = self._once(call, f"{request.method} {request.path}", key, request_id, fault)
        self._account.webhooks.wake()
        return reply

    def _once(
        self,
        call: tuple[Route, tuple[str, ...], Form, bool, str],
        endpoint: str,
        key: str | None,
        request_id: str,
        fault: Fault | None,
    ) -> Reply:
        """Replay the key's stored answer, or do the work and store it, in one transaction."""
        route, ids, form, publishable, base_url = call
        with self._account.store.transaction():
            stored = self._idempotency.stored(key, endpoint, form) if key else None
            if stored is not None:
                reply = as_json(stored.status, stored.body)
                reply.headers |= {"Idempotent-Replayed": "true", "Original-Request": stored.request_id}
                return reply
            if fault is not None:
                _stop_at_the_door(fault)
            parameters = check(form, route.typed, extra=route.browser)
            if unplayed := sorted(set(parameters) - route.plays - route.browser):
                raise unsupported(f"the parameter {unplayed[0]} here", unplayed[0])
            with self._account.acting_for(request_id, key):
                asked = Call(parameters, ids, publishable, base_url)
                status, body = self._execute(route, asked, fault)
            reply = as_json(status, body)
            if key:
                self._idempotency.keep(key, endpoint, form, Answer(status, reply.body.decode(), request_id))
            return reply

    def _execute(self, route: Route, call: Call, fault: Fault | None) -> tuple[int, Json]:
        """Run the endpoint; a refusal undoes its changes unless it says they stay."""
        if fault is not None and fault.kind is Kind.BROKEN:
            return 500, _broken().body
        try:
            with self._account.store.transaction():
                try:
                    result = route.endpoint(self._account, call)
                except StripeError as error:
                    if not error.keeps_changes:
                        raise
                    return error.status, error.body
                expanded = expand(self._account, result, call.params.get("expand", []))
        except StripeError as error:
            if not error.executed:
                raise
            return error.status, error.body
        return (500, _broken().body) if fault is not None and fault.kind is Kind.BROKEN_AFTER else (200, expanded)


def _form(request: Request) -> Form:
    if request.method != "POST":
        return decode(request.query)
    if request.body and not request.headers.get("content-type", "").startswith(_FORM):
        raise bad_parameter(f"Invalid request (check that your POST content type is {_FORM}).")
    return decode(request.body.decode("utf-8", "replace"))


def _stop_at_the_door(fault: Fault) -> None:
    if fault.kind is Kind.RATE_LIMITED:
        raise StripeError(
            429,
            "invalid_request_error",
            "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
            code="rate_limit",
            executed=False,
        )
    if fault.kind is Kind.UNAVAILABLE:
        raise StripeError(503, "api_error", "Stripe is temporarily unavailable. Please try again.", executed=False)


def _broken() -> StripeError:
    return StripeError(
        500,
        "api_error",
        "An unknown error occurred. If you believe this is a problem with Stripe, please contact support.",
    )
