"""What letters are made of: their facts, their files, and what several of them say of a course."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bookings.models import Attendee, Booking, CourseSession
from communications.models import Message
from communications.wording import SUBJECT_LENGTH, short_dates, shortened
from config.kernel import clock


@dataclass(frozen=True)
class Row:
    """A key and its lines, the same in both forms of a letter.

    With a `link` its lines are what there is to press; where nothing can be pressed the address stands in their place.
    """

    key: str
    lines: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; `label` is what the letter calls it."""

    label: str
    filename: str
    content: bytes
    maintype: str
    subtype: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Content:
    """The facts of a letter and what goes with it."""

    context: dict[str, Any]
    attachments: tuple[Attachment, ...] = ()


def course_facts(session: CourseSession) -> dict[str, Any]:
    first, last = clock.london_date(session.starts_at), clock.london_date(session.ends_at)
    dates = short_dates(first, last)
    return {
        "course": session.course.name,
        "short_course": shortened(session.course.name, SUBJECT_LENGTH - len(f"You're booked: , {dates}")),
        "dates": clock.format_date_range(first, last),
        "short_dates": dates,
    }


def files_listed(attached: Sequence[Attachment]) -> list[Row]:
    return [Row(attachment.label, (attachment.filename,)) for attachment in attached]


def calendar_attachment(
    content: bytes, session: CourseSession, method: Literal["PUBLISH", "CANCEL"] = "PUBLISH"
) -> Attachment:
    params = (("charset", "utf-8"), ("method", method))
    return Attachment("Calendar file", f"{session.course.slug}.ics", content, "text", "calendar", params)


def booking_of(message: Message) -> Booking:
    if message.booking is None:
        raise ValueError("A letter about a booking without its booking.")
    return message.booking


def attendee_of(message: Message) -> Attendee:
    if message.attendee is None:
        raise ValueError("A letter about one place without the person who takes it.")
    return message.attendee
