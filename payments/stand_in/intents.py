"""PaymentIntents: making, changing, confirming, authenticating, capturing and cancelling them.

The life of one is https://docs.stripe.com/payments/paymentintents/lifecycle. Only cards are
taken here; ``processing`` is reached by a direct debit on Checkout's page (see ``bacs``).
"""

from typing import Any

from . import authentication, charging
from .account import Account, Call
from .amounts import check_amount, checked_currency
from .errors import Json, StripeError, bad_parameter, not_found, refused, unsupported
from .listing import merge_metadata, page
from .payment_methods import card_behind, resolve
from .shapes import blank
from .store import new_id
from .urls import check_url

CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
_PLAIN = ("description", "receipt_email", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix")
_FOR_BROWSERS = (
    *("id", "object", "amount", "amount_details", "automatic_payment_methods", "canceled_at", "cancellation_reason"),
    *("capture_method", "client_secret", "confirmation_method", "created", "currency", "description"),
    *("last_payment_error", "livemode", "next_action", "payment_method", "payment_method_configuration_details"),
    *("payment_method_types", "processing", "receipt_email", "setup_future_usage", "shipping", "source", "status"),
)
"""What a publishable key may see: "retrievable with publishable key" at
https://docs.stripe.com/api/payment_intents/object."""


def make(account: Account, *, amount: int, currency: str, private: Json | None = None, **values: Any) -> Json:
    """Store a new intent and tell of it. ``private`` names the Checkout session that made it, if one did."""
    intent_id = new_id("pi_3", 23)
    values.setdefault("status", "requires_confirmation" if values.get("payment_method") else "requires_payment_method")
    intent = blank(
        "payment_intent",
        id=intent_id,
        created=account.clock.now(),
        client_secret=new_id(f"{intent_id}_secret_", 25),
        amount=amount,
        currency=currency,
        **values,
    )
    account.store.add(intent, private)
    account.emit("payment_intent.created", intent)
    return intent


def create(account: Account, call: Call) -> Json:
    """POST /v1/payment_intents, perhaps confirming at once."""
    params = call.params
    currency = checked_currency(params["currency"])
    check_amount(params["amount"], currency)
    _check_confirming_parameters(params)
    method = _method(account, params, params.get("customer"))
    intent = make(
        account,
        amount=params["amount"],
        currency=currency,
        customer=_customer(account, params),
        metadata=merge_metadata({}, params.get("metadata", {})),
        capture_method=params.get("capture_method", "automatic_async"),
        automatic_payment_methods=_automatic(params),
        payment_method=method["id"] if method else None,
        **{name: params[name] or None for name in _PLAIN if name in params},
    )
    return confirm_with(account, intent, method, call) if params.get("confirm") else intent


def _automatic(params: Json) -> Json | None:
    """The default since API version 2023-08-16: whatever the Dashboard has switched on."""
    if "allowed_payment_method_types" in params:
        if "automatic_payment_methods" in params:
            raise bad_parameter(
                "You may only specify one of these parameters: allowed_payment_method_types, automatic_payment_methods."
            )
        if params["allowed_payment_method_types"] != ["card"]:
            raise unsupported("payment methods other than cards", "allowed_payment_method_types")
        return None
    given = params.get("automatic_payment_methods", {"enabled": True})
    if not given["enabled"]:
        raise unsupported("automatic_payment_methods that are not enabled", "automatic_payment_methods[enabled]")
    return {"allow_redirects": given.get("allow_redirects", "always"), "enabled": True}


def _customer(account: Account, params: Json) -> str | None:
    customer: str | None = params.get("customer") or None
    if customer is not None:
        account.fetch("customer", customer, "customer")
    return customer


def _method(account: Account, params: Json, customer: str | None) -> Json | None:
    return resolve(account, params["payment_method"], customer) if params.get("payment_method") else None


def _check_confirming_parameters(params: Json) -> None:
    if params.get("confirm"):
        return
    for name in ("return_url", "off_session", "error_on_requires_action", "use_stripe_sdk"):
        if name in params:
            raise bad_parameter(
                f"The parameter `{name}` cannot be passed when creating a PaymentIntent unless `confirm` is set to"
                " true.",
                param=name,
            )


def retrieve(account: Account, call: Call) -> Json:
    """GET /v1/payment_intents/:id"""
    intent = _named(account, call)
    return _for(call, intent)


def _named(account: Account, call: Call) -> Json:
    """The intent in the address. With a publishable key its secret must be shown."""
    intent = account.store.get("payment_intent", call.ids[0])
    if intent is None:
        raise not_found("payment_intent", call.ids[0], "intent")
    secret = call.params.get("client_secret")
    if secret != intent["client_secret"] if call.publishable else secret not in (None, intent["client_secret"]):
        raise refused(
            "The client_secret provided does not match any associated PaymentIntent on this account. Ensure the"
            " publishable key used belongs to the same account that created the PaymentIntent.",
            code="payment_intent_invalid_parameter",
            param="client_secret",
        )
    return intent


def _for(call: Call, intent: Json) -> Json:
    return {name: intent[name] for name in _FOR_BROWSERS} if call.publishable else intent


def update(account: Account, call: Call) -> Json:
    """POST /v1/payment_intents/:id. Nothing but words may change once money moved."""
    params = call.params
    intent = _named(account, call)
    weighty = [
        name for name in ("amount", "currency", "customer", "payment_method", "capture_method") if name in params
    ]
    if weighty and intent["status"] not in CONFIRMABLE:
        raise _unexpected(intent, f"This PaymentIntent's {weighty[0]} could not be updated because it has a status of")
    currency = checked_currency(str(params.get("currency", intent["currency"])))
    if "amount" in params:
        check_amount(params["amount"], currency)
    method = _method(account, params, params.get("customer", intent["customer"]))
    if "metadata" in params:
        intent["metadata"] = merge_metadata(intent["metadata"], params["metadata"])
    if "customer" in params:
        intent["customer"] = _customer(account, params)
    if method is not None:
        intent.update(payment_method=method["id"], status="requires_confirmation", next_action=None)
    intent.update({name: params[name] for name in ("amount", "capture_method") if name in params}, currency=currency)
    intent.update({name: params[name] or None for name in _PLAIN if name in params})
    return account.store.save(intent)


def confirm(account: Account, call: Call) -> Json:
    """POST /v1/payment_intents/:id/confirm, by the server or, with the client secret, by a browser."""
    intent = _named(account, call)
    try:
        return _for(call, _confirm(account, call, intent))
    except StripeError as error:
        if "payment_intent" in error.error:
            error.error["payment_intent"] = _for(call, error.error["payment_intent"])
        raise


def _confirm(account: Account, call: Call, intent: Json) -> Json:
    if account.store.private(intent["id"]).get("session"):
        raise refused("You cannot confirm this PaymentIntent because it was created by Checkout.")
    if intent["status"] not in CONFIRMABLE:
        done = intent["status"] == "succeeded"
        reason = "it has already succeeded after being previously confirmed" if done else None
        raise _unexpected(intent, "You cannot confirm this PaymentIntent because", reason)
    method = _method(account, call.params, intent["customer"])
    if method is None and intent["payment_method"] is not None:
        method = account.fetch("payment_method", intent["payment_method"])
    for name in ("receipt_email", "setup_future_usage", "capture_method"):
        if name in call.params:
            intent[name] = call.params[name] or None
    return confirm_with(account, intent, method, call)


def confirm_with(account: Account, intent: Json, method: Json | None, call: Call) -> Json:
    """Try to pay an intent with a payment method: it succeeds, is refused, or asks for 3-D Secure first."""
    params = call.params
    if params.get("return_url"):
        check_url(params["return_url"], "return_url")
    if method is None:
        raise refused(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the"
            " PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a"
            " payment method or ConfirmationToken.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    automatic = intent["automatic_payment_methods"] or {"allow_redirects": "never"}
    if automatic["allow_redirects"] == "always" and not (params.get("return_url") or params.get("use_stripe_sdk")):
        raise refused(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of"
            " these payment methods might redirect your customer off of your page, you must provide a `return_url`. If"
            " you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to"
            " `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and"
            " Payment Intents.",
            param="return_url",
        )
    if not card_behind(account, method).challenge:
        return charging.attempt(account, intent, method)
    if params.get("off_session") or params.get("error_on_requires_action"):
        raise charging.decline(account, intent, method, charging.AUTHENTICATION_REQUIRED, None)
    # Stripe.js shows the bank's page in place; without it the payer is sent there and comes back to `return_url`.
    return_url = None if params.get("use_stripe_sdk") else params.get("return_url")
    return authentication.ask(account, intent, method, call.base_url, return_url)


def capture(account: Account, call: Call) -> Json:
    """POST /v1/payment_intents/:id/capture"""
    intent = charging.capturable(_named(account, call))
    most: int = intent["amount_capturable"]
    amount: int = call.params.get("amount_to_capture", most)
    if not 1 <= amount <= most:
        raise refused(
            "The provided capture amount must be positive and no greater than the amount you can capture for this"
            f" PaymentIntent: {most}.",
            code="amount_too_large" if amount > 0 else "amount_too_small",
            param="amount_to_capture",
        )
    if "metadata" in call.params:
        intent["metadata"] = merge_metadata(intent["metadata"], call.params["metadata"])
    return charging.capture(account, intent, amount)


def cancel(account: Account, call: Call) -> Json:
    """POST /v1/payment_intents/:id/cancel. An intent of Checkout is cancelled by expiring its session."""
    intent = _named(account, call)
    if intent["status"] not in CANCELABLE:
        raise _unexpected(intent, "You cannot cancel this PaymentIntent because it has a status of", allowed=CANCELABLE)
    if account.store.private(intent["id"]).get("session") and intent["status"] != "requires_capture":
        raise refused(
            "You cannot cancel this PaymentIntent because it was created by Checkout. Expire the Checkout Session"
            " instead.",
            payment_intent=intent,
        )
    return end(account, intent, call.params.get("cancellation_reason"))


def end(account: Account, intent: Json, reason: str | None) -> Json:
    """Cancel an intent that can still be cancelled, and let go of what was authorised."""
    authorised = intent["status"] == "requires_capture"
    intent.update(
        status="canceled",
        canceled_at=account.clock.now(),
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    account.store.save(intent)
    if authorised:
        charging.release(account, intent["latest_charge"])
    account.emit("payment_intent.canceled", intent)
    return intent


def listed(account: Account, call: Call) -> Json:
    """GET /v1/payment_intents"""
    return page(account, "payment_intent", "/v1/payment_intents", call.params, customer=call.params.get("customer"))


def _unexpected(
    intent: Json, sentence: str, reason: str | None = None, allowed: tuple[str, ...] = CONFIRMABLE
) -> StripeError:
    if reason is None:
        sentence = sentence if sentence.endswith("status of") else f"{sentence} it has a status of"
        reason = f"{intent['status']}. Only a PaymentIntent with one of the following statuses may be changed so:"
        reason += " " + ", ".join(allowed)
    return refused(f"{sentence} {reason}.", code="payment_intent_unexpected_state", payment_intent=intent)
