"""One place, for who takes it: nothing about the others, the price or the booking."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.access import opened_place
from bookings.models import Booking
from bookings.services.calendars import place_calendar
from bookings.views.booking import calendar_response
from config.kernel import clock


@never_cache
@require_safe
def place(request: HttpRequest, attendee_id: UUID) -> HttpResponse:
    attendee = opened_place(request, attendee_id)
    session = attendee.booking.session
    context = {
        "attendee": attendee,
        "session": session,
        "course": session.course,
        "is_booked": attendee.booking.status == Booking.Status.CONFIRMED,
    }
    return render(request, "bookings/place.html", context)


@never_cache
@require_safe
def place_calendar_file(request: HttpRequest, attendee_id: UUID) -> HttpResponse:
    attendee = opened_place(request, attendee_id)
    if attendee.booking.status != Booking.Status.CONFIRMED:
        raise Http404
    return calendar_response(place_calendar(attendee, now=clock.now()), name=attendee.booking.session.code)
