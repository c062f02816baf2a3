"""The staff site: Django's own admin under our name."""

from http import HTTPStatus
from typing import Any, override
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.cache import add_never_cache_headers

from config.brand import BRAND
from config.kernel.searching import LONGEST_SEARCH
from config.office import page_addresses
from customers.services.timeline import record_activity


class StaffAdminSite(admin.AdminSite):
    site_header = BRAND.name
    site_title = f"{BRAND.name} office"
    index_title = "Office"
    # A model registered without a thought shows nothing by accident: there are no bulk deletions anywhere.
    actions_on_top = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    @override
    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [*page_addresses(), *super().get_urls()]

    @override
    def password_change(  # type: ignore[override]  # after a change Django leads on, which its types don't know
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One's own password; all other sessions end with the old one. Told on the timeline."""
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            record_activity(user_id=UUID(str(request.user.pk)), kind="rights", summary="Password changed")
        add_never_cache_headers(response)
        return response

    @override
    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Kept by no browser, as every page of the office; Django lets them keep these two."""
        response = super().password_change_done(request, extra_context)
        add_never_cache_headers(response)
        return response

    @override
    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Nothing is called by a null character, which Django lets through to the database here (not in lists)."""
        term = request.GET.get("term", "")
        if "\0" in term or len(term) > LONGEST_SEARCH:
            raise BadRequest("Nothing is called that")
        return super().autocomplete_view(request)
