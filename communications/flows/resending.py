"""A letter once more, asked for by the office; perhaps to an address that is put right first."""

from uuid import UUID

from django.db import transaction

import bookings.locks as booking_locks
from bookings.services.addresses import mend_contact_email, mend_place_email
from communications.models import Message
from communications.recipients import is_passed_on
from communications.services import outbox
from communications.services.copies import send_copy
from communications.services.resending import why_not_again


class NotAgain(Exception):
    """This letter must not go again; the text says why."""


@transaction.atomic
def send_once_more(*, message_id: UUID, email: str = "") -> Message:
    """Puts a failed letter back into the queue, and sends a copy of one that went. Gives back the row that will go.

    With `email` later letters about the booking, or to this person on it, go there as well, and the links in those to
    the old address close. Raises NotAgain. Locks: Booking, then those of a copy.
    """
    message = Message.objects.select_related("booking__customer", "attendee", "user", "sign_in").get(pk=message_id)
    if reason := why_not_again(message):
        raise NotAgain(reason)
    if email and message.booking_id and _mend(message, message.booking_id, email):
        message = Message.objects.select_related("booking__customer", "attendee").get(pk=message_id)
    return message if outbox.send_again(message=message) else send_copy(message=message)


def _mend(message: Message, booking_id: UUID, email: str) -> bool:
    booking = booking_locks.lock_booking(booking_id)
    if message.attendee_id and not is_passed_on(message):
        return mend_place_email(booking=booking, attendee_id=message.attendee_id, email=email)
    return mend_contact_email(booking=booking, email=email)
