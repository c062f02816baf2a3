"""Writing to a customer from their page: a letter in one's own words, and a link to sign in."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from communications.services.office_letters import can_be_written_to, queue_office_letter
from config.office import office_page, staff_page
from customers.flows.signing_in import LinkSent, send_sign_in_link
from customers.forms import LetterForm
from customers.models import User

PERMISSION = "communications.add_message"

_TOLD = {
    LinkSent.SENT: (messages.SUCCESS, "The link to sign in is on its way to {email}."),
    LinkSent.JUST_SENT: (messages.INFO, "A link went to {email} a moment ago. It is still the one to use."),
    LinkSent.TOO_MANY: (messages.WARNING, "{email} has had enough links for this hour. Nothing was sent."),
    LinkSent.IMPOSSIBLE: (messages.WARNING, "Nothing was sent: they may not sign in, or have no usable email address."),
}


@staff_page("customers/user/<uuid:key>/write/", name="customers_user_write", permission=PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, key: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=key)
    if not can_be_written_to(person):
        messages.warning(request, f"There is no email address on record that {person} could be written to.")
        return _to_person(key)
    form = LetterForm(request.POST) if request.method == "POST" else LetterForm(initial={"token": uuid4()})
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        queue_office_letter(user=person, subject=typed["subject"], text=typed["text"], token=typed["token"])
        messages.success(request, f"Your email is on its way to {person.email}.")
        return _to_person(key)
    return office_page(request, "staff/customers/write.html", {"person": person, "form": form}, title="Write an email")


@staff_page("customers/user/<uuid:key>/sign-in-link/", name="customers_user_sign_in_link", permission=PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, key: UUID) -> HttpResponse:
    """GET says what will happen, POST does it."""
    person = get_object_or_404(User, pk=key)
    if request.method == "POST":
        level, told = _TOLD[send_sign_in_link(user=person)]
        messages.add_message(request, level, told.format(email=person.email))
        return _to_person(key)
    context = {"person": person, "is_possible": person.is_active and can_be_written_to(person)}
    return office_page(request, "staff/customers/sign_in_link.html", context, title="Send a sign-in link")


def _to_person(key: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:customers_user_page", args=[key]))
