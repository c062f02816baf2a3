"""What was changed anywhere, found by whose record it is or by who did it."""

from collections.abc import Sequence
from operator import itemgetter
from typing import get_args, override

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from bookings.models import Booking
from bookings.selectors import booking_for_reference
from config.history.reading import ChangeLine, lines, model_of
from config.history.rules import RULES
from config.kernel.actor import ActorKind
from customers.admin_bases import ReadOnlyAdmin
from customers.list_filters import ChoiceFilter, Option, choice_of, days_of
from customers.models import Change
from customers.selectors import people_matching

_BOOKINGS_AT_MOST = 500
_LINE = "line"


class ActorFilter(ChoiceFilter):
    title = "who"
    parameter_name = "actor_kind"

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        return [(kind, kind.capitalize()) for kind in get_args(ActorKind.__value__)]

    @override
    def condition(self, value: str) -> Q:
        return Q(actor_kind=value)


class RecordFilter(ChoiceFilter):
    """By what kind of record it is, of those whose history this person may read."""

    title = "kind of record"
    parameter_name = "record_kind"

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        open_to_them = _records() - _closed_to(request)
        named = [(record, capfirst(str(apps.get_model(record)._meta.verbose_name))) for record in open_to_them]
        return sorted(named, key=itemgetter(1))

    @override
    def condition(self, value: str) -> Q:
        return Q(record_kind=value)


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin[Change]):
    list_display = ("occurred_at", "actor_label", "what", "differences", "record")
    list_display_links = ("occurred_at",)
    list_filter = (
        days_of("occurred_at", "changed", "when"),
        choice_of("action", Change.Action, "what"),
        ActorFilter,
        RecordFilter,
    )
    ordering = ("-occurred_at", "-id")
    # Something has to be here for Django to show the box.
    search_fields = ("record_key",)
    search_help_text = "A customer or booking, a member of staff, or a record's key"
    fields = ("occurred_at", "actor_label", "actor_kind", "what", "differences", "record")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        """The history of what somebody may not see is not shown to them either."""
        closed = _closed_to(request)
        changes = super().get_queryset(request)
        return changes.exclude(record_kind__in=closed) if closed else changes

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Change], search_term: str
    ) -> tuple[QuerySet[Change], bool]:
        """By whose record it is, with their bookings, or by who did it: each has an index."""
        words = search_term.strip()
        if not words:
            return queryset, False
        people = people_matching(words)
        bookings = Booking.objects.filter(customer__in=people).order_by("-created_at").values_list("pk", flat=True)
        keys = {words, *map(str, people), *map(str, bookings[:_BOOKINGS_AT_MOST])}
        if booking := booking_for_reference(words):
            keys.add(str(booking.pk))
        return queryset.filter(Q(record_key__in=keys) | Q(actor_user__in=people)), False

    @override
    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """All rows of a page are put in words at once."""
        page = super().get_changelist_instance(request)
        rows = list(page.result_list)
        for row, line in zip(rows, lines(rows), strict=True):
            vars(row)[_LINE] = line
        page.result_list = rows
        return page

    @admin.display(description="what")
    def what(self, change: Change) -> str:
        return _line(change).what

    @admin.display(description="before and after")
    def differences(self, change: Change) -> str:
        rows = ((one.name, one.before, one.after) for one in _line(change).differences)
        return format_html_join("", '<p class="difference"><b>{}</b>: {} → {}</p>', rows)

    @admin.display(description="record")
    def record(self, change: Change) -> str:
        """The way to it, unless it has no page any more."""
        model = model_of(change)
        if model is None:
            return change.record_kind
        try:
            address = reverse(
                f"admin:{model._meta.app_label}_{model._meta.model_name}_history",
                args=[change.record_key],
            )
        except NoReverseMatch:
            return str(model._meta.verbose_name)
        return format_html('<a href="{}">All changes of this {}</a>', address, model._meta.verbose_name)


def _line(change: Change) -> ChangeLine:
    line: ChangeLine = vars(change).get(_LINE) or lines([change])[0]
    return line


def _records() -> set[str]:
    return {rule.record for rule in RULES}


def _closed_to(request: HttpRequest) -> set[str]:
    """The kinds of records that this person may not look at."""
    return {record for record in _records() if not request.user.has_perm(_view_permission(record))}


def _view_permission(record: str) -> str:
    app, _, model = record.lower().partition(".")
    return f"{app}.view_{model}"
