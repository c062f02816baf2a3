"""Putting right where the letters about a booking go. Both functions take the LOCKED booking."""

from uuid import UUID

from bookings.models import Booking


def mend_contact_email(*, booking: Booking, email: str) -> bool:
    """Where letters to who booked go from now on. False when it was there already."""
    if booking.contact_email == email:
        return False
    booking.contact_email = email
    booking.save(update_fields=["contact_email"])
    return True


def mend_place_email(*, booking: Booking, attendee_id: UUID, email: str) -> bool:
    """Where letters to the person in one place go from now on. False when it was there already."""
    return booking.attendees.filter(pk=attendee_id).exclude(email=email).update(email=email) == 1
