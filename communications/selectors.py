"""Reading messages."""

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from bookings.models import Attendee, SessionDay
from communications.models import Message
from customers.models import User


def for_customer(user: User) -> QuerySet[Message]:
    """What was written to a person, newest first, with the booking it is about."""
    return Message.objects.filter(user=user).select_related("booking", "invoice").defer("body_text", "body_html")


def due_ids(now: datetime, *, limit: int) -> list[UUID]:
    """Messages whose time has come, longest waiting first."""
    return list(Message.objects.due(now).order_by("send_after").values_list("pk", flat=True)[:limit])


def with_subject(message_id: UUID) -> Message:
    """A message with everything its letter speaks of: four queries for any number of people and days."""
    session = "booking__session"
    message = (
        Message.objects.select_related(
            "invoice", "booking__customer", "booking__policy", f"{session}__course", f"{session}__venue", "attendee"
        )
        .prefetch_related(
            Prefetch("booking__attendees", Attendee.objects.order_by("position")),
            Prefetch(f"{session}__days", SessionDay.objects.order_by("starts_at")),
        )
        .get(pk=message_id)
    )
    if message.attendee and message.booking:
        message.attendee.booking = message.booking
    return message
