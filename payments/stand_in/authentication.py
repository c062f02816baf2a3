"""3-D Secure: a payer is sent to their bank's page and comes back with a yes or a no."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from . import charging
from .account import Account
from .errors import Json


def ask(account: Account, intent: Json, method: Json, base_url: str, return_url: str | None) -> Json:
    """Send the payer to the 3-D Secure page; what follows happens in ``finish``."""
    address = address_of(base_url, intent)
    if return_url is None:
        action: Json = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": address},
        }
    else:
        action = {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": address}}
    intent.update(status="requires_action", payment_method=method["id"], next_action=action, last_payment_error=None)
    account.store.save(intent)
    account.emit("payment_intent.requires_action", intent)
    return intent


def address_of(base_url: str, intent: Json) -> str:
    """Where the payer proves who they are. The client secret in it is what makes it theirs."""
    return f"{base_url}/c/authenticate/{intent['id']}?{urlencode({'secret': intent['client_secret']})}"


def finish(account: Account, intent: Json, *, passed: bool) -> Json:
    """Finish 3-D Secure: charge the card, or refuse the payment method. Raises the card error of a later refusal."""
    method = account.fetch("payment_method", intent["payment_method"])
    if passed:
        return charging.attempt(account, intent, method)
    problem = {
        "type": "invalid_request_error",
        "code": "payment_intent_authentication_failure",
        "doc_url": "https://stripe.com/docs/error-codes/payment-intent-authentication-failure",
        "message": "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new"
        " PaymentMethod to attempt to fulfill this PaymentIntent again.",
        "payment_method": method,
    }
    charging.fail(account, intent, problem, None)
    return intent


def returning_url(intent: Json, return_url: str) -> str:
    """``return_url`` with what Stripe adds to it when the payer comes back."""
    parts = urlsplit(return_url)
    outcome = "succeeded" if intent["status"] in ("succeeded", "requires_capture") else "failed"
    added = urlencode(
        {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": outcome,
        }
    )
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
