"""Bacs Direct Debit: a payment that the bank works on for days, and the only way here to reach ``processing``.

Played on Checkout's page only, when it is switched on (``POST /_control/payment_methods``, as in Stripe's Dashboard),
with the documented test accounts of https://docs.stripe.com/payments/bacs-debit/accept-a-payment#test-integration.
Mandates are not kept.
"""

import re
from dataclasses import dataclass

from .account import Account
from .charging import make_charge
from .errors import Json, StripeError
from .shapes import blank
from .store import new_id

SORT_CODE = "108800"
SETTLE = "settle_debit"
_SOON, _DELAYED = 5, 180
"""Seconds until the bank has decided: "immediately" is a little later, so that ``processing`` can be seen."""


@dataclass(frozen=True)
class BankAccount:
    """A test account: when its bank decides, and why it refuses if it does."""

    number: str
    settles_after: int = _SOON
    failure: str | None = None


_ACCOUNTS = {
    account.number: account
    for account in (
        BankAccount("00012345"),
        BankAccount("90012345", _DELAYED),
        BankAccount("33333335", failure="debit_not_authorized"),
        BankAccount("93333335", _DELAYED, "debit_not_authorized"),
        BankAccount("22222227", failure="insufficient_funds"),
        BankAccount("92222227", _DELAYED, "insufficient_funds"),
    )
}


def read_account(sort_code: str, number: str) -> BankAccount:
    """The test account that was typed. Raises for any other."""
    digits = re.sub(r"[\s-]", "", sort_code)
    account = _ACCOUNTS.get(re.sub(r"\s", "", number)) if digits == SORT_CODE else None
    if account is None:
        raise StripeError(
            402,
            "invalid_request_error",
            "Your bank account number or sort code is not one of the test accounts.",
            code="bank_account_unusable",
            param="account_number" if digits == SORT_CODE else "sort_code",
        )
    return account


def make_method(account: Account, bank_account: BankAccount, *, email: str, name: str) -> Json:
    """Store a payment method for a bank account."""
    body = blank("payment_method", id=new_id("pm_1", 23), created=account.clock.now(), type="bacs_debit")
    del body["card"]
    body["bacs_debit"] = {"fingerprint": None, "last4": bank_account.number[-4:], "sort_code": SORT_CODE}
    body["billing_details"].update(email=email, name=name)
    return account.store.add(body, {"bank_account": bank_account.number})


def start(account: Account, intent: Json, method: Json) -> Json:
    """Send the debit to the bank: the intent is ``processing`` until ``settling.settle_debit``."""
    bank_account = behind(account, method["id"])
    charge = make_charge(account, intent, method, status="pending")
    intent.update(
        status="processing",
        payment_method=method["id"],
        latest_charge=charge["id"],
        last_payment_error=None,
        next_action=None,
    )
    account.store.save(intent)
    account.set_timer(SETTLE, intent["id"], account.clock.now() + bank_account.settles_after)
    account.emit("charge.pending", charge)
    account.emit("payment_intent.processing", intent)
    return intent


def behind(account: Account, payment_method: str) -> BankAccount:
    """The test account of a payment method."""
    return _ACCOUNTS[account.store.private(payment_method)["bank_account"]]
