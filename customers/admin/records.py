"""What is remembered about people: notes and tags are staff's; timeline, figures and links are written by our code."""

from typing import override

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from bookings.selectors import about_needs, booking_for_reference
from customers.admin_bases import FoundByPersonAdmin, KeptAdmin, ReadOnlyAdmin
from customers.flows.revoking import revoke
from customers.list_filters import choice_of, days_of
from customers.models import AccessLink, Activity, CustomerStatistics, Note, Tag, Viewing


@admin.register(Tag)
class TagAdmin(KeptAdmin[Tag]):
    list_display = ("name",)
    search_fields = ("name",)


@admin.register(Note)
class NoteAdmin(FoundByPersonAdmin[Note], ReadOnlyAdmin[Note]):
    """Everybody's notes. They are written on a person's page, and put right on their own (customers.admin.notes)."""

    row_page = "customers_note_edit"
    list_display = ("created_at", "user", "body_start", "pinned", "author", "edited_at")
    list_display_links = ("created_at", "body_start")
    list_select_related = ("user", "author")
    ordering = ("-created_at", "-id")
    fields = ("user", "body", "pinned", "author", "created_at", "edited_at", "edited_by")

    @admin.display(description="note")
    def body_start(self, note: Note) -> str:
        return str(note)


@admin.register(Activity)
class ActivityAdmin(FoundByPersonAdmin[Activity], ReadOnlyAdmin[Activity]):
    list_display = ("occurred_at", "user", "summary", "actor_label")
    list_filter = (days_of("occurred_at", "happened", "happened"),)
    list_select_related = ("user",)
    ordering = ("-occurred_at", "-id")
    fields = ("user", "occurred_at", "kind", "summary", "subject_kind", "subject_key", "actor_kind", "actor_label")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Activity]:
        """That somebody needs something is for who may see what is on record about needs."""
        lines = super().get_queryset(request)
        if request.user.has_perm("bookings.view_specialrequirement"):
            return lines
        return lines.exclude(about_needs())


@admin.register(Viewing)
class ViewingAdmin(FoundByPersonAdmin[Viewing], ReadOnlyAdmin[Viewing]):
    """Who looked at sensitive text, and whose."""

    list_display = ("occurred_at", "actor_label", "what", "user")
    list_filter = (days_of("occurred_at", "happened", "happened"),)
    list_select_related = ("user",)
    ordering = ("-occurred_at", "-id")
    fields = ("occurred_at", "actor_label", "actor_user", "what", "user", "subject_kind", "subject_key")


@admin.register(CustomerStatistics)
class CustomerStatisticsAdmin(FoundByPersonAdmin[CustomerStatistics], ReadOnlyAdmin[CustomerStatistics]):
    list_display = (
        "user",
        "bookings_count",
        "places_count",
        "last_booked_at",
        "paid_total",
        "refunded_total",
        "net_paid_total",
        "computed_at",
    )
    list_select_related = ("user",)
    ordering = ("user_id",)


@admin.register(AccessLink)
class AccessLinkAdmin(ReadOnlyAdmin[AccessLink]):
    """Which links are out, and closing them. What is secret about a link is shown nowhere."""

    list_display = ("created_at", "purpose", "subject_key", "expires_at", "last_used_at", "revoked_at")
    list_filter = (choice_of("purpose", AccessLink.Purpose, "purpose"),)
    ordering = ("-created_at", "-id")
    fields = ("purpose", "subject_key", "created_at", "expires_at", "last_used_at", "revoked_at")
    search_fields = ("subject_key",)
    search_help_text = "Booking reference, or the key of a booking or a place"
    actions = ("revoke",)

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AccessLink], search_term: str
    ) -> tuple[QuerySet[AccessLink], bool]:
        if not search_term.strip():
            return queryset, False
        keys = [search_term.strip().lower()]
        if booking := booking_for_reference(search_term):
            keys += [str(booking.pk), *(str(attendee.pk) for attendee in booking.attendees.all())]
        return queryset.filter(purpose__in=AccessLink.Purpose.values, subject_key__in=keys), False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customers.change_accesslink")

    @admin.action(description="Revoke the chosen links", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[AccessLink]) -> None:
        closed = [link for link in queryset if revoke(link=link)]
        for link in closed:
            self.log_change(request, link, "Revoked.")
        what = "1 link revoked. It opens" if len(closed) == 1 else f"{len(closed)} links revoked. They open"
        self.message_user(request, f"{what} nothing any more.", messages.SUCCESS)
