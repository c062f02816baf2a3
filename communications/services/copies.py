"""Letters again: any for staff, and for who booked the confirmation, to the booking's address and not too often."""

from django.db import transaction

from bookings.models import Booking
from bookings.selectors import booking_with_details
from communications import locks
from communications.models import Message
from communications.selectors import copy_standing, letters_about
from communications.services import outbox
from config.kernel import clock
from invoicing.services.confirmations import ensure_confirmation


def send_copy(*, message: Message) -> Message:
    """Any letter again, for staff: a confirmation gets papers that say what is so now, such as a name put right."""
    if message.kind == Message.Kind.BOOKING_CONFIRMATION and message.booking_id:
        booking = booking_with_details(message.booking_id)
        if booking.status == Booking.Status.CONFIRMED:
            ensure_confirmation(booking)
    return outbox.resend(message=message)


@transaction.atomic
def ask_for_copy(*, booking: Booking) -> bool:
    """Queues the confirmation anew, with papers that say what is so now. False when it is too soon, or nothing to say.

    `booking` is one of bookings.selectors, with its session, days and people. While a copy waits no other is queued;
    communications.selectors.copy_standing says how often is not too often. Locks: BookingConfirmation, Message (of two
    presses one waits).
    """
    if booking.status != Booking.Status.CONFIRMED:
        return False
    original = Message.objects.filter(dedupe_key=outbox.confirmation_key(booking)).first()
    if original is None:
        return outbox.queue_confirmation(booking=booking) is not None
    ensure_confirmation(booking)
    locks.lock_original(original.dedupe_key)
    if not copy_standing(letters_about(booking), clock.now()).may_ask:
        return False
    outbox.resend(message=original)
    return True
