"""The catalogue and a course with its dates."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bookings import selectors
from bookings.forms import filters
from bookings.models import Course, CourseSession
from bookings.views import structured
from bookings.views.listing import list_courses
from bookings.views.offers import Offer, offer
from config.brand import BRAND
from config.kernel import clock
from config.kernel.markdown import as_html
from invoicing.selectors import supplier_for_pages

_DATES_SHOWN = 5


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Published courses by need, each with its next two dates, narrowed by what is looked for."""
    context = {
        "listing": list_courses(request.GET, clock.now()),
        "shows_vat": supplier_for_pages().vat_registered,
        "headline": BRAND.headline,
        "lead": BRAND.promise,
        "canonical": settings.SITE_URL + reverse("bookings:catalogue"),
    }
    return render(request, "bookings/catalogue.html", context)


@dataclass(frozen=True, slots=True)
class Place:
    """A town to narrow the dates to; "" is all of them."""

    name: str
    query: str
    is_chosen: bool


@require_safe
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """One course and its dates, with the facts about access beside each. Three queries, however many dates."""
    now = clock.now()
    shown = get_object_or_404(Course, slug=slug, is_published=True)
    dates = _dates(shown, filters.people(request.GET), now)
    towns = sorted({one.session.venue.town for one in dates if one.session.venue})
    wants = filters.wanted(request.GET, whats=[], wheres=towns, whens=[])
    here = [one for one in dates if not wants.where or (one.session.venue and one.session.venue.town == wants.where)]
    visible = here if "all" in request.GET else here[:_DATES_SHOWN]
    address = settings.SITE_URL + shown.get_absolute_url()
    supplier = supplier_for_pages()
    context = {
        "course": shown,
        "dates": visible,
        "more": len(here) - len(visible),
        "more_query": f"{wants.query() or '?'}{'&' if wants.query() else ''}all=1#dates",
        "places": [Place(town, wants.query(where=town), town == wants.where) for town in ["", *towns]],
        "people": wants.people,
        "practised": shown.practised.splitlines(),
        "taking_part": as_html(shown.description),
        "group_size": max((one.session.capacity for one in dates), default=0),
        "shows_vat": supplier.vat_registered,
        "canonical": address,
        "structured": structured.course(shown, dates, address=address, provider=BRAND.name),
    }
    return render(request, "bookings/course.html", context)


def _dates(course: Course, people: int, now: datetime) -> list[Offer]:
    sessions = CourseSession.objects.listed(now).filter(course=course).select_related("venue").prefetch_related("days")
    policy = selectors.policy_for_pages()
    return [
        offer(session, taken=session.taken, policy=policy, now=now, people=people)
        for session in selectors.with_places_taken(sessions, now)
    ]
