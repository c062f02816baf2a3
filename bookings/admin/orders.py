"""Bookings, people and holds: found and read here; what they say moves through the flows.

The text of a requirement and the draft of a hold are never shown and not even fetched.
"""

from typing import Any, override

from django.contrib import admin, messages
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join

from bookings.admin.searching import SEARCH_HELP, bookings_matching
from bookings.models import Attendee, Booking, Hold, SpecialRequirement
from bookings.services.holding import release_hold
from config.kernel.money import format_money
from customers.admin_bases import KeptAdmin, KeptInline, ReadOnlyAdmin
from invoicing.selectors import invoices_for
from payments.selectors import payments_of, with_money

_ON_RECORD = Exists(SpecialRequirement.objects.filter(attendee=OuterRef("pk")))


class PeopleInline(KeptInline[Attendee, Booking]):
    model = Attendee
    fields = ("position", "first_name", "last_name", "email", "is_booker", "requirement")
    readonly_fields = ("requirement",)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendee]:
        return super().get_queryset(request).annotate(on_record=_ON_RECORD).order_by("position")

    @override
    def has_add_permission(self, request: HttpRequest, obj: Booking | None = None) -> bool:
        return False

    @admin.display(description="requirement")
    def requirement(self, attendee: Attendee) -> str:
        return "On record" if vars(attendee)["on_record"] else ""


@admin.register(Booking)
class BookingAdmin(KeptAdmin[Booking]):
    """Only the office's notes are typed here."""

    list_display = ("reference", "customer", "course", "starts_at", "places", "status", "money", "total", "created_at")
    list_filter = ("status", "session__starts_at", "created_at", "session__course", "source")
    list_select_related = ("customer", "session__course")
    search_fields = ("reference",)
    search_help_text = SEARCH_HELP
    ordering = ("-created_at", "-id")
    inlines = (PeopleInline,)
    fieldsets = (
        (None, {"fields": ("reference", "status", "session", "customer", "organisation", "notes")}),
        ("Money", {"fields": ("money", "total", "price_per_place", "vat_rate", "payments", "invoices", "po_number")}),
        (
            "As typed",
            {"fields": ("contact_name", "contact_email", "contact_phone", "company", "billing_address", "purpose")},
        ),
        ("Where from", {"fields": ("source", "referral_source", "created_by", "policy", "terms_accepted_at")}),
        ("When", {"fields": ("created_at", "lapses_at", "confirmed_at", "cancelled_at", "expired_at")}),
    )

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Booking | None = None) -> Any:
        names = [name for _title, options in self.fieldsets for name in options["fields"]]
        return [name for name in names if name != "notes"]

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        people = Attendee.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
        places = Coalesce(Subquery(people.annotate(n=Count("pk")).values("n")), 0)
        return with_money(super().get_queryset(request)).annotate(places=places)

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Booking], search_term: str
    ) -> tuple[QuerySet[Booking], bool]:
        words = search_term.strip()
        return (queryset.filter(bookings_matching(words)) if words else queryset), False

    @override
    def save_model(self, request: HttpRequest, obj: Booking, form: Any, change: bool) -> None:
        """Only the notes, so that nothing that moved meanwhile is written back."""
        obj.save(update_fields=["notes"])

    @admin.display(description="course", ordering="session__course__name")
    def course(self, booking: Booking) -> str:
        return booking.session.course.name

    @admin.display(description="starts", ordering="session__starts_at")
    def starts_at(self, booking: Booking) -> Any:
        return booking.session.starts_at

    @admin.display(description="places", ordering="places")
    def places(self, booking: Booking) -> int:
        number: int = vars(booking)["places"]
        return number

    @admin.display(description="money", ordering=F("paid_amount"))
    def money(self, booking: Booking) -> str:
        """In words: what was paid, went back and is due."""
        paid, refunded = vars(booking)["paid_amount"], vars(booking)["refunded_amount"]
        parts = [f"{format_money(paid)} paid"] if paid else []
        parts += [f"{format_money(refunded)} refunded"] if refunded else []
        due = booking.total - paid
        if due > 0 and booking.status in Booking.COUNTED_STATUSES:
            parts.append(f"{format_money(due)} due")
        return ", ".join(parts) or "Nothing to pay"

    @admin.display(description="payments")
    def payments(self, booking: Booking) -> str:
        rows = ((reverse("admin:payments_payment_change", args=[row.pk]), row) for row in payments_of(booking))
        return format_html_join(", ", '<a href="{}">{}</a>', rows)

    @admin.display(description="invoices")
    def invoices(self, booking: Booking) -> str:
        rows = ((reverse("admin:invoicing_invoice_change", args=[row.pk]), row) for row in invoices_for(booking))
        return format_html_join(", ", '<a href="{}">{}</a>', rows)


@admin.register(Attendee)
class AttendeeAdmin(ReadOnlyAdmin[Attendee]):
    list_display = ("full_name", "email", "booking", "session", "requirement")
    list_select_related = ("booking__session__course",)
    list_filter = ("booking__status", "booking__session__starts_at")
    search_fields = ("last_name", "first_name", "email")
    ordering = ("-created_at", "-id")
    fields = (
        "booking",
        "position",
        "first_name",
        "last_name",
        "email",
        "is_booker",
        "user",
        "requirement",
        "created_at",
    )

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendee]:
        return super().get_queryset(request).annotate(on_record=_ON_RECORD)

    @admin.display(description="session")
    def session(self, attendee: Attendee) -> str:
        return str(attendee.booking.session)

    @admin.display(description="requirement")
    def requirement(self, attendee: Attendee) -> str:
        return "On record" if vars(attendee)["on_record"] else ""


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin[Hold]):
    """Places kept while somebody types; what they typed is not shown. The office can give the places back."""

    list_display = ("session", "places", "created_at", "expires_at", "extensions", "ordered_at", "released_at")
    list_select_related = ("session__course",)
    list_filter = ("created_at",)
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
