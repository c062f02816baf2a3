"""One attempt to take money for a PaymentIntent by card, and the charge that remembers it.

Every way to pay by card ends here: confirming over the API, the hosted page, and the return from 3-D Secure. Only
``bacs`` makes charges besides.
"""

from typing import Any

from .account import Account, Call
from .cards import Decline
from .errors import Json, StripeError, refused
from .listing import merge_metadata, page
from .payment_methods import card_behind
from .shapes import blank
from .store import new_id

_SHOWN_OF_CARD = ("brand", "country", "exp_month", "exp_year", "funding", "last4")
AUTHENTICATION_REQUIRED = Decline("authentication_required", "authentication_required")


def attempt(account: Account, intent: Json, method: Json) -> Json:
    """Charge the card of ``method`` with the intent's amount, authentication apart (that is the caller's business).

    Returns the intent, succeeded or awaiting capture. Raises the card error when the bank says no: the failed charge
    and the intent's ``last_payment_error`` stay.
    """
    card = card_behind(account, method)
    if card.decline is not None:
        raise decline(account, intent, method, card.decline, _failed_charge(account, intent, method, card.decline))
    manual = intent["capture_method"] == "manual"
    charge = make_charge(
        account,
        intent,
        method,
        status="succeeded",
        paid=True,
        captured=not manual,
        amount_captured=0 if manual else intent["amount"],
    )
    account.store.remember(method["id"], used=True)
    intent.update(
        status="requires_capture" if manual else "succeeded",
        amount_capturable=intent["amount"] if manual else 0,
        amount_received=0 if manual else intent["amount"],
        latest_charge=charge["id"],
        payment_method=method["id"],
        last_payment_error=None,
        next_action=None,
    )
    account.store.save(intent)
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.amount_capturable_updated" if manual else "payment_intent.succeeded", intent)
    return intent


def decline(account: Account, intent: Json, method: Json, why: Decline, charge: Json | None) -> StripeError:
    """Record a refused attempt and return the error for the caller to raise."""
    details: dict[str, Any] = {
        "decline_code": why.decline_code,
        "charge": charge["id"] if charge else None,
        "payment_method": method,
    }
    error = StripeError(402, "card_error", why.message, code=why.code, keeps_changes=True, **details)
    fail(account, intent, dict(error.error), charge)
    error.error["payment_intent"] = intent
    return error


def fail(account: Account, intent: Json, problem: Json, charge: Json | None) -> None:
    """Bring the intent back to where another payment method may be tried."""
    intent.update(status="requires_payment_method", payment_method=None, next_action=None, last_payment_error=problem)
    if charge is not None:
        intent["latest_charge"] = charge["id"]
        account.emit("charge.failed", charge)
    account.store.save(intent)
    account.emit("payment_intent.payment_failed", intent)


def _failed_charge(account: Account, intent: Json, method: Json, why: Decline) -> Json:
    charge = make_charge(
        account,
        intent,
        method,
        status="failed",
        paid=False,
        captured=False,
        failure_code=why.code,
        failure_message=why.message,
    )
    charge["outcome"].update(
        network_status="declined_by_network",
        reason=why.decline_code or why.code,
        seller_message="The bank did not return any further details with this decline.",
        type="issuer_declined",
    )
    return account.store.save(charge)


def make_charge(account: Account, intent: Json, method: Json, **values: Any) -> Json:
    """Store a charge that copies what it is for from the intent and the payment method."""
    charge = blank(
        "charge",
        id=new_id("ch_3", 23),
        created=account.clock.now(),
        amount=intent["amount"],
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),
        payment_intent=intent["id"],
        payment_method=method["id"],
        receipt_email=intent["receipt_email"],
        billing_details=method["billing_details"],
        statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        **values,
    )
    charge["outcome"].update(
        network_status="approved_by_network", seller_message="Payment complete.", type="authorized"
    )
    if method["type"] == "card":
        shown = {name: method["card"][name] for name in _SHOWN_OF_CARD}
        charge["payment_method_details"]["card"].update(
            shown, network=shown["brand"], amount_authorized=intent["amount"]
        )
    else:
        charge["payment_method_details"] = {"type": method["type"], method["type"]: method[method["type"]]}
    return account.store.add(charge)


def capture(account: Account, intent: Json, amount: int) -> Json:
    """Take an authorised amount, or part of it; the rest is released for good."""
    charge = account.fetch("charge", intent["latest_charge"])
    released = charge["amount"] - amount
    charge.update(captured=True, amount_captured=amount, amount_refunded=released)
    account.store.save(charge)
    intent.update(status="succeeded", amount_capturable=0, amount_received=amount)
    account.store.save(intent)
    account.emit("charge.captured", charge)
    account.emit("payment_intent.succeeded", intent)
    return intent


def release(account: Account, charge_id: str) -> None:
    """Let go of an authorised, uncaptured charge: Stripe shows it as refunded."""
    charge = account.fetch("charge", charge_id)
    charge.update(refunded=True, amount_refunded=charge["amount"])
    account.store.save(charge)
    account.emit("charge.refunded", charge)


def retrieve(account: Account, call: Call) -> Json:
    """GET /v1/charges/:id"""
    return account.fetch("charge", call.ids[0])


def update(account: Account, call: Call) -> Json:
    """POST /v1/charges/:id"""
    before = account.fetch("charge", call.ids[0])
    body = dict(before)
    for name in ("description", "receipt_email"):
        if name in call.params:
            body[name] = call.params[name] or None
    if "metadata" in call.params:
        body["metadata"] = merge_metadata(before["metadata"], call.params["metadata"])
    account.store.save(body)
    account.emit("charge.updated", body, before)
    return body


def listed(account: Account, call: Call) -> Json:
    """GET /v1/charges"""
    chosen = {name: call.params.get(name) for name in ("customer", "payment_intent")}
    return page(account, "charge", "/v1/charges", call.params, **chosen)


def capturable(intent: Json) -> Json:
    """The intent, or the refusal Stripe gives when there is nothing to capture."""
    if intent["status"] != "requires_capture":
        raise refused(
            f"This PaymentIntent could not be captured because it has a status of {intent['status']}."
            " Only a PaymentIntent with one of the following statuses may be captured: requires_capture.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    return intent
