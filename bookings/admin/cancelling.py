"""Cancelling a booking: a page that says what will happen, in words and figures, and the press that does it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bookings.models import Booking
from bookings.selectors import add_details, bookings_with_session
from communications.services.cancelling import who_is_told
from config.kernel import clock
from config.kernel.money import format_money
from config.office import office_page, staff_page
from invoicing.selectors import invoices_for
from payments.flows.cancelling import Effect, cancel, effect_of
from payments.forms import CancelForm
from payments.services.refunds import FiguresChanged, RefundTooLarge

REFUND_PERMISSION = "payments.add_refund"


@staff_page("bookings/booking/<uuid:key>/cancel/", name="bookings_booking_cancel", permission="bookings.cancel_booking")
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """What is shown is sent along; if it is not so any more, nothing is done and the new figures are shown."""
    booking = bookings_with_session().filter(pk=key).first()
    if booking is None:
        raise Http404
    if request.method != "POST":
        return _page(request, booking)
    if booking.status == Booking.Status.CANCELLED:
        messages.info(request, f"Booking {booking.reference} was cancelled already. Nothing was done.")
        return _to_booking(booking)
    effect = effect_of(booking)
    if request.POST.get("figures") != effect.figures:
        return _page(request, booking, effect=effect, has_changed=True)
    form = _form(request, effect, request.POST)
    if not form.is_valid():
        return _page(request, booking, effect=effect, form=form)
    return _cancel(request, booking, form)


def _cancel(request: HttpRequest, booking: Booking, form: CancelForm) -> HttpResponse:
    try:
        is_new = cancel(
            booking_id=booking.pk,
            refund=form.sum,
            reason=Booking.CancelReason(form.cleaned_data["reason"]),
            figures=request.POST["figures"],
        )
    except (FiguresChanged, RefundTooLarge):
        booking.refresh_from_db()
        return _page(request, booking, has_changed=True)
    if is_new:
        money = f" {format_money(form.sum)} is on its way back." if form.sum else ""
        messages.success(request, f"Booking {booking.reference} is cancelled.{money}")
    else:
        messages.info(request, f"Booking {booking.reference} was cancelled already. Nothing was done.")
    return _to_booking(booking)


def _page(
    request: HttpRequest,
    booking: Booking,
    *,
    effect: Effect | None = None,
    form: CancelForm | None = None,
    has_changed: bool = False,
) -> HttpResponse:
    add_details(booking)
    effect = effect or effect_of(booking)
    context: dict[str, Any] = {
        "booking": booking,
        "session": booking.session,
        "people": booking.attendees.all(),
        "effect": effect,
        "has_changed": has_changed,
        "has_begun": booking.session.starts_at <= clock.now(),
        "may_refund": request.user.has_perm(REFUND_PERMISSION),
        "invoices": list(invoices_for(booking)),
    }
    if effect.is_cancellable:
        context |= {"form": form or _form(request, effect), "told": who_is_told(booking)}
    return office_page(request, "staff/bookings/cancel.html", context, title=f"Cancel booking {booking.reference}")


def _form(request: HttpRequest, effect: Effect, data: Any = None) -> CancelForm:
    may_refund = request.user.has_perm(REFUND_PERMISSION)
    return CancelForm(data, most=effect.can_go_back, suggested=effect.suggested, may_refund=may_refund)


def _to_booking(booking: Booking) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:bookings_booking_page", args=[booking.pk]))
