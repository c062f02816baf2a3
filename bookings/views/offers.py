"""A date as people see it: is there room, and what can they do about it? (design language, section 4, Availability)"""

from dataclasses import dataclass
from datetime import datetime

from bookings import selectors
from bookings.models import BookingPolicy, CourseSession
from bookings.models.catalogue import SessionQuerySet

_FEW = 2
_OTHER_DATES = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """One session with its free places, a hint until they are held under the session's lock."""

    session: CourseSession
    left: int
    is_closed: bool

    @property
    def can_be_booked(self) -> bool:
        return not self.is_closed and self.left > 0

    @property
    def tag(self) -> str:
        """The words; colour only goes with them."""
        if self.session.status == CourseSession.Status.CANCELLED:
            return "Cancelled"
        if self.is_closed:
            return "Online booking closed"
        if not self.left:
            return "Full"
        return "1 place left" if self.left == 1 else f"{self.left} places left"

    @property
    def tone(self) -> str:
        if not self.can_be_booked:
            return "grey"
        return "amber" if self.left <= _FEW else "green"


def offer(session: CourseSession, *, taken: int, policy: BookingPolicy, now: datetime) -> Offer:
    is_open = session.status in CourseSession.OPEN_STATUSES and now < selectors.closes_at(session, policy)
    return Offer(session, left=max(session.capacity - taken, 0), is_closed=not is_open)


def offers(sessions: SessionQuerySet, *, policy: BookingPolicy, now: datetime) -> list[Offer]:
    """Sessions and their places in one query."""
    counted = selectors.with_places_taken(sessions, now)
    return [offer(session, taken=session.taken, policy=policy, now=now) for session in counted]


def other_dates(session: CourseSession, *, places: int, policy: BookingPolicy, now: datetime) -> list[Offer]:
    """The next listed dates of the same course that still have room for so many."""
    others = CourseSession.objects.on_sale(now).filter(course=session.course_id).exclude(pk=session.pk)
    found = offers(others.select_related("venue"), policy=policy, now=now)
    return [one for one in found if one.can_be_booked and one.left >= places][:_OTHER_DATES]
