"""Who may ask: the account's secret key for everything, its publishable key for what a browser may do."""

import base64
import binascii
import hmac
from collections.abc import Mapping

from .account import Account
from .errors import StripeError


def is_publishable(headers: Mapping[str, str], form_key: str | None, account: Account) -> bool:
    """Check the key of a request: bearer or basic, or the ``key`` field that a browser's form sends.

    Returns whether it is the publishable one. Raises 401 for no key and for any other key.
    """
    key = _given(headers.get("authorization", "")) or form_key
    if not key:
        raise _unauthorised(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer"
            " auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if _same(key, account.secret_key):
        return False
    if _same(key, account.publishable_key):
        return True
    raise _unauthorised(f"Invalid API Key provided: {key[:8]}{'*' * 12}{key[-4:] if len(key) > 16 else ''}")


def wrong_kind_of_key() -> StripeError:
    """The publishable key was used where only the secret one will do."""
    return StripeError(
        401,
        "invalid_request_error",
        "This API call cannot be made with a publishable API key. Please use a secret API key."
        " You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
        code="secret_key_required",
        executed=False,
    )


def _given(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode("utf-8").partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _same(given: str, ours: str) -> bool:
    return hmac.compare_digest(given.encode(), ours.encode())


def _unauthorised(message: str) -> StripeError:
    return StripeError(401, "invalid_request_error", message, executed=False)
