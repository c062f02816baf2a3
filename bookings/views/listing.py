"""What the catalogue shows: courses by need, each with its next two dates, narrowed by what is looked for.

It is the page that is asked for most, so it reads few columns in few queries: the dates on sale, the places taken of
those that are shown, and the courses. What it shows of a course is a value: equal rows look alike, and are drawn once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from bookings import selectors
from bookings.forms.filters import Wanted, wanted
from bookings.models import Course, CourseSession
from bookings.views.availability import Availability
from config.kernel import clock

_DATES_SHOWN = 2
# Each of these in the order of its columns in a query.
_OF_A_COURSE = (
    "pk",
    "slug",
    "name",
    "summary",
    "family",
    "need",
    "days",
    "contact_hours",
    "certificate_months",
    "price",
)
_OF_A_DATE = ("pk", "course_id", "starts_at", "ends_at", "capacity", "venue__town")


class Taught(NamedTuple):
    """A published course, as the catalogue reads it."""

    id: UUID
    slug: str
    name: str
    summary: str
    family: str
    need: str
    days: int
    contact_hours: Decimal
    certificate_months: int | None
    price: Decimal


class Dated(NamedTuple):
    """A session on sale, as the catalogue reads it, with the day in London on which it begins."""

    id: UUID
    course_id: UUID
    starts_at: datetime
    ends_at: datetime
    capacity: int
    town: str | None
    day: date

    @property
    def month(self) -> str:
        return self.day.isoformat()[: len("2026-12")]


@dataclass(frozen=True, slots=True)
class DateLine:
    """ "Thu 3 Dec · Sheffield" and whether it can be booked."""

    text: str
    availability: Availability


@dataclass(frozen=True, slots=True)
class CourseRow:
    course: Taught
    address: str
    dates: tuple[DateLine, ...]
    dates_in_all: int


class Choice(NamedTuple):
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be looked for; courses under their need."""

    courses: Sequence[tuple[str, Sequence[Choice]]]
    towns: Sequence[Choice]
    months: Sequence[Choice]


class Alternative(NamedTuple):
    """A search near the one that found nothing."""

    text: str
    query: str


@dataclass(frozen=True, slots=True)
class Listing:
    wanted: Wanted
    choices: Choices
    groups: Sequence[tuple[str, Sequence[CourseRow]]]
    course_count: int
    date_count: int
    span: str
    asked_for: str
    alternatives: Sequence[Alternative]


def list_courses(asked: Mapping[str, str], now: datetime) -> Listing:
    """The catalogue for the question in an address: four queries, whatever is on."""
    courses = [Taught(*row) for row in Course.objects.filter(is_published=True).values_list(*_OF_A_COURSE)]
    rows = CourseSession.objects.on_sale(now).values_list(*_OF_A_DATE)
    on_sale = [Dated._make((*row, clock.london_date(row[2]))) for row in rows]
    choices = _choices(courses, on_sale)
    wants = wanted(
        asked,
        whats=[course.slug for course in courses],
        wheres=[town.value for town in choices.towns],
        whens=[month.value for month in choices.months],
    )
    slugs = {course.id: course.slug for course in courses}
    found = _matching(on_sale, wants, slugs)
    shown = [course for course in courses if not wants.what or course.slug == wants.what]
    if wants.where or wants.when:
        with_dates = {one.course_id for one in found}
        shown = [course for course in shown if course.id in with_dates]
    groups = _groups(shown, found, wants, now)
    return Listing(
        wanted=wants,
        choices=choices,
        groups=groups,
        course_count=len(shown),
        date_count=len(found),
        span=_span(found),
        asked_for="" if shown else _in_words(wants, choices),
        alternatives=[] if shown else _alternatives(on_sale, wants, slugs, choices),
    )


def _matching(dates: Iterable[Dated], wants: Wanted, slugs: Mapping[UUID, str]) -> list[Dated]:
    return [
        one
        for one in dates
        if (not wants.what or slugs[one.course_id] == wants.what)
        and (not wants.where or one.town == wants.where)
        and (not wants.when or one.month == wants.when)
    ]


def _groups(
    courses: Sequence[Taught], found: Iterable[Dated], wants: Wanted, now: datetime
) -> list[tuple[str, Sequence[CourseRow]]]:
    in_line: defaultdict[UUID, list[Dated]] = defaultdict(list)
    for one in found:
        in_line[one.course_id].append(one)
    # Only what is shown is counted, so that counting places stays as cheap as the page.
    next_ones = [one for line in in_line.values() for one in line[:_DATES_SHOWN]]
    taken = selectors.places_taken([one.id for one in next_ones], now)
    closed_from = now + timedelta(hours=selectors.policy_for_pages().closing_hours)
    lines: defaultdict[UUID, list[DateLine]] = defaultdict(list)
    for one in next_ones:
        left = max(one.capacity - taken[one.id], 0)
        is_closed = one.starts_at <= closed_from
        lines[one.course_id].append(
            DateLine(_text(one), Availability(left, one.capacity, is_closed=is_closed, people=wants.people))
        )
    rows: defaultdict[str, list[CourseRow]] = defaultdict(list)
    # The page of a course opens on the same search, without what the course itself answers.
    query = wants.query(what="", when="")
    for course in courses:
        address = _address(course.slug) + query
        rows[course.need].append(CourseRow(course, address, tuple(lines[course.id]), len(in_line[course.id])))
    return [(need.label, rows[need]) for need in Course.Need if rows[need]]


@lru_cache(maxsize=256)
def _address(slug: str) -> str:
    return reverse("bookings:course", args=[slug])


def _text(one: Dated) -> str:
    when = clock.format_short_range(one.day, clock.london_date(one.ends_at))
    return f"{when} · {one.town}" if one.town else when


def _span(found: Sequence[Dated]) -> str:
    """ "from 26 November 2026 to 25 March 2027"; dates come in order."""
    if not found:
        return ""
    first, last = found[0].day, found[-1].day
    on = clock.format_plain_date(first)
    return f"on {on}" if first == last else f"from {on} to {clock.format_plain_date(last)}"


def _choices(courses: Iterable[Taught], on_sale: Iterable[Dated]) -> Choices:
    by_need: defaultdict[str, list[Choice]] = defaultdict(list)
    for course in courses:
        by_need[course.need].append(Choice(course.slug, course.name))
    towns = sorted({one.town for one in on_sale if one.town})
    months = {one.month: one.day for one in on_sale}
    return Choices(
        courses=[(need.label, by_need[need]) for need in Course.Need if by_need[need]],
        towns=[Choice(town, town) for town in towns],
        months=[Choice(month, _month_name(day)) for month, day in sorted(months.items())],
    )


def _month_name(day: date) -> str:
    return clock.format_plain_date(day).partition(" ")[2]


def _in_words(wants: Wanted, choices: Choices) -> str:
    """ "First Aid at Work in Leeds, December 2026": a search as people would say it."""
    names = {choice.value: choice.label for _need, group in choices.courses for choice in group}
    months = {choice.value: choice.label for choice in choices.months}
    where = f" in {wants.where}" if wants.where else ", anywhere"
    when = f", {months[wants.when]}" if wants.when else ", on any date"
    return f"{names[wants.what] if wants.what else 'Any course'}{where}{when}"


def _alternatives(
    on_sale: Sequence[Dated], wants: Wanted, slugs: Mapping[UUID, str], choices: Choices
) -> list[Alternative]:
    """Each filter dropped in its turn, where that finds something."""
    found = []
    for wider in (replace(wants, when=""), replace(wants, where=""), replace(wants, what="")):
        if wider != wants:
            number = len(_matching(on_sale, wider, slugs))
            if number:
                dates = "1 date" if number == 1 else f"{number} dates"
                found.append(Alternative(f"{_in_words(wider, choices)} ({dates})", wider.query()))
    return found
