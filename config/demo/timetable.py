"""When which course meets where: a rhythm that runs from two years ago until four months ahead."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from bookings.models import CourseSession
from config.demo import courses, venues
from config.demo.days import next_monday, working_days

WEEKS_AHEAD = 17
WEEKS_BEHIND = 104
# Two years need fewer sessions than four busy months to look lived in.
_THINNING = 3
_INSTRUCTORS = 3


@dataclass(frozen=True)
class DemoSession:
    """One session. `price` is None where it is the course's."""

    course: str
    town: str
    days: tuple[date, ...]
    instructor: int | None
    status: CourseSession.Status = CourseSession.Status.CONFIRMED
    capacity: int = 12
    price: Decimal | None = None

    @property
    def key(self) -> tuple[str, str, date]:
        return self.course, self.town, self.days[0]


@dataclass(frozen=True)
class _Rhythm:
    course: str
    town: str
    length: int
    weekday: int
    first_week: int
    every: int
    capacity: int = 12


_RHYTHMS = (
    _Rhythm(courses.EFAW, venues.SHEFFIELD, 1, 3, 0, 2),
    _Rhythm(courses.EFAW, venues.LEEDS, 1, 1, 1, 2),
    _Rhythm(courses.FAW, venues.SHEFFIELD, 3, 0, 2, 5),
    _Rhythm(courses.FAW, venues.LEEDS, 3, 1, 4, 6),
    _Rhythm(courses.REQUALIFICATION, venues.YORK, 2, 0, 3, 5, 10),
    _Rhythm(courses.PAEDIATRIC, venues.HUDDERSFIELD, 2, 2, 1, 4),
    _Rhythm(courses.EMERGENCY_PAEDIATRIC, venues.YORK, 1, 4, 2, 4, 10),
    _Rhythm(courses.CPR, venues.HUDDERSFIELD, 1, 2, 2, 3, 14),
    _Rhythm(courses.OUTDOOR, venues.SKIPTON, 2, 3, 5, 6, 8),
)


def sessions_ahead(today: date) -> list[DemoSession]:
    """The next four months, soonest first: confirmed, staffed and at the course's price, but for three of them."""
    first_week = next_monday(today)
    dates = [
        (working_days(first_week + timedelta(weeks=week, days=rhythm.weekday), rhythm.length), rhythm)
        for rhythm in _RHYTHMS
        for week in range(rhythm.first_week, WEEKS_AHEAD, rhythm.every)
    ]
    planned = list(_staffed(dates))
    planned = _change(planned, courses.OUTDOOR, 0, status=CourseSession.Status.TENTATIVE)
    planned = _change(planned, courses.EMERGENCY_PAEDIATRIC, 0, instructor=None)
    # A grant pays for this one.
    return _change(planned, courses.CPR, 1, price=Decimal("0.00"))


def sessions_behind(today: date) -> list[DemoSession]:
    """Two years of sessions that are over, oldest first; of the last one nobody has said so yet."""
    first_week = next_monday(today)
    dates = [
        (working_days(first_week + timedelta(weeks=week, days=rhythm.weekday), rhythm.length), rhythm)
        for rhythm in _RHYTHMS
        for week in range(rhythm.first_week - WEEKS_BEHIND, 0, rhythm.every * _THINNING)
    ]
    over = [session for session in _staffed(dates) if session.days[-1] < today]
    return [replace(session, status=CourseSession.Status.COMPLETED) for session in over[:-1]] + over[-1:]


def _staffed(dates: list[tuple[tuple[date, ...], _Rhythm]]) -> Iterator[DemoSession]:
    """Gives each session an instructor in turn; nobody teaches at two places on one day unless all would have to."""
    busy: defaultdict[date, set[int]] = defaultdict(set)
    turns = count()
    for days, rhythm in sorted(dates, key=lambda planned: (planned[0], planned[1].course, planned[1].town)):
        turn = next(turns)
        in_turn = [(turn + offset) % _INSTRUCTORS for offset in range(_INSTRUCTORS)]
        free = [number for number in in_turn if not any(number in busy[day] for day in days)]
        instructor = (free or in_turn)[0]
        for day in days:
            busy[day].add(instructor)
        yield DemoSession(rhythm.course, rhythm.town, days, instructor, capacity=rhythm.capacity)


def _change(planned: list[DemoSession], course: str, which: int, **fields: object) -> list[DemoSession]:
    """The same list with one session of a course changed: the first (0), the second (1) ..."""
    chosen = [session for session in planned if session.course == course][which]
    return [replace(session, **fields) if session == chosen else session for session in planned]  # type: ignore[arg-type]
