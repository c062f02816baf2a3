"""The cookie of a browser in which a member of staff has logged in before.

It opens nothing. Wrong guesses at somebody's password are counted apart in a browser that they have used, so that a
stranger who keeps guessing slows down strangers and not the person. (OWASP calls it a device cookie.)
"""

import hashlib

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from config.kernel.signing import new_token

COOKIE_NAME = "known_browser"
_SECONDS = 365 * 24 * 3600
_PATH = "/admin/"


def remember_browser(response: HttpResponseBase, *, email_key: str) -> None:
    """After every log-in anew. Nobody can be read from it: it holds a hash of the address and a random name."""
    response.set_cookie(
        COOKIE_NAME,
        signing.dumps([_hash(email_key), new_token()], salt=COOKIE_NAME),
        max_age=_SECONDS,
        path=_PATH,
        secure=settings.SITE_IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def who_tries(request: HttpRequest, *, email_key: str) -> str:
    """Under what a try at this address is counted: the address, and the browser where its owner was in before."""
    try:
        whose, browser = signing.loads(request.COOKIES.get(COOKIE_NAME, ""), salt=COOKIE_NAME, max_age=_SECONDS)
    except (signing.BadSignature, ValueError):
        return email_key
    return f"{email_key}:{browser}" if whose == _hash(email_key) else email_key


def _hash(email_key: str) -> str:
    return hashlib.sha256(email_key.encode("utf-8", "surrogatepass")).hexdigest()
