"""One place, for who takes it: nothing about the others, the price or the booking."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings import selectors
from bookings.models import Attendee, Booking
from bookings.services.calendars import place_calendar
from bookings.views.booking import calendar_response
from config.kernel import clock
from customers.access_cookies import read_access_token
from customers.models import AccessLink
from customers.services.access import opens


@never_cache
@require_safe
def place(request: HttpRequest, attendee_id: UUID) -> HttpResponse:
    attendee = _opened_place(request, attendee_id)
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
    attendee = _opened_place(request, attendee_id)
    if attendee.booking.status != Booking.Status.CONFIRMED:
        raise Http404
    return calendar_response(place_calendar(attendee, now=clock.now()), name=attendee.booking.session.code)


def _opened_place(request: HttpRequest, attendee_id: UUID) -> Attendee:
    """Raises the same Http404 for "none such" and "not yours"."""
    token = read_access_token(request)
    is_open = opens(token, purpose=AccessLink.Purpose.ATTENDEE, subject_key=str(attendee_id))
    attendee = selectors.attendee_with_details(attendee_id) if is_open else None
    if attendee is None:
        raise Http404
    return attendee
