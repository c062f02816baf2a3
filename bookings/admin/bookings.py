"""The list of bookings, and Django's form for the one thing of a booking that is typed here: the office's notes."""

from typing import Any, override

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bookings.admin import tags
from bookings.admin.booking_filters import MoneyFilter, PlacesFilter, StartsFilter, WhenFilter
from bookings.admin.searching import SEARCH_HELP, bookings_matching
from bookings.models import Attendee, Booking, Course, SpecialRequirement
from config.kernel.money import format_money
from config.office_words import moment_in_list, nowrap
from customers.admin_bases import KeptAdmin, KeptInline
from customers.list_filters import choice_of, days_of, row_of
from customers.services.timeline import record_activity
from invoicing.selectors import invoices_for
from payments.money_states import standing_of, with_all_money
from payments.selectors import payments_of


class PeopleInline(KeptInline[Attendee, Booking]):
    model = Attendee
    fields = ("position", "first_name", "last_name", "email", "is_booker", "requirement")
    readonly_fields = ("requirement",)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendee]:
        on_record = Exists(SpecialRequirement.objects.filter(attendee=OuterRef("pk")))
        return super().get_queryset(request).annotate(on_record=on_record).order_by("position")

    @override
    def has_add_permission(self, request: HttpRequest, obj: Booking | None = None) -> bool:
        return False

    @admin.display(description="requirement")
    def requirement(self, attendee: Attendee) -> str:
        return "On record" if vars(attendee)["on_record"] else ""


@admin.register(Booking)
class BookingAdmin(KeptAdmin[Booking]):
    row_page = "bookings_booking_page"
    change_list_template = "staff/bookings/bookings.html"
    empty_words = "Nothing is booked on a session that is still to come."
    list_display = ("reference", "person", "course", "starts", "places", "place", "money", "sum", "booked")
    sortable_by = ("booked",)
    list_filter = (
        WhenFilter,
        row_of("session__course", Course.objects.order_by("name").all, "course"),
        StartsFilter,
        days_of("created_at", "booked", "booked"),
        choice_of("status", Booking.Status, "places are"),
        MoneyFilter,
        choice_of("source", Booking.Source, "source"),
        PlacesFilter,
    )
    list_select_related = ("customer", "session__course")
    search_fields = ("reference",)
    search_help_text = SEARCH_HELP
    ordering = ("-created_at", "-id")
    inlines = (PeopleInline,)
    longest = {"notes": 10_000}
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
        """Bookings are made on a page of their own, under the rules that hold for everybody."""
        return False

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Booking | None = None) -> Any:
        names = [name for _title, options in self.fieldsets for name in options["fields"]]
        return [name for name in names if name != "notes"]

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        people = Attendee.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
        places = Coalesce(Subquery(people.annotate(n=Count("pk")).values("n")), 0)
        return with_all_money(super().get_queryset(request)).annotate(places=places)

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
        if form.changed_data:
            record_activity(
                user_id=obj.customer_id,
                kind="booking_noted",
                summary=f"Changed the office’s notes on booking {obj.reference}",
                subject_kind="booking",
                subject_key=str(obj.pk),
            )

    @override
    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Who may not look at people sees whose it is without a link to them."""
        names = self.list_display
        return (
            names
            if request.user.has_perm("customers.view_user")
            else tuple("customer" if name == "person" else name for name in names)
        )

    @admin.display(description="customer")
    def person(self, booking: Booking) -> SafeString:
        address = reverse("admin:customers_user_page", args=[booking.customer_id])
        return format_html('<a href="{}">{}</a>', address, booking.customer)

    @admin.display(description="course")
    def course(self, booking: Booking) -> str:
        return booking.session.course.name

    @admin.display(description="starts")
    def starts(self, booking: Booking) -> str:
        return nowrap(tags.day_words(booking.session.starts_at))

    @admin.display(description="places")
    def places(self, booking: Booking) -> int:
        number: int = vars(booking)["places"]
        return number

    @admin.display(description="place")
    def place(self, booking: Booking) -> SafeString:
        return tags.place_tag(booking)

    @admin.display(description="money")
    def money(self, booking: Booking) -> SafeString:
        return tags.money_tag(standing_of(booking))

    @admin.display(description="total")
    def sum(self, booking: Booking) -> str:
        return format_money(booking.total)

    @admin.display(description="booked", ordering="created_at")
    def booked(self, booking: Booking) -> str:
        return moment_in_list(booking.created_at)

    @admin.display(description="payments")
    def payments(self, booking: Booking) -> str:
        rows = ((reverse("admin:payments_payment_change", args=[row.pk]), row) for row in payments_of(booking))
        return format_html_join(", ", '<a href="{}">{}</a>', rows)

    @admin.display(description="invoices")
    def invoices(self, booking: Booking) -> str:
        rows = ((reverse("admin:invoicing_invoice_change", args=[row.pk]), row) for row in invoices_for(booking))
        return format_html_join(", ", '<a href="{}">{}</a>', rows)
