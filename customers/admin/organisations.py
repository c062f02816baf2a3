"""Organisations and who belongs to them."""

from typing import Any, override

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from customers.admin_bases import FoundByPersonAdmin, KeptAdmin, KeptInline
from customers.list_filters import yes_or_no
from customers.models import Membership, Organisation
from customers.services.details import record_membership


class MembersInline(KeptInline[Membership, Organisation]):
    model = Membership
    fields = ("user", "role", "started_on", "ended_on")
    autocomplete_fields = ("user",)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "organisation")


@admin.register(Organisation)
class OrganisationAdmin(KeptAdmin[Organisation]):
    list_display = ("name", "billing_email", "may_pay_later", "po_required")
    list_filter = (yes_or_no("may_pay_later", "may pay later"),)
    search_fields = ("name",)
    readonly_fields = ("created_at",)
    longest = {"billing_address": 500}
    inlines = (MembersInline,)

    @override
    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for membership in formset.new_objects:
            record_membership(membership, is_new=True)


@admin.register(Membership)
class MembershipAdmin(FoundByPersonAdmin[Membership]):
    """A membership ends by a date; who it joins to what stays."""

    list_display = ("user", "organisation", "role", "started_on", "ended_on")
    list_select_related = ("user", "organisation")
    autocomplete_fields = ("user", "organisation")
    ordering = ("-started_on", "-id")

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        return ("user", "organisation") if obj else ()

    @override
    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data:
            record_membership(obj, is_new=not change)
