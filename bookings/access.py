"""Who may see the pages of a booking and of a place: who came by its link, and who is signed in and has a right to it.

A booking is its customer's. A place is whose address it was booked with, and only once the booking was confirmed: an
address that somebody signs in with is proved to be theirs.
"""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from bookings import selectors
from bookings.models import Attendee, Booking
from config.kernel.references import reference_key
from customers.access_cookies import read_access_token
from customers.email_keys import email_key
from customers.models import AccessLink
from customers.services.access import opened_key, opens
from customers.services.visits import visitor_key
from customers.visit_cookies import current_visit, read_visit_token

_NOBODYS = UUID(int=0)


def opened_booking(request: HttpRequest, reference: str, bookings: QuerySet[Booking]) -> Booking:
    """The booking of this address, read as `bookings` says. Raises the same Http404 for "none such" and "not yours".

    The cookie of a link leads to the booking and the address only has to agree; a visitor's own are looked for by
    reference among theirs alone. So a reference that exists and one that does not cost the same look-ups.
    """
    key = opened_key(read_access_token(request), purpose=AccessLink.Purpose.BOOKING)
    booking = bookings.filter(pk=key).first()
    if booking is None or booking.reference_key != reference_key(reference):
        booking = _visitors_booking(request, reference, bookings)
    if booking is None:
        raise Http404
    return booking


def opens_booking(request: HttpRequest, booking_id: UUID | None) -> bool:
    """Whether this browser may see the booking with this key. No key, for one that is not there, costs the same."""
    by_link = opens(
        read_access_token(request),
        purpose=AccessLink.Purpose.BOOKING,
        subject_key=str(booking_id) if booking_id else "-",
    )
    return by_link or _is_visitors(request, booking_id or _NOBODYS)


def opened_place(request: HttpRequest, attendee_id: UUID) -> Attendee:
    """The place of this address. Raises the same Http404 for "none such" and "not yours"."""
    token = read_access_token(request)
    is_open = opens(token, purpose=AccessLink.Purpose.ATTENDEE, subject_key=str(attendee_id))
    place = None
    if is_open or is_visitors_place(request, attendee_id):
        place = selectors.attendee_with_details(attendee_id)
    if place is None:
        raise Http404
    return place


def is_visitors_place(request: HttpRequest, attendee_id: UUID) -> bool:
    """Whether who is signed in may see the place with this key. One that is not there costs what another's costs."""
    visit = current_visit(request)
    if visit is None or not visit.user.email_key:
        return False
    booked = Attendee.objects.filter(pk=attendee_id, booking__confirmed_at__isnull=False)
    address = booked.order_by().values_list("email", flat=True).first()
    return address is not None and email_key(address) == visit.user.email_key


def _is_visitors(request: HttpRequest, booking_id: UUID) -> bool:
    token = read_visit_token(request)
    return bool(token) and Booking.objects.filter(pk=booking_id, customer=visitor_key(token)).exists()


def _visitors_booking(request: HttpRequest, reference: str, bookings: QuerySet[Booking]) -> Booking | None:
    token = read_visit_token(request)
    if not token:
        return None
    return bookings.filter(customer=visitor_key(token), reference_key=reference_key(reference)).first()
