"""Sending a letter once more: a page that says to whom and what that means, and the press that does it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from communications import recipients
from communications.flows.resending import NotAgain, send_once_more
from communications.forms import ResendForm
from communications.models import Message
from communications.services.resending import why_not_again
from config.office import office_page, staff_page
from customers.email_keys import email_key


@staff_page(
    "communications/message/<uuid:key>/resend/",
    name="communications_message_resend",
    permission="communications.send_message_again",
)
@require_http_methods(["GET", "HEAD", "POST"])
def resend_page(request: HttpRequest, key: UUID) -> HttpResponse:
    subjects = Message.objects.select_related("booking__customer", "attendee", "user", "sign_in")
    message = get_object_or_404(subjects, pk=key)
    recipient, may_mend = recipients.address_now(message), _may_mend(request, message)
    form = ResendForm(request.POST if request.method == "POST" else None, email=recipient.email, may_mend=may_mend)
    if form.is_valid():
        return _send(request, message, form.cleaned_data.get("email", ""), before=recipient.email)
    context = {
        "message": message,
        "recipient": recipient,
        "form": form,
        "may_mend": may_mend,
        "is_to_person": _is_to_person(message),
        "why_not": why_not_again(message),
        "has_failed": message.state == Message.State.FAILED,
    }
    title = f"Send again: {message.get_kind_display().lower()}"
    return office_page(request, "staff/communications/resend.html", context, title=title)


def _send(request: HttpRequest, message: Message, email: str, *, before: str) -> HttpResponse:
    try:
        going = send_once_more(message_id=message.pk, email=email)
    except NotAgain as reason:
        messages.error(request, f"Nothing was sent. {reason}")
        return _to_message(message.pk)
    again = "is in the queue again" if going.pk == message.pk else "goes again as a new letter"
    going.refresh_from_db(fields=["to_email"])
    messages.success(request, f"It {again}, to {going.to_email}.")
    if email_key(going.to_email) != email_key(before) and not _is_to_person(message):
        _name_other_address(request, message, before)
    return _to_message(going.pk)


def _name_other_address(request: HttpRequest, message: Message, before: str) -> None:
    """Who reads the old mailbox could still sign in there, for as long as it is the customer's own address."""
    customer = message.booking.customer if message.booking else None
    if customer is None or customer.email_key != email_key(before):
        return
    told = f"The address {customer.email} still signs in as {customer}."
    if request.user.has_perm("customers.change_user"):
        page = reverse("admin:customers_user_change", args=[customer.pk])
        told = format_html('{} <a href="{}">Put it right on their page as well</a>.', told, page)
    messages.warning(request, told)


def _may_mend(request: HttpRequest, message: Message) -> bool:
    """Addresses of bookings and of people on them; a customer's own is put right on the customer's page."""
    if message.booking_id is None:
        return False
    return request.user.has_perm("bookings.change_attendee" if _is_to_person(message) else "bookings.change_booking")


def _is_to_person(message: Message) -> bool:
    """Whether its address is that of one person on a booking; else it is that of who booked."""
    return message.attendee_id is not None and not recipients.is_passed_on(message)


def _to_message(key: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:communications_message_page", args=[key]))
