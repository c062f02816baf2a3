"""What people see when something is wrong: a sentence, what to do, and the telephone number.

None of these pages needs the database: it may be what is wrong. The page for an address that leads nowhere offers the
courses where the database answers. What is not there and what is not yours look the same. The names of the arguments
are Django's.
"""

import logging

from django.core.cache import cache
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from bookings.models import Course
from config.brand import BRAND

logger = logging.getLogger(__name__)

WAIT_SECONDS = 60
MAINTENANCE_SECONDS = 600

# Reference data, so that whoever asks for a thousand addresses that lead nowhere asks the database once a minute.
_COURSES_KEY = "courses-to-look-for"
_COURSES_SECONDS = 60

# When even a page can't be made (a template or a stylesheet is missing), it is said in plain words.
_LAST_RESORT = (
    '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Something went wrong on our side</title>'
    "<h1>Something went wrong on our side</h1>"
    "<p>We’re sorry. Nothing you booked or paid for is lost. Try again in a few minutes.</p>"
    f'<p>If you need help, call <a href="{BRAND.phone_link}">{BRAND.phone}</a>, {BRAND.hours}.</p></html>'
)


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("errors/400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("errors/office_403.html" if _is_office(request) else "errors/403.html", 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Bookings and places say how they are opened, whether they exist or not; other pages offer the courses."""
    if _is_office(request):
        return _page("errors/office_404.html", 404)
    match = request.resolver_match
    if match and match.kwargs.keys() & {"reference", "attendee_id"}:
        return _page("errors/404_private.html", 404)
    return _page("errors/404.html", 404, courses=_courses())


def too_many_requests(_request: HttpRequest) -> HttpResponse:
    response = _page("errors/429.html", 429)
    response["Retry-After"] = str(WAIT_SECONDS)
    return response


def server_error(_request: HttpRequest) -> HttpResponse:
    try:
        return _page("errors/500.html", 500)
    except Exception:
        logger.exception("The page for errors could not be made.")
        return HttpResponse(_LAST_RESORT, status=500)


def maintenance() -> HttpResponse:
    response = _page("errors/503.html", 503)
    response["Retry-After"] = str(MAINTENANCE_SECONDS)
    return response


def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that had lain open for too long, or cookies switched off, or a forgery."""
    return _page("errors/403_csrf.html", 403)


def _is_office(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("admin:index"))


def _courses() -> list[tuple[str, str]]:
    """Slugs and names of the courses to look for; none while the database does not answer."""
    courses: list[tuple[str, str]] | None = cache.get(_COURSES_KEY)
    if courses is None:
        try:
            courses = list(Course.objects.filter(is_published=True).values_list("slug", "name"))
        except DatabaseError:
            courses = []
        cache.set(_COURSES_KEY, courses, _COURSES_SECONDS)
    return courses


def _page(template: str, status: int, **context: object) -> HttpResponse:
    """Nothing is kept: what can't be opened now may be open in a minute."""
    response = HttpResponse(render_to_string(template, {"brand": BRAND, **context}), status=status)
    add_never_cache_headers(response)
    return response
