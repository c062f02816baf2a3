"""The customer page: everything that is known of one person, for who may see it."""

import re
from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from communications.services.office_letters import can_be_written_to
from config.kernel import clock
from config.office import office_page, staff_page
from customers.flows.profile import DERIVED_TAGS, Sight, profile
from customers.flows.profile.addresses import office_address
from customers.forms import NoteForm
from customers.models import User

# What has to be allowed for each part of the page.
_PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    "timeline": ("customers.view_activity",),
    "bookings": ("bookings.view_booking",),
    "payments": ("payments.view_payment",),
    "invoices": ("invoicing.view_invoice",),
    "messages": ("communications.view_message",),
    "notes": ("customers.view_note",),
    "requirements": ("bookings.view_specialrequirement",),
    "requirement_pages": ("bookings.view_specialrequirement", "bookings.read_adjustments"),
}


@staff_page("customers/user/<uuid:key>/", name="customers_user_page", permission="customers.view_user")
@require_safe
def user_page(request: HttpRequest, key: UUID) -> HttpResponse:
    address = request.GET
    found = profile(
        key=key,
        sight=_sight(request),
        tab=address.get("tab", ""),
        show=address.get("show", ""),
        before=address.get("before", ""),
        now=clock.now(),
    )
    if found is None:
        raise Http404
    context = {
        "profile": found,
        "person": found.user,
        "dial": re.sub(r"[^0-9+]", "", found.user.phone),
        "may": _may(request, found.user),
        "payment_links": [coming for coming in found.coming if coming.payment_link],
        "note_form": NoteForm(auto_id="note_%s"),
        "rules": DERIVED_TAGS,
        "can_be_written_to": can_be_written_to(found.user),
    }
    return office_page(request, "staff/customers/profile.html", context, title=str(found.user))


def _sight(request: HttpRequest) -> Sight:
    parts = {part: any(map(request.user.has_perm, needed)) for part, needed in _PERMISSIONS.items()}
    return Sight(**parts)


def _may(request: HttpRequest, person: User) -> dict[str, str]:
    """The addresses of what this member of staff may do here, by name; what they may not do is missing."""
    has = request.user.has_perm
    is_guarded = (person.is_staff or person.is_superuser) and not has("customers.manage_staff")
    addresses = {
        "write": ("communications.add_message", office_address("customers_user_write", person.pk)),
        "sign_in_link": ("communications.add_message", office_address("customers_user_sign_in_link", person.pk)),
        "note": ("customers.add_note", office_address("customers_user_note", person.pk)),
        "edit_notes": ("customers.change_note", reverse("admin:customers_note_changelist")),
        "book": ("bookings.add_booking", f"{office_address('bookings_booking_new')}?customer={person.pk}"),
        "edit": ("customers.change_user", "" if is_guarded else office_address("customers_user_change", person.pk)),
        "rights": (
            "customers.manage_staff",
            office_address("customers_user_role", person.pk) if person.kind != User.Kind.CUSTOMER else "",
        ),
        "history": ("customers.view_user", office_address("customers_user_history", person.pk)),
    }
    return {name: address for name, (permission, address) in addresses.items() if address and has(permission)}
