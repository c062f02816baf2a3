"""The catalogue and a course with its dates."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
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
    """Published courses by need, each with its next two dates. Six queries, whatever is on."""
    now = clock.now()
    policy = selectors.current_policy()
    on_sale = CourseSession.objects.on_sale(now)
    # The first two of each course are picked before places are counted, so that counting stays as cheap as the page.
    in_line = Window(RowNumber(), partition_by=F("course"), order_by=["starts_at", "id"])
    sessions = on_sale.annotate(place_in_line=in_line).filter(place_in_line__lte=_DATES_SHOWN).select_related("venue")
    dates: defaultdict[UUID, list[Offer]] = defaultdict(list)
    for one in offers(sessions, policy=policy, now=now):
        dates[one.session.course_id].append(one)
    totals = dict(on_sale.order_by().values_list("course").annotate(Count("pk")))
    rows: defaultdict[str, list[CourseRow]] = defaultdict(list)
    for course in Course.objects.filter(is_published=True):
        rows[course.need].append(CourseRow(course, dates[course.pk], totals.get(course.pk, 0)))
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
