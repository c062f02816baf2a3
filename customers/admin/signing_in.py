"""Who asked to sign in and what became of it, and who is signed in. Our code writes both, and forgets them."""

from typing import override

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from customers.admin_bases import FoundByPersonAdmin, ReadOnlyAdmin
from customers.email_keys import email_key
from customers.list_filters import choice_of
from customers.models import PortalVisit, SignInRequest


@admin.register(SignInRequest)
class SignInRequestAdmin(ReadOnlyAdmin[SignInRequest]):
    """For who rings because no letter came: was it asked for, and do we know the address they typed?"""

    list_display = ("created_at", "email", "answer")
    list_filter = (choice_of("answer", SignInRequest.Answer, "answer"),)
    ordering = ("-created_at",)
    fields = ("email", "answer", "created_at")
    search_fields = ("email_key",)
    search_help_text = "The whole email address"

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SignInRequest], search_term: str
    ) -> tuple[QuerySet[SignInRequest], bool]:
        key = email_key(search_term)
        return (queryset.filter(email_key=key) if key and "\0" not in key else queryset), False


@admin.register(PortalVisit)
class PortalVisitAdmin(FoundByPersonAdmin[PortalVisit], ReadOnlyAdmin[PortalVisit]):
    list_display = ("created_at", "user", "expires_at", "ended_at")
    list_select_related = ("user",)
    ordering = ("-created_at",)
    fields = ("user", "created_at", "expires_at", "ended_at")
