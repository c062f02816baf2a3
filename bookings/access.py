"""Who may see a booking's pages: whoever holds the cookie that its access link was exchanged for."""

from uuid import UUID

from django.http import Http404, HttpRequest

from bookings import selectors
from bookings.models import Booking
from config.kernel.references import reference_key
from customers.access_cookies import read_access_token
from customers.models import AccessLink
from customers.services.access import opened_subject


def opened_booking(request: HttpRequest, reference: str) -> Booking:
    """The booking of this address, with its session. Raises the same Http404 for "none such" and "not yours".

    The cookie leads to the booking and the address only has to agree, so a reference that exists and one that does not
    cost the same single look-up.
    """
    key = opened_subject(read_access_token(request), purpose=AccessLink.Purpose.BOOKING)
    if not key:
        raise Http404
    booking = selectors.booking_with_session(UUID(key))
    if booking.reference_key != reference_key(reference):
        raise Http404
    return booking
