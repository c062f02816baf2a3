"""The staff site: Django's own admin under our name."""

from typing import Any, override

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.cache import add_never_cache_headers

from config.brand import BRAND
from config.kernel.searching import LONGEST_SEARCH
from config.office import page_addresses


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
    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Kept by no browser, as every page of the office; Django lets them keep this one."""
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
