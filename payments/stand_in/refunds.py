"""Refunds: never more than was captured, pending ones counted; failures give the money back to the charge."""

from .account import Account, Call
from .amounts import words
from .cards import remembered
from .errors import Json, StripeError, bad_parameter, refused
from .listing import merge_metadata, page

SETTLES_AFTER = 5
"""Seconds until an asynchronous refund ends: "some time later", says https://docs.stripe.com/testing#refunds."""
SETTLE = "settle_refund"


def create(account: Account, call: Call) -> Json:
    """POST /v1/refunds"""
    params = call.params
    charge = _charge(account, params)
    remaining = charge["amount"] - charge["amount_refunded"]
    if remaining == 0:
        raise refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = params.get("amount", remaining)
    if amount < 1:
        raise bad_parameter("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > remaining:
        asked, left = words(amount, charge["currency"]), words(remaining, charge["currency"])
        raise refused(f"Refund amount ({asked}) is greater than unrefunded amount on charge ({left})", param="amount")
    course = _course(account, charge)
    refund = account.make(
        "refund",
        "re_3",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        metadata=merge_metadata({}, params.get("metadata") or {}),
        reason=params.get("reason"),
        status="pending" if course == "pending_then_succeeds" else "succeeded",
    )
    if course != "succeeds":
        account.set_timer(SETTLE, refund["id"], account.clock.now() + SETTLES_AFTER)
    _move(account, charge, amount)
    account.emit("refund.created", refund)
    account.emit("charge.refunded", charge)
    return refund


def _charge(account: Account, params: Json) -> Json:
    """The captured charge to give back from, named by itself or by its intent."""
    if "charge" not in params and "payment_intent" not in params:
        raise bad_parameter(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    charge_id = params.get("charge")
    if "payment_intent" in params:
        intent = account.fetch("payment_intent", params["payment_intent"], "payment_intent")
        if intent["latest_charge"] is None:
            raise _nothing_to_refund(intent["id"])
        if charge_id not in (None, intent["latest_charge"]):
            raise refused("The charge and the payment_intent provided do not belong together.", param="charge")
        charge_id = intent["latest_charge"]
    charge = account.fetch("charge", str(charge_id), "charge")
    if not charge["captured"]:
        raise _nothing_to_refund(charge["payment_intent"])
    return charge


def _course(account: Account, charge: Json) -> str:
    """The course of a refund: that of the test card; a direct debit is always given back in the slow way."""
    private = account.store.private(charge["payment_method"])
    return remembered(private["card"]).refund if "card" in private else "pending_then_succeeds"


def _nothing_to_refund(intent_id: str) -> StripeError:
    return refused(
        f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
        code="payment_intent_unexpected_state",
    )


def _move(account: Account, charge: Json, amount: int) -> None:
    """Count ``amount`` (negative when a refund failed) as given back."""
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    account.store.save(charge)


def settle(account: Account, refund_id: str) -> None:
    """End an asynchronous refund the way its card asks for."""
    refund = account.fetch("refund", refund_id)
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        account.store.save(refund)
        _tell(account, refund, "refund.updated", "charge.refund.updated")
        return
    refund.update(status="failed")
    refund["failure_reason"] = "expired_or_canceled_card"
    refund["failure_balance_transaction"] = None
    account.store.save(refund)
    _move(account, account.fetch("charge", refund["charge"]), -refund["amount"])
    _tell(account, refund, "refund.updated", "charge.refund.updated", "refund.failed")


def _tell(account: Account, refund: Json, *event_types: str) -> None:
    for event_type in event_types:
        account.emit(event_type, refund)


def retrieve(account: Account, call: Call) -> Json:
    """GET /v1/refunds/:id"""
    return account.fetch("refund", call.ids[0])


def update(account: Account, call: Call) -> Json:
    """POST /v1/refunds/:id: its metadata only."""
    before = account.fetch("refund", call.ids[0])
    body = dict(before)
    if "metadata" in call.params:
        body["metadata"] = merge_metadata(before["metadata"], call.params["metadata"])
    account.store.save(body)
    account.emit("refund.updated", body, before)
    return body


def listed(account: Account, call: Call) -> Json:
    """GET /v1/refunds, perhaps of one charge or one PaymentIntent"""
    chosen = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    return page(account, "refund", "/v1/refunds", call.params, **chosen)
