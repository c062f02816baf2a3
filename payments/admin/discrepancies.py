"""Money that does not agree with our records: the list opens on what nobody has settled yet."""

from collections.abc import Sequence
from typing import Any, override
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from customers.admin_bases import ReadOnlyAdmin
from customers.list_filters import ChoiceFilter, Option, choice_of, days_of
from customers.models import User
from payments import locks
from payments.admin.searching import SEARCH_HELP, payment_keys, stripe_ids_of
from payments.forms import ResolutionForm
from payments.models import Discrepancy
from payments.services.discrepancies import resolve_discrepancy

PERMISSION = "payments.change_discrepancy"


class ResolvedFilter(ChoiceFilter):
    title = "state"
    parameter_name = "show"
    unasked = "open"

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        return [("open", "Open"), ("resolved", "Resolved")]

    @override
    def condition(self, value: str) -> Q:
        return Q(resolved_at__isnull=value == "open")


@admin.register(Discrepancy)
class DiscrepancyAdmin(ReadOnlyAdmin[Discrepancy]):
    list_display = ("created_at", "kind", "payer", "expected", "found", "resolved_at")
    empty_words = "Nothing is open: all money agrees with our records."
    list_filter = (
        ResolvedFilter,
        choice_of("kind", Discrepancy.Kind, "kind"),
        days_of("created_at", "found", "found"),
    )
    list_select_related = ("payment__payer",)
    search_fields = ("stripe_object_id",)
    search_help_text = SEARCH_HELP
    ordering = ("-created_at", "id")
    fieldsets = (
        (None, {"fields": ("kind", "payment_link", "payer", "expected", "found", "stripe_object_id", "created_at")}),
        ("What was done", {"fields": ("resolution", "resolved_by", "resolved_at")}),
    )
    readonly_fields = ("payment_link", "payer", "created_at")

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Discrepancy], search_term: str
    ) -> tuple[QuerySet[Discrepancy], bool]:
        words = search_term.strip()
        if not words:
            return queryset, False
        found = Q(stripe_object_id__in=stripe_ids_of(words)) | Q(payment__in=payment_keys(words))
        return queryset.filter(found), False

    @admin.display(description="payment")
    def payment_link(self, discrepancy: Discrepancy) -> str:
        if discrepancy.payment is None:
            return "None of ours"
        address = reverse("admin:payments_payment_page", args=[discrepancy.payment_id])
        return format_html('<a class="nowrap" href="{}">{}</a>', address, discrepancy.payment)

    @admin.display(description="payer")
    def payer(self, discrepancy: Discrepancy) -> Any:
        return discrepancy.payment.payer if discrepancy.payment else "Unknown"

    @override
    def get_urls(self) -> list[URLPattern]:
        resolve = self.admin_site.admin_view(self.resolve_view)
        return [
            path("<uuid:discrepancy_id>/resolve/", resolve, name="payments_discrepancy_resolve"),
            *super().get_urls(),
        ]

    @override
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_resolve": request.user.has_perm(PERMISSION)}
        return super().change_view(request, object_id, form_url, context)

    def resolve_view(self, request: HttpRequest, discrepancy_id: UUID) -> HttpResponse:
        """One question: what was done? Whoever answers second is told that it was settled."""
        user = request.user
        if not isinstance(user, User) or not user.has_perm(PERMISSION):
            raise PermissionDenied
        discrepancy = get_object_or_404(Discrepancy.objects.select_related("payment__payer"), pk=discrepancy_id)
        form = ResolutionForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            self._resolve(request, discrepancy_id, user, form.cleaned_data["resolution"])
            return HttpResponseRedirect(reverse("admin:payments_discrepancy_change", args=[discrepancy_id]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Mark as resolved",
            "subtitle": str(discrepancy),
            "discrepancy": discrepancy,
            "form": form,
        }
        return TemplateResponse(request, "admin/payments/discrepancy/resolve.html", context)

    def _resolve(self, request: HttpRequest, discrepancy_id: UUID, user: User, resolution: str) -> None:
        with transaction.atomic():
            discrepancy = locks.lock_discrepancy(discrepancy_id)
            is_new = resolve_discrepancy(discrepancy=discrepancy, user=user, resolution=resolution)
            if is_new:
                self.log_change(request, discrepancy, "Marked as resolved.")
        if is_new:
            messages.success(request, "The discrepancy is marked as resolved.")
        else:
            messages.info(request, f"{discrepancy.resolved_by} had resolved this already. Nothing was changed.")
