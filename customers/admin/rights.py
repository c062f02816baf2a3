"""Who may log in to the office, and what for. For those who may say so."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from config.office import office_page, staff_page
from customers.forms import RoleForm
from customers.models import User
from customers.services import roles, second_factor


@staff_page("customers/user/<uuid:key>/role/", name="customers_user_role", permission="customers.manage_staff")
@require_http_methods(["GET", "HEAD", "POST"])
def role_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Somebody's role, whether they may log in, their password and their device, on one page."""
    person = get_object_or_404(User, pk=key)
    now = {"role": roles.role_of(person) or RoleForm.NONE, "is_active": person.is_active}
    form = RoleForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_bound and form.is_valid() and _changed(request, person, form):
        return HttpResponseRedirect(reverse("admin:customers_user_role", args=[key]))
    context = {
        "person": person,
        "form": form,
        "is_oneself": person.pk == request.user.pk,
        "is_above": person.is_superuser and not request.user.is_superuser,
        "standing": second_factor.standing_of(key),
        "has_password": person.has_usable_password(),
    }
    return office_page(request, "staff/customers/role.html", context, title="Rights in the office")


def _changed(request: HttpRequest, person: User, form: RoleForm) -> bool:
    """Does what was chosen, or puts the refusal into the form."""
    by = cast("User", request.user)
    try:
        is_new = roles.set_rights(
            person_id=person.pk, role=form.chosen, is_active=form.cleaned_data["is_active"], by=by
        )
    except roles.RoleRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    if is_new:
        messages.success(request, f"{person}’s rights are changed. Where they were logged in, they are not any more.")
    else:
        messages.info(request, f"{person} has these rights already. Nothing was changed.")
    return True
