"""Who may see a booking's pages: whoever holds the cookie that its access link was exchanged for."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from bookings.models import Booking
from config.kernel.references import reference_key
from customers.access_cookies import read_access_token
from customers.models import AccessLink
from customers.services.access import opened_key


def opened_booking(request: HttpRequest, reference: str, bookings: QuerySet[Booking]) -> Booking:
    """The booking of this address, read as `bookings` says. Raises the same Http404 for "none such" and "not yours".

    The cookie leads to the booking and the address only has to agree, so a reference that exists and one that does not
    cost the same single look-up.
    """
    key = opened_key(read_access_token(request), purpose=AccessLink.Purpose.BOOKING)
    try:
        booking = bookings.get(pk=key)
    except Booking.DoesNotExist:
        raise Http404 from None
    if booking.reference_key != reference_key(reference):
        raise Http404
    return booking
