"""The cookie of a visit to the portal. It holds the visit's secret; `customers.services.visits` says what it proves."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from customers.models import PortalVisit
from customers.services.visits import LONG, find_visit

COOKIE_NAME = "visit"


def set_visit_cookie(response: HttpResponseBase, *, token: str, keep: bool) -> None:
    """Signs this browser in: for 30 days if asked, else until it is closed; the visit itself ends after two hours."""
    response.set_cookie(
        COOKIE_NAME,
        token,
        max_age=LONG if keep else None,
        secure=settings.SITE_IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget_visit_cookie(response: HttpResponseBase) -> None:
    response.delete_cookie(COOKIE_NAME, samesite="Lax")


def read_visit_token(request: HttpRequest) -> str:
    """What the browser sent, or an empty text, which proves nothing."""
    return request.COOKIES.get(COOKIE_NAME, "")


def current_visit(request: HttpRequest) -> PortalVisit | None:
    """Who is signed in to the portal in this browser; no query for a browser without the cookie."""
    token = read_visit_token(request)
    return find_visit(token) if token else None
