"""What people see when something is wrong: a sentence, what to do, and the telephone number.

None of these pages asks the database anything: it may be what is wrong. What is not there and what is not yours look
the same. The names of the arguments are Django's.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from config.brand import BRAND


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("errors/400.html", 400)


def permission_denied(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("errors/403.html", 403)


def page_not_found(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("errors/404.html", 404)


def server_error(_request: HttpRequest) -> HttpResponse:
    return _page("errors/500.html", 500)


def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that had lain open for too long, or cookies switched off, or a forgery."""
    return _page("errors/403_csrf.html", 403)


def _page(template: str, status: int) -> HttpResponse:
    """Nothing is kept: what can't be opened now may be open in a minute."""
    response = HttpResponse(render_to_string(template, {"brand": BRAND}), status=status)
    add_never_cache_headers(response)
    return response
