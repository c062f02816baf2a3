"""Which courses run today, and which come in the next two weeks: of those that this person may see."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery

from bookings.models import Attendee, Booking, CourseSession, SessionDay
from bookings.selectors import places_taken, sessions_seen_by
from config.kernel import clock
from customers.models import User

NEXT_DAYS = 14
MOST_SHOWN = 20
"""Of today's courses, and of those to come; the list of sessions has them all."""
_LOW_SHARE = 3
_RUNNING = (*CourseSession.OPEN_STATUSES, CourseSession.Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class Running:
    """A course that meets today. `day_words` is "day 1 of 3"; nothing for a course of one day."""

    session: CourseSession
    starts_at: datetime
    day_words: str
    instructors: str
    people: int


@dataclass(frozen=True, slots=True)
class Coming:
    """`is_low`: fewer than a third of its places are taken."""

    session: CourseSession
    date: str
    taken: int
    is_low: bool


@dataclass(frozen=True, slots=True)
class Rooms:
    """`running` and `coming` are the first of them; `running_number` and `people` count all that run today."""

    running: list[Running]
    running_number: int
    people: int
    coming: list[Coming]
    next_at: datetime | None
    """When the next course begins, however far off, where none comes in these two weeks: then at its first."""

    @property
    def has_low(self) -> bool:
        """Whether any of those to come is low, so that the page says what that means."""
        return any(one.is_low for one in self.coming)


def rooms_for(user: User, now: datetime) -> Rooms:
    """Six queries for any number of courses."""
    seen = sessions_seen_by(user)
    today = clock.london_date(now)
    midnight = clock.london_midnight(today + timedelta(days=1))
    days = SessionDay.objects.filter(
        starts_at__gte=clock.london_midnight(today),
        starts_at__lt=midnight,
        session__in=seen,
        session__status__in=_RUNNING,
    )
    people = _people(days)
    meeting = list(_with_their_number(days))
    ahead = seen.filter(status__in=CourseSession.OPEN_STATUSES, starts_at__gte=midnight).order_by("starts_at", "id")
    until = clock.london_midnight(today + timedelta(days=NEXT_DAYS + 1))
    coming = list(ahead.filter(starts_at__lt=until).select_related("course", "venue")[:MOST_SHOWN])
    taken = places_taken([session.pk for session in coming], now)
    return Rooms(
        running=[_running(day, people) for day in meeting[:MOST_SHOWN]],
        running_number=len(meeting),
        people=sum(people.values()),
        coming=[_coming(session, taken[session.pk]) for session in coming],
        next_at=coming[0].starts_at if coming else ahead.values_list("starts_at", flat=True).first(),
    )


def _people(days: QuerySet[SessionDay]) -> dict[UUID, int]:
    """How many people are expected in each room, by session."""
    booked = Attendee.objects.filter(
        booking__status=Booking.Status.CONFIRMED, booking__session__in=days.order_by().values("session")
    )
    return dict(booked.order_by().values_list("booking__session").annotate(Count("pk")))


def _with_their_number(days: QuerySet[SessionDay]) -> QuerySet[Any]:
    """Days with `number` of `number_of`, their sessions and who teaches."""
    of_session = SessionDay.objects.filter(session=OuterRef("session")).order_by().values("session")
    counted = of_session.annotate(n=Count("pk")).values("n")
    until_then = of_session.filter(starts_at__lte=OuterRef("starts_at")).annotate(n=Count("pk")).values("n")
    return (
        days.annotate(
            number=Subquery(until_then, output_field=IntegerField()),
            number_of=Subquery(counted, output_field=IntegerField()),
        )
        .select_related("session__course", "session__venue")
        .prefetch_related("session__instructors")
        .order_by("starts_at", "session__course__name", F("session"))
    )


def _running(day: Any, people: dict[UUID, int]) -> Running:
    session: CourseSession = day.session
    return Running(
        session=session,
        starts_at=day.starts_at,
        day_words=f"day {day.number} of {day.number_of}" if day.number_of > 1 else "",
        instructors=" and ".join(str(person) for person in session.instructors.all()),
        people=people.get(session.pk, 0),
    )


def _coming(session: CourseSession, taken: int) -> Coming:
    first, last = clock.london_date(session.starts_at), clock.london_date(session.ends_at)
    return Coming(
        session=session,
        date=clock.format_short_range(first, last),
        taken=taken,
        is_low=taken * _LOW_SHARE < session.capacity,
    )
