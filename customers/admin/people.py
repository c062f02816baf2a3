"""People: find them, mend their details, see what they amount to."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from bookings.selectors import booking_for_reference
from config.kernel import clock
from config.office_words import nowrap
from customers.admin_bases import KeptAdmin, KeptInline, ReadOnlyAdmin
from customers.flows import log_in_changes
from customers.flows.new_address import leave_address
from customers.flows.profile.words import counted
from customers.forms import ColleaguesPasswordForm, NewPersonForm, PersonForm, StaffPersonForm
from customers.list_filters import choice_of, row_of, yes_or_no
from customers.models import CustomerStatistics, Membership, Tag, User
from customers.roles import ROLES, RoleName
from customers.selectors import holding_words
from customers.services.details import record_added, record_details, record_membership
from customers.services.roles import role_of

_DETAILS = ("kind", "email", "first_name", "last_name", "phone", "company", "tags")
_RIGHTS = ("role", "is_active", "last_login")
_FOLLOWED = (
    "Letters about {bookings} go to the new address from now on. Links in letters to the old one open nothing any more."
)


# While running, Django's classes take no type arguments.
if TYPE_CHECKING:
    _UserAdmin = DjangoUserAdmin[User]
else:
    _UserAdmin = DjangoUserAdmin

# Django's own page for groups would delete one with all it allows.
admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin[Group], DjangoGroupAdmin):
    """What members of staff may do: as customers/roles.py says, and nobody changes it here."""

    list_display = ("name", "in_words")

    @admin.display(description="what for")
    def in_words(self, group: Group) -> str:
        return ROLES[RoleName(group.name)].in_words if group.name in list(RoleName) else ""


class MembershipsInline(KeptInline[Membership, User]):
    model = Membership
    fields = ("organisation", "role", "started_on", "ended_on")
    autocomplete_fields = ("organisation",)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "organisation")


@admin.register(User)
class PersonAdmin(KeptAdmin[User], _UserAdmin):
    """Everybody. Rights have a page of their own; only who may give them touches people who have any."""

    row_page = "customers_user_page"
    add_form = NewPersonForm
    change_password_form = ColleaguesPasswordForm
    add_form_template = None
    list_display = ("name", "email", "phone", "company", "kind", "bookings", "last_booked")
    list_display_links = ("name", "email")
    pager_words = ("Back", "More")
    empty_words = "Nobody is here yet."
    list_filter = (
        choice_of("kind", User.Kind, "kind"),
        row_of("tags", Tag.objects.all, "tag"),
        yes_or_no("is_staff", "may enter the office"),
    )
    list_select_related = ("statistics",)
    ordering = ("last_name", "first_name", "id")
    search_fields = ("email",)
    search_help_text = "Email address, name, telephone, company or booking reference"
    filter_horizontal = ("tags",)
    readonly_fields = ("created_at", "figures", "elsewhere", *_RIGHTS, "rights")
    inlines = (MembershipsInline,)
    add_fieldsets = ((None, {"fields": _DETAILS}),)

    @override
    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        # Who may only look would be shown it as it is stored.
        rights = ("password", *_RIGHTS) if obj.is_staff and self.has_change_permission(request, obj) else _RIGHTS
        changing = ("rights",) if request.user.has_perm("customers.manage_staff") else ()
        return (
            (None, {"fields": (*_DETAILS, "created_at")}),
            ("What they amount to", {"fields": ("figures", "elsewhere")}),
            ("Logging in to the office", {"fields": (*rights, *changing), "classes": ("collapse",)}),
        )

    @override
    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> "type[forms.ModelForm[User]]":
        if obj is not None:
            kwargs["form"] = StaffPersonForm if obj.is_staff else PersonForm
        return super().get_form(request, obj, change=change, **kwargs)

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """The kind of somebody in the office follows from their role."""
        return (*self.readonly_fields, "kind") if obj is not None and obj.is_staff else self.readonly_fields

    @override
    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return self.inlines if obj else ()

    @override
    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        is_guarded = obj is not None and (obj.is_staff or obj.is_superuser)
        may_touch = not is_guarded or request.user.has_perm("customers.manage_staff")
        return super().has_change_permission(request, obj) and may_touch

    @override
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Passwords are for staff: with one, anybody could log in as a customer.

        One's own is changed by who knows the old one: else a session that somebody left open is theirs for good.
        """
        person = self.get_object(request, id)
        if person is not None and not person.is_staff:
            raise PermissionDenied
        if person is not None and person.pk == request.user.pk and self.has_change_permission(request, person):
            return HttpResponseRedirect(reverse("admin:password_change"))
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            # Django leads on as well from a form that contradicts itself, and then has changed nothing.
            is_led_on = request.method == "POST" and response.status_code == HTTPStatus.FOUND
            if (
                person is not None
                and is_led_on
                and not User.objects.filter(pk=person.pk, password=person.password).exists()
            ):
                log_in_changes.password_was_changed(user=person, told="Password set by an owner")
        return response

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        if not search_term.strip():
            return queryset, False
        found = holding_words(search_term)
        # One look-up by key instead of a join, so that the search stays on its indexes.
        if booking := booking_for_reference(search_term):
            found |= Q(pk=booking.customer_id)
        return queryset.filter(found), False

    @override
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        followed = leave_address(user=obj, before=form.initial["email"]) if change else 0
        if followed:
            messages.info(request, _FOLLOWED.format(bookings=counted(followed, "booking")))

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        person: User = form.instance
        if change:
            record_details(user_id=person.pk, fields=form.changed_data)
        else:
            record_added(user_id=person.pk)
        for memberships in formsets:
            for membership in memberships.new_objects:
                record_membership(membership, is_new=True)

    @override
    def response_post_save_add(self, request: HttpRequest, obj: User) -> HttpResponseRedirect:
        return _to_page(obj)

    @override
    def response_post_save_change(self, request: HttpRequest, obj: User) -> HttpResponseRedirect:
        return _to_page(obj)

    @admin.display(description="role in the office")
    def role(self, person: User) -> str:
        role = role_of(person)
        return ROLES[role].label if role else "None"

    @admin.display(description="to change")
    def rights(self, person: User) -> str:
        return format_html('<a href="{}">Rights and log-in</a>', reverse("admin:customers_user_role", args=[person.pk]))

    @admin.display(ordering="last_name")
    def name(self, person: User) -> str:
        return str(person)

    @admin.display(ordering="statistics__bookings_count")
    def bookings(self, person: User) -> int:
        return _statistics(person).bookings_count

    @admin.display(ordering="statistics__last_booked_at")
    def last_booked(self, person: User) -> str:
        last = _statistics(person).last_booked_at
        return nowrap(clock.format_short_day(clock.london_date(last))) if last else ""

    @admin.display(description="figures")
    def figures(self, person: User) -> str:
        """Pending and confirmed bookings count; net paid is what was paid less what was refunded."""
        figures = _statistics(person)
        return (
            f"Bookings (booked or waiting for payment): {figures.bookings_count}. Places: {figures.places_count}. "
            f"Paid £{figures.paid_total:,.2f}, refunded £{figures.refunded_total:,.2f}, "
            f"net £{figures.net_paid_total:,.2f}."
        )

    @admin.display(description="see also")
    def elsewhere(self, person: User) -> str:
        return format_html(
            '<a href="{}">Everything about them</a>', reverse("admin:customers_user_page", args=[person.pk])
        )


def _to_page(person: User) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:customers_user_page", args=[person.pk]))


def _statistics(person: User) -> CustomerStatistics:
    """The stored row, or noughts for who has none yet."""
    return getattr(person, "statistics", None) or CustomerStatistics()
