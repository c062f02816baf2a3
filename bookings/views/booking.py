"""The booking page and its calendar file, for who may see the booking (bookings.access)."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings import selectors
from bookings.access import opened_booking
from bookings.models import Booking
from bookings.services.calendars import booking_calendar
from bookings.services.plans import plans_for
from bookings.views.next_steps import next_steps, person_rows
from bookings.views.own_needs import can_say
from communications.selectors import copy_standing, letters_about
from config.kernel import clock
from invoicing.models import Invoice
from invoicing.selectors import invoices_for
from payments.models import Payment
from payments.selectors import latest_payment, money_of, on_its_way_back, open_discrepancies


@never_cache
@require_safe
def booking(request: HttpRequest, reference: str) -> HttpResponse:
    """Five queries, and one more: for the letters of what is booked, the payment of what is not paid, or money back."""
    shown = selectors.add_details_for_booker(opened_booking(request, reference, selectors.bookings_with_session()))
    now = clock.now()
    invoices = list(invoices_for(shown))
    context = {
        "booking": shown,
        "session": shown.session,
        "course": shown.session.course,
        "people": shown.attendees.all(),
        "money": money_of(shown),
        "invoices": invoices,
        "invoice": _main_invoice(invoices),
        "has_lapsed": shown.lapses_at is not None and shown.lapses_at <= now,
        "is_over": shown.session.ends_at <= now,
        "plans": _plans(shown, now),
        "own_needs": _own_needs(shown, now),
    }
    if shown.status == Booking.Status.CONFIRMED:
        context |= _after_booking(shown, now)
    elif shown.status == Booking.Status.PENDING:
        context["is_checking"] = _is_checking(shown)
    elif shown.status == Booking.Status.CANCELLED:
        context["on_its_way"] = on_its_way_back(shown)
    return render(request, "bookings/booking.html", context)


@never_cache
@require_safe
def booking_calendar_file(request: HttpRequest, reference: str) -> HttpResponse:
    shown = selectors.add_details(opened_booking(request, reference, selectors.bookings_with_session()))
    if shown.status != Booking.Status.CONFIRMED:
        raise Http404
    return calendar_response(booking_calendar(shown, now=clock.now()), name=shown.reference)


def calendar_response(content: bytes, *, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def _after_booking(shown: Booking, now: datetime) -> dict[str, Any]:
    letters = letters_about(shown)
    return {
        "steps": next_steps(shown, letters, now),
        "rows": person_rows(shown, letters),
        "copy": copy_standing(letters, now),
        "mails_go_to": shown.contact_email or shown.customer.email,
    }


def _is_checking(shown: Booking) -> bool:
    """Whether money is on its way or has to be looked at by a person: nobody should pay again meanwhile."""
    payment = latest_payment(shown)
    if payment is None:
        return False
    return payment.status == Payment.Status.PROCESSING or open_discrepancies(payment).exists()


def _main_invoice(invoices: list[Invoice]) -> Invoice | None:
    """The first one issued: what the booking cost. The list is newest first."""
    return invoices[-1] if invoices else None


def _own_needs(shown: Booking, now: datetime) -> str:
    """What the link says that leads to the booker's own needs; empty where there is nothing to say or to take back."""
    own = next((person for person in shown.attendees.all() if person.is_booker), None)
    if own is None:
        return ""
    if getattr(own, "needs_known", False):
        return "See, change or take back what you told us would help you"
    return "Tell us what would help you take part" if can_say(shown, now) else ""


def _plans(shown: Booking, now: datetime) -> list[str]:
    """Nothing to plan once the course has begun or the booking is over."""
    if shown.status not in Booking.COUNTED_STATUSES or shown.session.starts_at <= now:
        return []
    return plans_for(shown, clock.london_date(now))
