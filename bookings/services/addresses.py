"""Putting right where the letters about a booking go. Every function takes the LOCKED booking.

A letter that lies in a wrong mailbox holds a link to the booking, or to somebody's place. So with an address that is a
new one, and not another spelling, those links close at once, also in the browsers they were opened in; the next letter
has a new one.
"""

from uuid import UUID

from bookings.models import Attendee, Booking
from customers.email_keys import email_key
from customers.models import AccessLink
from customers.services.access import revoke_links
from customers.services.timeline import record_activity


def mend_contact_email(*, booking: Booking, email: str) -> bool:
    """Where letters to who booked go from now on. False when it was there already.

    People on the booking who share the old address, who booked among them, move along.
    """
    before = booking.contact_email or booking.customer.email
    if booking.contact_email == email:
        return False
    booking.contact_email = email
    booking.save(update_fields=["contact_email"])
    _leave(booking, before=before, email=email)
    _note(booking, "who booked")
    return True


def mend_place_email(*, booking: Booking, attendee_id: UUID, email: str) -> bool:
    """Where letters to the person in one place go from now on. False when it was there already."""
    place = booking.attendees.exclude(email=email).filter(pk=attendee_id).first()
    if place is None:
        return False
    _move(place, email)
    _note(booking, "a person")
    return True


def follow_customer(*, booking: Booking, before: str, email: str) -> bool:
    """Who booked has another address on record. False for a booking whose letters went elsewhere all the time.

    One without an address of its own has followed by itself.
    """
    if email_key(booking.contact_email) == email_key(before):
        return mend_contact_email(booking=booking, email=email)
    if booking.contact_email:
        return False
    _leave(booking, before=before, email=email)
    return True


def _leave(booking: Booking, *, before: str, email: str) -> None:
    """The mailbox at `before` has nothing to do with this booking any more."""
    old = email_key(before)
    if old is None or old == email_key(email):
        return
    for place in booking.attendees.all():
        if email_key(place.email) == old:
            _move(place, email)
    revoke_links(purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk))


def _move(place: Attendee, email: str) -> None:
    is_new = email_key(place.email) != email_key(email)
    place.email = email
    place.save(update_fields=["email"])
    if is_new:
        revoke_links(purpose=AccessLink.Purpose.ATTENDEE, subject_key=str(place.pk))


def _note(booking: Booking, whose: str) -> None:
    record_activity(
        user_id=booking.customer_id,
        kind="address_mended",
        summary=f"Booking {booking.reference}: the email address of {whose} was put right",
        subject_kind="booking",
        subject_key=str(booking.pk),
    )
