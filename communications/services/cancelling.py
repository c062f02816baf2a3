"""Telling everybody that a booking is cancelled, and stopping the letters that would still invite them."""

from dataclasses import dataclass
from decimal import Decimal

from bookings.models import Attendee, Booking
from communications import recipients
from communications.models import Message, MessageEvent, MessageQuerySet
from communications.services.outbox import queue_messages, to_booker
from config.kernel import clock

# What would be wrong as soon as the booking is cancelled. An invoice stays what it is.
INVITING_KINDS = (Message.Kind.BOOKING_CONFIRMATION, Message.Kind.JOINING_INSTRUCTIONS)
_STOPPED_KINDS = (*INVITING_KINDS, Message.Kind.PAYMENT_LINK)


@dataclass(frozen=True)
class Told:
    """Who is written to when a booking is cancelled: who booked, and the people whose place was theirs already."""

    booker: recipients.Recipient | None
    people: tuple[tuple[Attendee, recipients.Recipient], ...]


def who_is_told(booking: Booking) -> Told:
    """Who would be written to now. Whoever was not invited yet never hears of it; nor who has no address of their own.

    Two queries, the first for the attendees unless they were read before.
    """
    booked_by = recipients.booker(booking)
    if booking.confirmed_at is None:
        return Told(booked_by, ())
    waiting = _still_queued(booking).filter(kind=Message.Kind.JOINING_INSTRUCTIONS, dedupe_key__endswith=":joining")
    uninvited = set(waiting.values_list("attendee_id", flat=True))
    people = [
        (attendee, recipient)
        for attendee in sorted(booking.attendees.all(), key=lambda attendee: attendee.position)
        if (recipient := recipients.own_letter(attendee, booked_by=booked_by)) and attendee.pk not in uninvited
    ]
    return Told(booked_by, tuple(people))


def tell_of_cancelling(*, booking: Booking, refunded: Decimal) -> list[Message]:
    """Stops invitations that have not gone and queues the letters, once; part of the caller's transaction.

    `refunded` is what goes back because of it, nought for nothing.
    """
    told = who_is_told(booking)
    _stop_invitations(booking)
    messages = []
    if told.booker:
        kind = Message.Kind.BOOKING_CANCELLED
        message = to_booker(booking, told.booker, kind, f"booking:{booking.pk}:cancelled")
        message.amount = refunded
        messages.append(message)
    messages.extend(
        Message(
            dedupe_key=f"attendee:{attendee.pk}:cancelled",
            kind=Message.Kind.PLACE_CANCELLED,
            user_id=attendee.user_id,
            booking=booking,
            attendee=attendee,
            to_email=recipient.email,
            to_name=recipient.name,
            send_after=clock.now(),
        )
        for attendee, recipient in told.people
    )
    return queue_messages(messages)


def _stop_invitations(booking: Booking) -> None:
    """One that a worker has in hand already goes out; the letter about the cancelling follows it."""
    for message_id in list(_still_queued(booking).values_list("pk", flat=True)):
        moved = _still_queued(booking).filter(pk=message_id).update(state=Message.State.CANCELLED)
        if moved:
            MessageEvent.objects.create(
                message_id=message_id, kind="cancelled", detail="The booking was cancelled before this was sent."
            )


def _still_queued(booking: Booking) -> MessageQuerySet:
    return Message.objects.filter(booking=booking, state=Message.State.QUEUED, kind__in=_STOPPED_KINDS)
