"""The bank's answer to a direct debit, days later: the payment succeeds or fails after the payer has left."""

from . import bacs, charging
from .account import Account
from .errors import Json


def settle_debit(account: Account, intent_id: str) -> None:
    """End a debit the way its test account asks for, and tell of its Checkout session."""
    intent = account.fetch("payment_intent", intent_id)
    charge = account.fetch("charge", intent["latest_charge"])
    session = account.fetch("checkout.session", account.store.private(intent_id)["session"])
    failure = bacs.behind(account, intent["payment_method"]).failure
    if failure is None:
        charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
        account.store.save(charge)
        intent.update(status="succeeded", amount_received=intent["amount"])
        account.store.save(intent)
        session["payment_status"] = "paid"
        account.store.save(session)
        account.emit("charge.succeeded", charge)
        account.emit("payment_intent.succeeded", intent)
    else:
        _refuse(account, intent, charge, failure)
    outcome = "succeeded" if failure is None else "failed"
    account.emit(f"checkout.session.async_payment_{outcome}", session)


def _refuse(account: Account, intent: Json, charge: Json, failure: str) -> None:
    message = "The bank refused this direct debit."
    charge.update(status="failed", failure_code=failure, failure_message=message)
    account.store.save(charge)
    method = account.fetch("payment_method", intent["payment_method"])
    problem = {"type": "card_error", "code": failure, "message": message, "payment_method": method}
    charging.fail(account, intent, problem | {"charge": charge["id"]}, charge)
