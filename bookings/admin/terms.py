"""The booking policy: a change is a new version, and bookings keep theirs."""

from typing import Any, override

from django.contrib import admin
from django.http import HttpRequest

from bookings import selectors
from bookings.models import BookingPolicy
from bookings.services import policies
from customers.admin_bases import KeptAdmin


@admin.register(BookingPolicy)
class BookingPolicyAdmin(KeptAdmin[BookingPolicy]):
    list_display = (
        "version",
        "created_at",
        "hold_minutes",
        "payment_link_hours",
        "full_refund_days",
        "part_refund_days",
        "max_places",
    )
    ordering = ("-version",)
    exclude = ("version",)
    readonly_fields = ("created_at",)
    longest = {"terms": 50_000}

    @override
    def has_change_permission(self, request: HttpRequest, obj: BookingPolicy | None = None) -> bool:
        return False

    @override
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new version starts from the one in force."""
        return policies.details_of(selectors.current_policy())

    @override
    def save_model(self, request: HttpRequest, obj: BookingPolicy, form: Any, change: bool) -> None:
        policies.add_version(obj)
