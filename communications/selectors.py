"""Reading messages and the texts of pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from bookings.models import Booking, SessionDay
from bookings.selectors import people_for_booker
from communications.models import Message, PageText
from customers.models import User

COPY_WAIT = timedelta(minutes=2)
COPIES_A_DAY = 5


def for_customer(user: User) -> QuerySet[Message]:
    """What was written to a person, newest first, with the booking it is about."""
    return Message.objects.filter(user=user).select_related("booking", "invoice").defer("body_text", "body_html")


@dataclass(frozen=True)
class CopyStanding:
    """Whether who booked may have the confirmation sent again. `asked_at`: they did, a moment ago."""

    asked_at: datetime | None
    again_at: datetime | None
    is_used_up: bool

    @property
    def may_ask(self) -> bool:
        return self.again_at is None and not self.is_used_up


def letters_about(booking: Booking) -> list[Message]:
    """The confirmations and joining instructions of a booking, oldest first, without their texts: one query."""
    kinds = (Message.Kind.BOOKING_CONFIRMATION, Message.Kind.JOINING_INSTRUCTIONS)
    letters = Message.objects.filter(booking=booking, kind__in=kinds).order_by("created_at", "id")
    fields = ("kind", "state", "booking", "attendee", "invoice", "to_email", "dedupe_key", "created_at", "sent_at")
    return list(letters.only(*fields))


def copy_standing(letters: Iterable[Message], now: datetime) -> CopyStanding:
    """`letters` are a booking's, oldest first. COPY_WAIT lies between two confirmations; COPIES_A_DAY are enough."""
    confirmations = [letter for letter in letters if letter.kind == Message.Kind.BOOKING_CONFIRMATION]
    copies = [letter for letter in confirmations if ":resend:" in letter.dedupe_key]
    recent = [letter for letter in confirmations if letter.created_at > now - COPY_WAIT]
    return CopyStanding(
        asked_at=recent[-1].created_at if recent and recent[-1] in copies else None,
        again_at=recent[-1].created_at + COPY_WAIT if recent else None,
        is_used_up=len([copy for copy in copies if copy.created_at > now - timedelta(days=1)]) >= COPIES_A_DAY,
    )


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
            "refund__payment__payer",
        )
        .prefetch_related(
            Prefetch("booking__attendees", people_for_booker()),
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
