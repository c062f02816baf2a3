"""Pages of the office that are no form of Django's: where they are, who may open them, and their common frame.

A page is a function in an app's `admin` package:

    @staff_page("bookings/booking/<uuid:key>/", name="bookings_booking_page", permission="bookings.view_booking")
    def booking_page(request: HttpRequest, key: UUID) -> HttpResponse: ...

It is found under /admin/ and reversed as "admin:<name>". Who may not enter the office is sent to the log-in, who may
not open this page gets 403, both before the function runs.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

type View = Callable[..., HttpResponseBase]

_PAGES: list[tuple[str, str, View]] = []
_OPEN_PAGES: list[tuple[str, str, View]] = []


def staff_page(route: str, *, name: str, permission: str | tuple[str, ...] | None) -> Callable[[View], View]:
    """Puts a view into the office, for who has `permission` (of several: any one); None lets in everybody there."""
    needed = (permission,) if isinstance(permission, str) else permission

    def register(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **named: Any) -> HttpResponseBase:
            if needed is not None and not any(request.user.has_perm(one) for one in needed):
                raise PermissionDenied
            return view(request, **named)

        _PAGES.append((route, name, guarded))
        return guarded

    return register


def open_page(route: str, *, name: str) -> Callable[[View], View]:
    """Puts a view beside the office for who is not in yet: the steps of logging in. It guards itself."""

    def register(view: View) -> View:
        _OPEN_PAGES.append((route, name, view))
        return view

    return register


def page_addresses() -> Iterator[URLPattern]:
    """The addresses of all pages registered so far, to be put before Django's own."""
    for route, name, view in _OPEN_PAGES:
        yield path(route, view, name=name)
    for route, name, view in _PAGES:
        yield path(route, admin.site.admin_view(view), name=name)


def office_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, status: int = 200
) -> TemplateResponse:
    """A page in the office's frame; `title` is its h1 and the beginning of its title."""
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), "title": title, **context}, status=status
    )
