"""Reading messages and the texts of pages."""

from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from bookings.models import Attendee, SessionDay
from communications.models import Message, PageText
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
            "invoice",
            "sign_in",
            "booking__customer",
            "booking__confirmation",
            "booking__policy",
            f"{session}__course",
            f"{session}__venue",
            "attendee",
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


def page_text(page: PageText.Page) -> PageText:
    """What a page says now: its newest version. There is always one (communications.apps)."""
    return PageText.objects.filter(page=page).order_by("-version")[0]


def newest_page_texts() -> QuerySet[PageText]:
    """The newest version of each page."""
    newest = PageText.objects.filter(page=OuterRef("page")).order_by("-version").values("pk")[:1]
    return PageText.objects.filter(pk=Subquery(newest))
