"""The letter that asks who booked to pay, with a link to the payment. The link is made when the letter is sent."""

from decimal import Decimal

from django.db.models import QuerySet

from bookings.models import Booking
from communications import recipients
from communications.models import Message, MessageEvent
from communications.services.outbox import DELIVER_TASK
from config.kernel import clock
from config.kernel.jobs import enqueue


def waiting_payment_link(booking: Booking) -> Message | None:
    """The letter about a booking's payment that is still on its way out."""
    return _letters(booking).filter(state__in=Message.ON_THE_WAY).order_by("-created_at").first()


def queue_payment_link(*, booking: Booking, amount: Decimal) -> Message | None:
    """Queues the letter for a LOCKED booking, each time as a letter of its own; part of the caller's transaction.

    While an earlier one waits, that one is given back and nothing is queued: pressing twice sends once. None when who
    booked has no address.
    """
    waiting = waiting_payment_link(booking)
    recipient = recipients.booker(booking)
    if waiting or recipient is None:
        return waiting
    message = Message.objects.create(
        dedupe_key=f"booking:{booking.pk}:payment-link:{_letters(booking).count() + 1}",
        kind=Message.Kind.PAYMENT_LINK,
        user_id=booking.customer_id,
        booking=booking,
        amount=amount,
        to_email=recipient.email,
        to_name=recipient.name,
        send_after=clock.now(),
    )
    MessageEvent.objects.create(message=message, kind="queued")
    enqueue(DELIVER_TASK, message.pk)
    return message


def _letters(booking: Booking) -> QuerySet[Message]:
    return Message.objects.filter(booking=booking, kind=Message.Kind.PAYMENT_LINK)
