"""Tokens for links in letters: made, stored and compared. What a token opens is its owner's business.

Only the hash of a token is stored and only hashes are compared, so a link that was mailed goes on working
after SECRET_KEY is rotated: the key is needed to *derive* a token (so that it can be put into a later letter
without ever having been stored), never to check one. After a rotation a derived token differs from the
stored hash; the owner then stores a second hash for the new one and leaves the old one alone.
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.encoding import force_bytes

_KEY_CONTEXT = b"config.kernel.signing.derive_token.v1"


def new_token() -> str:
    """256 random bits, safe in a URL (43 characters)."""
    return secrets.token_urlsafe(32)


def derive_token(purpose: str, key: str) -> str:
    """The 256-bit token for `key` under `purpose`: the same every time, safe in a URL (43 characters).

    Tokens of two purposes never coincide, whatever their keys. Raises ValueError when either is empty.
    """
    return base64.urlsafe_b64encode(_digest(purpose, key)).rstrip(b"=").decode("ascii")


def derive_code(purpose: str, key: str) -> str:
    """Six digits for `key` under `purpose`, the same every time: for people to type.

    One of a million: whoever checks it counts the tries. Raises ValueError when either is empty.
    """
    return f"{int.from_bytes(_digest(purpose, key)) % 1_000_000:06d}"


def hash_token(token: str) -> str:
    """What is stored of a token: its SHA-256 in 64 hexadecimal digits.

    A plain hash is enough because a token is 256 bits of randomness; there is nothing to guess.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def constant_time_equal(first: str, second: str) -> bool:
    """Whether two strings are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(first.encode("utf-8", "surrogatepass"), second.encode("utf-8", "surrogatepass"))


def _digest(purpose: str, key: str) -> bytes:
    if not purpose or not key:
        raise ValueError("A token needs a purpose and a key.")
    signing_key = hmac.digest(force_bytes(settings.SECRET_KEY), _KEY_CONTEXT, "sha256")
    # The length in front keeps ("ab", "c") and ("a", "bc") apart.
    return hmac.digest(signing_key, f"{len(purpose)}:{purpose}{key}".encode(), "sha256")
