"""Finding anyone from every page of the office: a form with `q`, and the same results in part for its script.

What was typed is in the address, so that a result can be gone back to. It is the one exception to the rule that people
are never part of addresses; logs hold no addresses (config/kernel/logs.py).
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from config.kernel.searching import phone_digits
from config.office import office_page, staff_page
from customers.flows.search import Found, Group, find

# Each group is for who may look at what it leads to.
_PERMISSIONS: Mapping[Group, str] = {
    Group.PEOPLE: "customers.view_user",
    Group.ORGANISATIONS: "customers.view_organisation",
    Group.BOOKINGS: "bookings.view_booking",
    Group.INVOICES: "invoicing.view_invoice",
    Group.PAYMENTS: "payments.view_payment",
}
_PAGES: Mapping[str, str] = {
    "customers.User": "admin:customers_user_page",
    "customers.Organisation": "admin:customers_organisation_change",
    "bookings.Booking": "admin:bookings_booking_page",
    "invoicing.Invoice": "admin:invoicing_invoice_change",
    "payments.Payment": "admin:payments_payment_page",
}


@staff_page("customers/lookup/", name="customers_lookup", permission=tuple(_PERMISSIONS.values()))
@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """One thing that is just what was typed is gone to at once; anything else is shown."""
    allowed = [group for group, permission in _PERMISSIONS.items() if request.user.has_perm(permission)]
    found = find(request.GET.get("q", ""), allowed)
    context = {"found": found, "typed": _as_details(found)}
    if request.GET.get("part") == "results":
        return TemplateResponse(request, "staff/customers/_found.html", context)
    if found.the_one is not None:
        return redirect(_page_of(found.the_one), found.the_one.pk)
    return office_page(request, "staff/customers/lookup.html", context, title="Search everything")


def _page_of(found: Model) -> str:
    return _PAGES[found._meta.label]


def _as_details(found: Found) -> Mapping[str, Any]:
    """What was typed as the fields of a new booking's form, for when nobody is found."""
    if "@" in found.text:
        return {"email": found.text}
    if phone_digits(found.text):
        return {"phone": found.text}
    first_name, _, last_name = found.text.rpartition(" ")
    return {"first_name": first_name, "last_name": last_name}
