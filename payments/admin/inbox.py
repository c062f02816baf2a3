"""What Stripe told us: the list opens on what could not be applied."""

from collections.abc import Sequence
from typing import override

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from config.kernel import clock
from customers.admin_bases import ReadOnlyAdmin
from customers.list_filters import ChoiceFilter, Option, days_of
from payments import locks
from payments.admin.searching import SEARCH_HELP, stripe_ids_of
from payments.models import StripeEvent
from payments.services.inbox import retry_event

_STATES = StripeEvent.State


class StateFilter(ChoiceFilter):
    title = "state"
    parameter_name = "show"
    unasked = _STATES.FAILED.value

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        states = (_STATES.FAILED, _STATES.RECEIVED, _STATES.APPLIED, _STATES.IGNORED)
        return [(state.value, str(state.label)) for state in states]

    @override
    def condition(self, value: str) -> Q:
        return Q(state=value)


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin[StripeEvent]):
    list_display = ("received_at", "type", "state", "last_error")
    empty_words = "Nothing has failed: whatever Stripe told us was applied."
    list_filter = (StateFilter, days_of("received_at", "received", "received"))
    search_fields = ("id",)
    search_help_text = SEARCH_HELP
    ordering = ("-received_at", "id")
    actions = ("try_again",)
    fields = (
        "id",
        "type",
        "object_id",
        "happened_at",
        "received_at",
        "state",
        "attempts",
        "next_attempt_at",
        "last_error",
        "finished_at",
    )

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.change_stripeevent")

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[StripeEvent], search_term: str
    ) -> tuple[QuerySet[StripeEvent], bool]:
        """An event by its own id; else every event about the payments that the words name."""
        words = search_term.strip()
        if not words:
            return queryset, False
        return queryset.filter(Q(pk=words) | Q(object_id__in=stripe_ids_of(words))), False

    @admin.action(description="Try again", permissions=["retry"])
    def try_again(self, request: HttpRequest, events: QuerySet[StripeEvent]) -> None:
        """Puts failed events back into the queue with all their attempts."""
        chosen = sorted(events.values_list("pk", flat=True))
        started = 0
        for event_id in chosen:
            with transaction.atomic():
                event = locks.lock_event(event_id)
                if retry_event(event=event, now=clock.now()):
                    started += 1
                    self.log_change(request, event, "Tried again.")
        if started:
            messages.success(request, f"Trying again: {started} of {len(chosen)}.")
        if started < len(chosen):
            messages.warning(request, f"Left alone, because they have not failed: {len(chosen) - started}.")
