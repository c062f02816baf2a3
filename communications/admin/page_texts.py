"""What the plain pages say."""

from typing import Any, cast, override

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from communications.models import PageText
from communications.pages import PLACEHOLDERS, page_html
from communications.selectors import newest_page_texts
from communications.services import page_texts
from communications.wording import listed
from customers.admin_bases import KeptAdmin
from customers.list_filters import choice_of
from customers.models import User


@admin.register(PageText)
class PageTextAdmin(KeptAdmin[PageText]):
    """The plain pages: the newest version of each can be changed, which adds a version; those before can be read."""

    list_display = ("page", "title", "version", "changed_at", "changed_by", "is_shown")
    list_filter = (choice_of("page", PageText.Page, "page"),)
    list_select_related = ("changed_by",)
    fields = ("page", "version", "title", "body", "changed_at", "changed_by", "as_shown")
    readonly_fields = ("page", "version", "changed_at", "changed_by", "as_shown")
    longest = {"body": 50_000}

    @override
    def get_form(
        self, request: HttpRequest, obj: PageText | None = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        kwargs["help_texts"] = {
            "body": "## begins a heading, - a line of a list, an empty line a paragraph; **bold**; [words](/terms/) "
            f"a link. {listed(list(PLACEHOLDERS))} stand for what every page says. Saving shows the page to everybody."
        }
        return super().get_form(request, obj, change, **kwargs)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[PageText]:
        newest = newest_page_texts().filter(pk=OuterRef("pk"))
        return super().get_queryset(request).annotate(shown=Exists(newest))

    @admin.display(description="is what the page says now", boolean=True)
    def is_shown(self, text: PageText) -> bool:
        return bool(getattr(text, "shown", False))

    @admin.display(description="as the page shows it")
    def as_shown(self, text: PageText) -> SafeString:
        return page_html(text.body)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: PageText | None = None) -> bool:
        is_old = obj is not None and not self.is_shown(obj)
        return not is_old and super().has_change_permission(request, obj)

    @override
    def save_model(self, request: HttpRequest, obj: PageText, form: Any, change: bool) -> None:
        page_texts.add_version(text=obj, changed_by=cast(User, request.user))
