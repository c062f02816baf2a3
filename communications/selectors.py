"""Reading messages and the texts of pages."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import CharField, Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from bookings.models import Booking, SessionDay
from bookings.selectors import people_for_booker
from communications.models import Message, PageText
from customers.models import User

COPY_WAIT = timedelta(minutes=2)
COPIES_A_DAY = 5
COPY = ":resend:"
"""Between the key of a letter and the number of a copy of it (services.outbox.resend)."""

_LOST = (Message.State.BOUNCED, Message.State.FAILED, Message.State.SUPPRESSED)
_OF_A_COPY = ("kind", "state", "dedupe_key", "to_email", "created_at", "sent_at")
_FIRST_KEY = Func(F("dedupe_key"), Value(COPY), Value(1), function="split_part", output_field=CharField())
_FIRST_KEY_OUTSIDE = Func(
    OuterRef("dedupe_key"), Value(COPY), Value(1), function="split_part", output_field=CharField()
)


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


def same_letter(message: Message) -> list[Message]:
    """The letter as it was first written and every copy of it, oldest first, without their texts: one query."""
    letters = Message.objects.filter(_same_letter(message)).order_by("created_at", "id")
    return list(letters.only(*_OF_A_COPY))


def copies_of(messages: Iterable[Message]) -> dict[UUID, Message]:
    """For each of these that was lost, the newest copy written after it, if there is one: one query, without the texts.

    None when none was lost. What was stopped on purpose is not lost.
    """
    lost = [message for message in messages if message.state in _LOST]
    if not lost:
        return {}
    letters = Message.objects.filter(reduce(or_, map(_same_letter, lost))).order_by("created_at", "id")
    found: dict[str, list[Message]] = defaultdict(list)
    for letter in letters.only(*_OF_A_COPY):
        found[_first_key(letter)].append(letter)
    return {
        message.pk: copies[-1]
        for message in lost
        if (copies := [one for one in found[_first_key(message)] if one.created_at > message.created_at])
    }


def not_sent_anew() -> Q:
    """The condition for letters in whose place no later one goes, went, or was lost in its turn.

    Copies have the booking and the person of what they repeat, and are found by these; what is about nobody we know is
    found by its first copy. Of payment links the next one is as good as a copy.
    """
    states = (*Message.ON_THE_WAY, *Message.GONE, Message.State.BOUNCED, Message.State.FAILED)
    later = Message.objects.filter(state__in=states, created_at__gt=OuterRef("created_at"))
    copies = later.annotate(first_key=_FIRST_KEY).filter(first_key=_FIRST_KEY_OUTSIDE)
    of_nobody = Message.objects.filter(dedupe_key=Concat(OuterRef("dedupe_key"), Value(f"{COPY}1")), state__in=states)
    links = later.filter(kind=Message.Kind.PAYMENT_LINK, booking=OuterRef("booking"))
    return ~(
        Exists(copies.filter(booking=OuterRef("booking")))
        | Exists(copies.filter(user=OuterRef("user"), booking=None))
        | Exists(of_nobody)
        | (Q(kind=Message.Kind.PAYMENT_LINK) & Exists(links))
    )


def _same_letter(message: Message) -> Q:
    """By the beginnings of keys, which their index serves."""
    key = _first_key(message)
    if message.kind == Message.Kind.PAYMENT_LINK:
        return Q(dedupe_key__startswith=f"{key}:")
    return Q(dedupe_key=key) | Q(dedupe_key__startswith=f"{key}{COPY}")


def _first_key(message: Message) -> str:
    """The key of the letter that this repeats, its own where it repeats none; the same for all links of a booking."""
    key = message.dedupe_key.partition(COPY)[0]
    return key.rpartition(":")[0] if message.kind == Message.Kind.PAYMENT_LINK else key


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
