"""Telling everybody that a booking is cancelled, and stopping the letters that would still invite them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookings.models import Attendee, Booking
from communications import locks, recipients
from communications.models import Message, MessageEvent
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
    waiting = Message.objects.filter(booking=booking, state=Message.State.QUEUED, kind__in=_STOPPED_KINDS)
    return _told(booking, list(waiting))


def _told(booking: Booking, stopped: Sequence[Message]) -> Told:
    """`stopped`: the letters that wait and will never go."""
    booked_by = recipients.booker(booking)
    if booking.confirmed_at is None:
        return Told(booked_by, ())
    uninvited = {message.attendee_id for message in stopped if message.dedupe_key.endswith(":joining")}
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
    told = _told(booking, _stop_invitations(booking))
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


def _stop_invitations(booking: Booking) -> list[Message]:
    """What was stopped. One that a worker has in hand goes out; the letter about the cancelling follows it."""
    stopped = locks.lock_queued_about(booking, _STOPPED_KINDS)
    Message.objects.filter(pk__in=[message.pk for message in stopped]).update(state=Message.State.CANCELLED)
    detail = "The booking was cancelled before this was sent."
    MessageEvent.objects.bulk_create(
        MessageEvent(message=message, kind="cancelled", detail=detail) for message in stopped
    )
    return stopped
