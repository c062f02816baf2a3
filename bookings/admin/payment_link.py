"""Sending a payment link: the page says to whom it goes, for how much and until when, and its button sends it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import selectors
from bookings.admin.sight import user_of
from bookings.flows.payment_link import NotPayable, amount_to_ask, send_payment_link
from bookings.forms.address import AddressForm
from bookings.models import Booking
from bookings.services.lifecycle import link_hours_end
from communications import recipients
from communications.services.payment_links import waiting_payment_link
from config.kernel import clock
from config.office import office_page, staff_page
from customers.services.matching import AddressTaken

_TAKEN = "Somebody else has this address. Type another one, or make the booking theirs"


@staff_page(
    "bookings/booking/<uuid:key>/payment-link/",
    name="bookings_booking_payment_link",
    permission="bookings.add_booking",
)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def payment_link(request: HttpRequest, key: UUID) -> HttpResponseBase:
    seen = selectors.sessions_seen_by(user_of(request))
    booking = get_object_or_404(selectors.bookings_with_session().filter(session__in=seen), pk=key)
    recipient = recipients.booker(booking)
    form = None if recipient else AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return _send(request, booking, form.cleaned_data["email"] if form else "")
        except AddressTaken:
            if form:
                form.add_error("email", _TAKEN)
        except NotPayable:
            # Something happened since the page was opened: it says what.
            booking.refresh_from_db(fields=["status", "lapses_at"])
    return _page(request, booking, recipient, form)


def _send(request: HttpRequest, booking: Booking, email: str) -> HttpResponseBase:
    sent = send_payment_link(booking_id=booking.pk, email=email)
    if sent.is_new:
        messages.success(request, f"A payment link is on its way to {sent.message.to_email}.")
    else:
        messages.info(request, f"A payment link is on its way to {sent.message.to_email} already. No other was sent.")
    return redirect("admin:bookings_booking_page", booking.pk)


def _page(
    request: HttpRequest, booking: Booking, recipient: recipients.Recipient | None, form: AddressForm | None
) -> HttpResponseBase:
    try:
        amount, why_not = amount_to_ask(booking), ""
    except NotPayable as reason:
        amount, why_not = None, str(reason)
    kept_until = booking.lapses_at and max(
        booking.lapses_at,
        link_hours_end(booking.policy, begin=clock.now(), starts_at=booking.session.starts_at),
    )
    context = {
        "booking": booking,
        "session": booking.session,
        "places": booking.attendees.count(),
        "recipient": recipient,
        "form": form,
        "amount": amount,
        "why_not": why_not,
        "kept_until": kept_until,
        "waiting": waiting_payment_link(booking),
    }
    return office_page(request, "staff/bookings/payment_link.html", context, title="Send a payment link")
