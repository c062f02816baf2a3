"""Payments with what they are for, their history and their refunds; nothing of it is edited."""

from typing import Any, override

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from config.kernel import clock
from config.kernel.money import format_money
from config.office_words import moment_in_list
from customers.admin_bases import KeptInline, ReadOnlyAdmin
from customers.list_filters import choice_of, days_of
from payments import locks
from payments.admin.payment_filters import CourseFilter
from payments.admin.payment_page import PAYMENT_TONES, REFUND_TONES
from payments.admin.searching import SEARCH_HELP, STRIPE_IDS, payment_keys, payments_matching
from payments.models import Payment, PaymentAllocation, PaymentEvent, Refund
from payments.services.refunds import RefundTooLarge, retry_refund


class _WrittenByCode[M: Model](KeptInline[M, Payment]):
    """Rows of a payment's page: shown, and no more."""

    show_change_link = False

    @override
    def has_add_permission(self, request: HttpRequest, obj: Payment | None = None) -> bool:
        return False


class AllocationsInline(_WrittenByCode[PaymentAllocation]):
    model = PaymentAllocation
    verbose_name_plural = "what it is for"
    fields = ("booking_link", "amount")
    readonly_fields = ("booking_link",)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentAllocation]:
        return super().get_queryset(request).select_related("booking").order_by("booking__reference")

    @admin.display(description="booking")
    def booking_link(self, allocation: PaymentAllocation) -> str:
        return _link("bookings_booking_page", allocation.booking_id, allocation.booking.reference)


class EventsInline(_WrittenByCode[PaymentEvent]):
    model = PaymentEvent
    verbose_name_plural = "what happened"
    fields = ("occurred_at", "kind", "detail", "stripe_object_id", "actor_kind", "actor_user")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentEvent]:
        return super().get_queryset(request).select_related("actor_user")


class RefundsInline(_WrittenByCode[Refund]):
    model = Refund
    fields = ("created_at", "amount", "status", "reason", "booking", "stripe_refund_id", "requested_by", "last_error")
    readonly_fields = ("created_at",)
    show_change_link = True

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        return super().get_queryset(request).select_related("booking", "requested_by")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin[Payment]):
    list_display = ("asked", "payer", "sum", "state", "bookings", "card")
    row_page = "payments_payment_page"
    list_filter = (
        choice_of("status", Payment.Status, "State"),
        CourseFilter,
        choice_of("method", Payment.Method, "Method"),
        days_of("created_at", "asked", "Asked for"),
    )
    list_select_related = ("payer",)
    empty_words = "Nobody has been asked for money yet."
    search_fields = ("payer__email",)
    search_help_text = SEARCH_HELP
    ordering = ("-created_at", "-id")
    inlines = (AllocationsInline, RefundsInline, EventsInline)
    fieldsets = (
        (None, {"fields": ("payer_link", "bookings", "sum", "method", "status", "questions")}),
        ("Card", {"fields": ("card", "last_decline_code")}),
        ("When", {"fields": ("created_at", "paid_at", "cancelled_at")}),
        ("Ids", {"fields": ("reference", *STRIPE_IDS)}),
    )
    readonly_fields = ("payer_link", "bookings", "sum", "card", "questions", "created_at")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        allocations = PaymentAllocation.objects.select_related("booking__session__course").order_by(
            "booking__reference"
        )
        return super().get_queryset(request).prefetch_related(Prefetch("allocations", allocations))

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Payment], search_term: str
    ) -> tuple[QuerySet[Payment], bool]:
        words = search_term.strip()
        return (queryset.filter(payments_matching(words)) if words else queryset), False

    @admin.display(description="asked for")
    def asked(self, payment: Payment) -> str:
        return moment_in_list(payment.created_at)

    @admin.display(description="amount", ordering="amount")
    def sum(self, payment: Payment) -> str:
        return format_money(payment.amount)

    @admin.display(description="state")
    def state(self, payment: Payment) -> str:
        return _tag(PAYMENT_TONES[payment.status], payment.get_status_display())

    @admin.display(description="for")
    def bookings(self, payment: Payment) -> str:
        links = (
            (
                _link("bookings_booking_page", allocation.booking_id, allocation.booking.reference),
                allocation.booking.session.course.name,
            )
            for allocation in payment.allocations.all()
        )
        return format_html_join("", '<div>{}<br><span class="muted nowrap">{}</span></div>', links)

    @admin.display(description="payer")
    def payer_link(self, payment: Payment) -> str:
        return _link("customers_user_page", payment.payer_id, payment.payer)

    @admin.display(description="card")
    def card(self, payment: Payment) -> str:
        return f"{payment.card_brand.capitalize()} ending {payment.card_last4}" if payment.card_last4 else ""

    @admin.display(description="does not match")
    def questions(self, payment: Payment) -> str:
        """The open discrepancies, each with a link to where it is settled."""
        links = (
            (_link("payments_discrepancy_change", found.pk, found),)
            for found in payment.discrepancies.filter(resolved_at__isnull=True)
        )
        return format_html_join(", ", "{}", links) or "Nothing open"


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin[Refund]):
    list_display = ("asked", "payer", "booking_link", "sum", "state", "reason", "last_error")
    list_filter = (
        choice_of("status", Refund.Status, "State"),
        choice_of("reason", Refund.Reason, "Why"),
        days_of("created_at", "asked", "Asked for"),
    )
    empty_words = "No money has gone back yet."
    list_select_related = ("payment__payer", "booking")
    search_fields = ("stripe_refund_id",)
    search_help_text = SEARCH_HELP
    ordering = ("-created_at", "-id")
    actions = ("try_again",)
    fieldsets = (
        (None, {"fields": ("payment_link", "payer", "booking_link", "sum", "status", "reason", "requested_by")}),
        ("Sending", {"fields": ("created_at", "attempts", "next_attempt_at", "last_error", "finished_at")}),
        ("Ids", {"fields": ("stripe_refund_id",)}),
    )
    readonly_fields = ("payment_link", "payer", "booking_link", "sum", "created_at")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.change_refund")

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Refund], search_term: str
    ) -> tuple[QuerySet[Refund], bool]:
        words = search_term.strip()
        if not words:
            return queryset, False
        return queryset.filter(Q(stripe_refund_id=words) | Q(payment__in=payment_keys(words))), False

    @admin.action(description="Try again", permissions=["retry"])
    def try_again(self, request: HttpRequest, refunds: QuerySet[Refund]) -> None:
        """Sends failed refunds anew. One whose money has gone back in another way meanwhile is left alone."""
        started = too_large = 0
        chosen = list(refunds.order_by("payment_id", "pk").values_list("pk", "payment_id"))
        for refund_id, payment_id in chosen:
            with transaction.atomic():
                locks.lock_payment(payment_id)
                refund = locks.lock_refund(refund_id)
                try:
                    has_started = retry_refund(refund=refund, now=clock.now())
                except RefundTooLarge:
                    too_large += 1
                    continue
                if has_started:
                    started += 1
                    self.log_change(request, refund, "Sent again.")
        _say(request, messages.SUCCESS, started, "on its way again", "on their way again")
        _say(request, messages.ERROR, too_large, "more than can still go back", "more than can still go back")
        left = len(chosen) - started - too_large
        _say(request, messages.WARNING, left, "left alone, as it has not failed", "left alone, as they have not failed")

    @admin.display(description="asked for")
    def asked(self, refund: Refund) -> str:
        return moment_in_list(refund.created_at)

    @admin.display(description="amount", ordering="amount")
    def sum(self, refund: Refund) -> str:
        return format_money(refund.amount)

    @admin.display(description="state")
    def state(self, refund: Refund) -> str:
        return _tag(REFUND_TONES[refund.status], refund.get_status_display())

    @admin.display(description="payer")
    def payer(self, refund: Refund) -> str:
        return _link("customers_user_page", refund.payment.payer_id, refund.payment.payer)

    @admin.display(description="payment")
    def payment_link(self, refund: Refund) -> str:
        return _link("payments_payment_page", refund.payment_id, refund.payment)

    @admin.display(description="booking")
    def booking_link(self, refund: Refund) -> str:
        return _link("bookings_booking_page", refund.booking.pk, refund.booking.reference) if refund.booking else ""


@admin.register(PaymentEvent)
class PaymentEventAdmin(ReadOnlyAdmin[PaymentEvent]):
    list_display = ("happened", "payment_link", "payer", "kind", "detail", "actor_kind")
    list_filter = (choice_of("kind", PaymentEvent.Kind, "Kind"), days_of("occurred_at", "happened", "Happened"))
    list_select_related = ("payment__payer",)
    search_fields = ("stripe_object_id",)
    search_help_text = SEARCH_HELP
    ordering = ("-occurred_at", "-id")
    fields = (
        "occurred_at",
        "payment_link",
        "payer",
        "kind",
        "detail",
        "stripe_object_id",
        "actor_kind",
        "actor_user",
    )
    readonly_fields = ("payment_link", "payer")

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PaymentEvent], search_term: str
    ) -> tuple[QuerySet[PaymentEvent], bool]:
        words = search_term.strip()
        return (queryset.filter(payment__in=payment_keys(words)) if words else queryset), False

    @admin.display(description="happened")
    def happened(self, event: PaymentEvent) -> str:
        return moment_in_list(event.occurred_at)

    @admin.display(description="payment")
    def payment_link(self, event: PaymentEvent) -> str:
        return _link("payments_payment_page", event.payment_id, event.payment)

    @admin.display(description="payer")
    def payer(self, event: PaymentEvent) -> Any:
        return event.payment.payer


def _tag(tone: str, words: str) -> str:
    return format_html('<span class="tag tag-{}">{}</span>', tone, words)


def _link(page: str, key: Any, text: Any) -> str:
    """A link to a row's page, kept on one line; `page` is the name of that."""
    return format_html('<a class="nowrap" href="{}">{}</a>', reverse(f"admin:{page}", args=[key]), text)


def _say(request: HttpRequest, level: int, number: int, of_one: str, of_many: str) -> None:
    """A message such as "2 refunds are on their way again.", or none for none."""
    if number == 1:
        messages.add_message(request, level, f"1 refund is {of_one}.")
    elif number:
        messages.add_message(request, level, f"{number} refunds are {of_many}.")
