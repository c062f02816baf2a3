"""Sessions and the days they meet on."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from bookings import locks
from bookings.models import SESSION_TRANSITIONS, Booking, Course, CourseSession, SessionDay, Venue
from bookings.services.lifecycle import end_by_start
from config.kernel import clock
from config.kernel.references import new_code
from config.kernel.states import advance
from customers.services.timeline import record_for_all

CODE_LENGTH = 8


class Day(NamedTuple):
    starts_at: datetime
    ends_at: datetime


@transaction.atomic
def create_session(
    *,
    course: Course,
    venue: Venue | None,
    days: Sequence[Day],
    capacity: int,
    price: Decimal | None = None,
    status: CourseSession.Status = CourseSession.Status.DRAFT,
    is_private: bool = False,
) -> CourseSession:
    """A session with its days; price and VAT rate are the course's unless given.

    Raises ValidationError as `set_days` does.
    """
    ordered = _checked(days)
    session = CourseSession.objects.create(
        code=new_code(CODE_LENGTH),
        course=course,
        venue=venue,
        status=status,
        is_private=is_private,
        capacity=capacity,
        price=course.price if price is None else price,
        vat_rate=course.vat_rate,
        starts_at=ordered[0].starts_at,
        ends_at=ordered[-1].ends_at,
    )
    SessionDay.objects.bulk_create(SessionDay(session=session, **day._asdict()) for day in ordered)
    return session


@transaction.atomic
def set_days(*, session: CourseSession, days: Sequence[Day]) -> CourseSession:
    """Replaces the days of a session, and its first start and last end with them.

    Calendars that hold the old days are told by a higher sequence number; unpaid orders keep their places until the new
    start at most. Raises ValidationError when there is no day, a day ends before it starts, or two overlap.
    """
    ordered = _checked(days)
    locked = locks.lock_session(session.pk)
    locked.days.all().delete()
    SessionDay.objects.bulk_create(SessionDay(session=locked, **day._asdict()) for day in ordered)
    locked.starts_at, locked.ends_at = ordered[0].starts_at, ordered[-1].ends_at
    locked.calendar_sequence += 1
    locked.save(update_fields=["starts_at", "ends_at", "calendar_sequence"])
    end_by_start(session=locked)
    days_now = clock.format_date_range(clock.london_date(locked.starts_at), clock.london_date(locked.ends_at))
    _tell_timelines(locked, "session_moved", f"is now on {days_now}")
    return locked


@transaction.atomic
def set_session_status(*, session: CourseSession, status: CourseSession.Status) -> bool:
    """Moves a session on. False when it was there already; raises ForbiddenTransition where it can't go."""
    locked = locks.lock_session(session.pk)
    if not advance(locked, "status", status, SESSION_TRANSITIONS):
        return False
    if status == CourseSession.Status.CANCELLED:
        locked.cancelled_at = clock.now()
    locked.save(update_fields=["status", "cancelled_at"])
    _tell_timelines(locked, f"session_{status}", f"is now {status.label.lower()}")
    return True


def _tell_timelines(session: CourseSession, kind: str, what: str) -> None:
    """A line for everybody with a booking that counts; nobody is written to."""
    booked = Booking.objects.counted().filter(session=session).order_by("customer").values_list("customer", flat=True)
    record_for_all(
        user_ids=booked.distinct(),
        kind=kind,
        summary=f"{session.course.name} ({session.code}) {what}"[:300],
        subject_kind="session",
        subject_key=str(session.pk),
    )


def _checked(days: Sequence[Day]) -> list[Day]:
    ordered = sorted(days)
    if not ordered:
        raise ValidationError("A session meets on at least one day.")
    if any(day.ends_at <= day.starts_at for day in ordered):
        raise ValidationError("A day ends after it starts.")
    if any(later.starts_at < earlier.ends_at for earlier, later in pairwise(ordered)):
        raise ValidationError("Two days of a session can't overlap.")
    return ordered
