"""Whether a letter can go again: not while it is on its way, and not when what it says is not so any more."""

from bookings.models import Booking
from communications.models import Message
from communications.services.cancelling import INVITING_KINDS


def why_not_again(message: Message) -> str:
    """Why this letter, read with its booking, must not go again; nothing when it may."""
    if message.state in Message.ON_THE_WAY:
        return "It is on its way. Wait until that is over before you send it again."
    if message.kind in INVITING_KINDS and message.booking and message.booking.status != Booking.Status.CONFIRMED:
        return "What it says is not so any more: the booking is not confirmed."
    if message.kind == Message.Kind.PAYMENT_LINK and message.booking and not _can_be_paid(message.booking):
        return "There is nothing to pay any more."
    if message.kind == Message.Kind.SIGN_IN and message.sign_in_id is None:
        return "The request that it answers is too old. They can ask for a new link on the website."
    return ""


def _can_be_paid(booking: Booking) -> bool:
    return booking.status == Booking.Status.PENDING
