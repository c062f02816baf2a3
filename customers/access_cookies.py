"""The cookie an access link is exchanged for. It holds the link's own secret and is sent to one page and below it.

Every page that it opens asks `customers.services.access.opens` each time, so a revoked link closes at once.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

COOKIE_NAME = "access"
_DAYS = 30


def set_access_cookie(response: HttpResponseBase, *, token: str, path: str) -> None:
    """Lets this browser, for 30 days, open the page at `path` (with a slash at the end) and what lies below it."""
    response.set_cookie(
        COOKIE_NAME,
        token,
        max_age=_DAYS * 24 * 3600,
        path=path,
        secure=settings.SITE_IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def read_access_token(request: HttpRequest) -> str:
    """What the browser sent, or an empty text, which opens nothing."""
    return request.COOKIES.get(COOKIE_NAME, "")
