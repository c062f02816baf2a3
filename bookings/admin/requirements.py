"""What people can ask for, the list they tick; and the list of what was said, without what it says."""

from collections.abc import Sequence
from typing import cast, override

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string

from bookings.models import RequirementTemplate, SpecialRequirement
from bookings.selectors import needs_ahead, sessions_seen_by
from config.kernel import clock
from customers.admin_bases import KeptAdmin, ReadOnlyAdmin
from customers.list_filters import ChoiceFilter, Option, choice_of, yes_or_no
from customers.models import User


@admin.register(RequirementTemplate)
class RequirementTemplateAdmin(KeptAdmin[RequirementTemplate]):
    list_display = ("label", "full_hint", "venue_fact", "priority", "for_oneself_only", "is_offered", "position")
    list_filter = (
        yes_or_no("is_offered", "offered"),
        choice_of("priority", RequirementTemplate.Priority, "priority"),
        choice_of("venue_fact", RequirementTemplate.VenueFact, "met by a venue with"),
    )
    ordering = ("position", "label")
    fieldsets = (
        (
            None,
            {"fields": ("label", "slug", "hint", "notice_working_days", "position", "is_offered", "for_oneself_only")},
        ),
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


class ArrangedFilter(ChoiceFilter):
    title = "arranged"
    parameter_name = "arranged"
    unasked = "no"

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        return [("no", "Not arranged yet"), ("yes", "Arranged")]

    @override
    def condition(self, value: str) -> Q:
        return Q(handled_at__isnull=value == "no")


class CourseFilter(ChoiceFilter):
    """For which courses: there is nothing to prepare for a course that is over or that nobody goes to."""

    title = "course"
    parameter_name = "course"
    unasked = "ahead"

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        return [("ahead", "Still to come"), ("over", "Over or cancelled")]

    @override
    def condition(self, value: str) -> Q:
        ahead = needs_ahead(clock.now())
        return ahead if value == "ahead" else ~ahead


@admin.register(SpecialRequirement)
class SpecialRequirementAdmin(ReadOnlyAdmin[SpecialRequirement]):
    """That something is on record, since when and until when; what was said is on a page of its own, after a press."""

    row_page = "bookings_specialrequirement_page"
    pager_words = ("Earlier", "Later")
    empty_words = "Nothing is left to arrange."
    list_display = ("attendee", "session", "how_urgent", "said_by", "is_arranged", "booking", "delete_after")
    list_select_related = ("attendee__booking__session__course",)
    list_filter = (
        ArrangedFilter,
        CourseFilter,
        choice_of("priority", RequirementTemplate.Priority, "priority"),
        choice_of("said_by", SpecialRequirement.Speaker, "said by"),
    )
    ordering = ("attendee__booking__session__starts_at", "id")
    fields = (
        "attendee",
        "booking",
        "priority",
        "said_by",
        "first_said_by",
        "consent_version",
        "consented_at",
        "delete_after",
        "created_at",
        "changed_at",
        "handled_at",
        "handled_by",
    )

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[SpecialRequirement]:
        """What was said stays where it lies: it is not even fetched. Nor is what is about others' sessions."""
        seen = sessions_seen_by(cast("User", request.user))
        rows = super().get_queryset(request).filter(attendee__booking__session__in=seen)
        return rows.defer("own_words", "adjustments", "arranged", "reopen_reason")

    @admin.display(description="booking")
    def booking(self, requirement: SpecialRequirement) -> str:
        return requirement.attendee.booking.reference

    @admin.display(description="session")
    def session(self, requirement: SpecialRequirement) -> str:
        session = requirement.attendee.booking.session
        return f"{session.course}, {clock.format_short_date(clock.london_date(session.starts_at))}"

    @admin.display(description="priority")
    def how_urgent(self, requirement: SpecialRequirement) -> str:
        words = {"priority": requirement.priority, "words": requirement.get_priority_display()}
        return render_to_string("staff/bookings/requirement_priority.html", words)

    @admin.display(description="arranged")
    def is_arranged(self, requirement: SpecialRequirement) -> str:
        if requirement.handled_at is None:
            return "Not yet"
        return clock.format_short_date(clock.london_date(requirement.handled_at))
