"""Who may see a booking's pages: whoever holds the cookie that its access link was exchanged for."""

from django.http import Http404, HttpRequest

from bookings import selectors
from bookings.models import Booking
from customers.access_cookies import read_access_token
from customers.models import AccessLink
from customers.services.access import opens


def opened_booking(request: HttpRequest, reference: str) -> Booking:
    """The booking of this address, with its details. Raises the same Http404 for "none such" and "not yours"."""
    booking = selectors.booking_for_reference(reference)
    key = str(booking.pk) if booking else "-"
    is_open = opens(read_access_token(request), purpose=AccessLink.Purpose.BOOKING, subject_key=key)
    if booking is None or not is_open:
        raise Http404
    return booking
