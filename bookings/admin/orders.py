"""The lists of people on sessions and of held places, which our code writes.

The text of a requirement and the draft of a hold are never shown and not even fetched.
"""

from typing import Any, override

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse

from bookings.admin.coming import ComingFilter
from bookings.admin.sight import sees_bookings, sees_needs, user_of
from bookings.admin.tags import place_tag
from bookings.models import Attendee, Booking, Course, Hold, SpecialRequirement
from bookings.selectors import sessions_seen_by
from bookings.services.holding import release_hold
from customers.admin_bases import ReadOnlyAdmin
from customers.list_filters import choice_of, days_of, row_of


class WhenFilter(ComingFilter):
    ends_at = "booking__session__ends_at"
    whole_when = ("booking", "starts")


@admin.register(Attendee)
class AttendeeAdmin(ReadOnlyAdmin[Attendee]):
    """People on sessions. Who teaches sees those on their own sessions, without their addresses."""

    empty_words = "Nobody is booked on a session that is still to come."
    list_filter = (
        WhenFilter,
        row_of("booking__session__course", Course.objects.order_by("name").all, "course"),
        days_of("booking__session__starts_at", "starts", "session starts"),
        choice_of("booking__status", Booking.Status, "place is"),
    )
    list_select_related = ("booking__session__course",)
    search_fields = ("last_name", "first_name", "email")
    ordering = ("-created_at", "-id")

    @override
    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        email = ("email",) if sees_bookings(request) else ()
        needs = ("requirement",) if sees_needs(request) else ()
        return ("full_name", *email, "booking", "session", "place", *needs)

    @override
    def get_fields(self, request: HttpRequest, obj: Attendee | None = None) -> tuple[Any, ...]:
        addresses = ("email", "is_booker", "user") if sees_bookings(request) else ()
        needs = ("requirement",) if sees_needs(request) else ()
        return ("booking", "position", "first_name", "last_name", *addresses, *needs, "created_at")

    @override
    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.search_fields if sees_bookings(request) else ("last_name", "first_name")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendee]:
        on_record = Exists(SpecialRequirement.objects.filter(attendee=OuterRef("pk")))
        people = super().get_queryset(request).annotate(on_record=on_record)
        if sees_bookings(request):
            return people
        return people.filter(booking__session__in=sessions_seen_by(user_of(request)))

    @override
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was changed tells addresses."""
        if not sees_bookings(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    @admin.display(description="name")
    def full_name(self, attendee: Attendee) -> str:
        return str(attendee)

    @admin.display(description="session")
    def session(self, attendee: Attendee) -> str:
        return str(attendee.booking.session)

    @admin.display(description="place")
    def place(self, attendee: Attendee) -> str:
        return place_tag(attendee.booking)

    @admin.display(description="requirement")
    def requirement(self, attendee: Attendee) -> str:
        return "On record" if vars(attendee)["on_record"] else ""


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin[Hold]):
    """Places kept while somebody types; what they typed is not shown. The office can give the places back."""

    list_display = ("session", "places", "created_at", "expires_at", "extensions", "ordered_at", "released_at")
    list_select_related = ("session__course",)
    list_filter = (days_of("created_at", "made", "made"),)
    ordering = ("-created_at",)
    actions = ("release",)
    fields = ("session", "places", "extensions", "created_at", "expires_at", "ordered_at", "released_at")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        """The draft stays where it lies: it is not even fetched."""
        return super().get_queryset(request).defer("draft")

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("bookings.change_hold")

    @admin.action(description="Give the places back", permissions=["release"])
    def release(self, request: HttpRequest, holds: QuerySet[Hold]) -> None:
        """For somebody who rings to say they gave up; whoever still types gets places again if there are any."""
        released = [hold for hold in holds if release_hold(hold_id=hold.pk)]
        messages.success(request, f"{len(released)} of {len(holds)} holds were given back.")
