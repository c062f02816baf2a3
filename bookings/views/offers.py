"""Dates as people see them: is there room, and what can they do about it?"""

from dataclasses import dataclass
from datetime import datetime

from bookings import selectors
from bookings.models import BookingPolicy, CourseSession
from bookings.models.catalogue import SessionQuerySet
from bookings.views.availability import Availability

_OTHER_DATES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Availability):
    """One session with its free places, a hint until they are held under the session's lock."""

    session: CourseSession


def offer(session: CourseSession, *, taken: int, policy: BookingPolicy, now: datetime, people: int = 1) -> Offer:
    """The session as it can be booked for so many people, when `taken` of its places are not free."""
    is_open = session.status in CourseSession.OPEN_STATUSES and now < selectors.closes_at(session, policy)
    return Offer(
        session=session,
        left=max(session.capacity - taken, 0),
        capacity=session.capacity,
        is_closed=not is_open,
        is_cancelled=session.status == CourseSession.Status.CANCELLED,
        people=people,
    )


def offers(sessions: SessionQuerySet, *, policy: BookingPolicy, now: datetime) -> list[Offer]:
    """Sessions and their places in one query."""
    counted = selectors.with_places_taken(sessions, now)
    return [offer(session, taken=session.taken, policy=policy, now=now) for session in counted]


def other_dates(session: CourseSession, *, places: int, policy: BookingPolicy, now: datetime) -> list[Offer]:
    """The next listed dates of the same course that still have room for so many."""
    others = CourseSession.objects.on_sale(now).filter(course=session.course_id).exclude(pk=session.pk)
    found = offers(others.select_related("venue"), policy=policy, now=now)
    return [one for one in found if one.can_be_booked and one.left >= places][:_OTHER_DATES]
