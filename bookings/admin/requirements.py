"""What people can ask for, the list they tick; and the list of what was said, without what it says."""

from collections.abc import Sequence
from typing import override

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from bookings.models import RequirementTemplate, SpecialRequirement
from customers.admin_bases import KeptAdmin, ReadOnlyAdmin


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


@admin.register(SpecialRequirement)
class SpecialRequirementAdmin(ReadOnlyAdmin[SpecialRequirement]):
    """That something is on record, since when and until when; what was said is not shown anywhere yet."""

    list_display = ("attendee", "booking", "said_by", "consented_at", "delete_after")
    list_select_related = ("attendee__booking",)
    list_filter = ("delete_after",)
    ordering = ("-created_at",)
    fields = (
        "attendee",
        "booking",
        "said_by",
        "first_said_by",
        "consent_version",
        "consented_at",
        "delete_after",
        "created_at",
        "changed_at",
    )

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[SpecialRequirement]:
        """What was said stays where it lies: it is not even fetched."""
        return super().get_queryset(request).defer("own_words", "adjustments")

    @admin.display(description="booking")
    def booking(self, requirement: SpecialRequirement) -> str:
        return requirement.attendee.booking.reference
