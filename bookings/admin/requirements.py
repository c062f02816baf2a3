"""What people can ask for: the list they tick. What was said lies in `orders`, and only that it is there."""

from collections.abc import Sequence
from typing import override

from django.contrib import admin
from django.http import HttpRequest

from bookings.models import RequirementTemplate
from customers.admin_bases import KeptAdmin


@admin.register(RequirementTemplate)
class RequirementTemplateAdmin(KeptAdmin[RequirementTemplate]):
    list_display = ("label", "full_hint", "venue_fact", "priority", "is_offered", "position")
    list_filter = ("is_offered", "priority", "venue_fact")
    ordering = ("position", "label")
    fieldsets = (
        (None, {"fields": ("label", "slug", "hint", "notice_working_days", "position", "is_offered")}),
        ("Meeting it", {"fields": ("venue_fact", "priority", "critical_words")}),
    )

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: RequirementTemplate | None = None) -> tuple[str, ...]:
        """What people said holds the slug: it is chosen once."""
        return ("slug",) if obj else ()

    @override
    def get_prepopulated_fields(
        self, request: HttpRequest, obj: RequirementTemplate | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ("label",)}

    @admin.display(description="hint")
    def full_hint(self, template: RequirementTemplate) -> str:
        return template.full_hint
