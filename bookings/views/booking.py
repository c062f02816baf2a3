"""The booking page and its calendar file, for who has the booking's access cookie."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings import selectors
from bookings.access import opened_booking
from bookings.models import Booking
from bookings.services.calendars import booking_calendar
from bookings.services.plans import plan_sentences
from config.kernel import clock
from invoicing.selectors import invoices_for
from payments.selectors import money_of


@never_cache
@require_safe
def booking(request: HttpRequest, reference: str) -> HttpResponse:
    shown = selectors.add_details(opened_booking(request, reference, selectors.bookings_with_session()))
    now = clock.now()
    context = {
        "booking": shown,
        "session": shown.session,
        "course": shown.session.course,
        "people": shown.attendees.all(),
        "money": money_of(shown),
        "invoices": invoices_for(shown),
        "has_lapsed": shown.lapses_at is not None and shown.lapses_at <= now,
        "plans": _plans(shown, now),
    }
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


def _plans(shown: Booking, now: datetime) -> list[str]:
    """Nothing to plan once the course has begun or the booking is over."""
    if shown.status not in Booking.COUNTED_STATUSES or shown.session.starts_at <= now:
        return []
    return plan_sentences(shown.policy, shown.session.starts_at, clock.london_date(now))
