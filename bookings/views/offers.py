"""Dates as people see them: is there room, and what can they do about it?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, When

from bookings import selectors
from bookings.models import BookingPolicy, CourseSession
from bookings.models.catalogue import SessionQuerySet
from bookings.views.availability import Availability

_OTHER_DATES = 5
_DATES_TO_CHOOSE = 6


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


def dates_to_choose(
    session: CourseSession, *, kept: int, people: int, policy: BookingPolicy, now: datetime
) -> list[Offer]:
    """This date whatever its state, and the next listed ones of its course, room or not, in one query.

    `kept` places of this date are the visitor's own, and free for them.
    """
    its_course = CourseSession.objects.on_sale(now).filter(course=session.course_id)
    own = CourseSession.objects.filter(pk=session.pk)
    next_ones = (
        (its_course | own).select_related("venue").order_by(Case(When(pk=session.pk, then=0), default=1), "starts_at")
    )
    found = [
        offer(
            one,
            taken=one.taken - (kept if one.pk == session.pk else 0),
            policy=policy,
            now=now,
            people=people,
        )
        for one in selectors.with_places_taken(next_ones, now)[:_DATES_TO_CHOOSE]
    ]
    return sorted(found, key=lambda date: date.session.starts_at)


def codes_on_sale(course_id: UUID, now: datetime) -> list[str]:
    """The codes of all listed dates of a course, room or not."""
    return list(CourseSession.objects.on_sale(now).filter(course=course_id).order_by().values_list("code", flat=True))


def other_dates(session: CourseSession, *, places: int, policy: BookingPolicy, now: datetime) -> list[Offer]:
    """The next listed dates of the same course that still have room for so many."""
    others = CourseSession.objects.on_sale(now).filter(course=session.course_id).exclude(pk=session.pk)
    found = offers(others.select_related("venue"), policy=policy, now=now)
    return [one for one in found if one.can_be_booked and one.left >= places][:_OTHER_DATES]
