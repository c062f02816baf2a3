"""The catalogue and a course with its dates."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from bookings import selectors
from bookings.models import Course, CourseSession
from bookings.views.offers import Offer, offers
from config.kernel import clock
from invoicing.selectors import current_supplier

_DATES_SHOWN = 2


@dataclass(frozen=True, slots=True)
class CourseRow:
    course: Course
    dates: list[Offer]
    dates_in_all: int


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Published courses by need, each with its next two dates. Five queries, whatever is on."""
    now = clock.now()
    policy = selectors.current_policy()
    in_line: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for course_id, session_id in CourseSession.objects.on_sale(now).values_list("course_id", "pk"):
        in_line[course_id].append(session_id)
    # Only what is shown is read and counted, so that counting places stays as cheap as the page.
    next_ones = [session_id for line in in_line.values() for session_id in line[:_DATES_SHOWN]]
    sessions = CourseSession.objects.filter(pk__in=next_ones).select_related("venue")
    dates: defaultdict[UUID, list[Offer]] = defaultdict(list)
    for one in offers(sessions, policy=policy, now=now):
        dates[one.session.course_id].append(one)
    rows: defaultdict[str, list[CourseRow]] = defaultdict(list)
    for course in Course.objects.filter(is_published=True):
        rows[course.need].append(CourseRow(course, dates[course.pk], len(in_line[course.pk])))
    groups = [(need.label, rows[need]) for need in Course.Need if rows[need]]
    context = {"groups": groups, "shows_vat": current_supplier().vat_registered}
    return render(request, "bookings/catalogue.html", context)


@require_safe
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """One course and every date that is on sale, with the facts about access beside each."""
    now = clock.now()
    shown = get_object_or_404(Course, slug=slug, is_published=True)
    sessions = CourseSession.objects.on_sale(now).filter(course=shown).select_related("venue").prefetch_related("days")
    context = {
        "course": shown,
        "dates": offers(sessions, policy=selectors.current_policy(), now=now),
        "shows_vat": current_supplier().vat_registered,
    }
    return render(request, "bookings/course.html", context)
