"""One place, for who takes it: nothing about the others, the price or the booking.

Here they say what would help them take part, see that it is on record, and take it back. Their own words are never
shown again.
"""

import contextlib
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bookings import selectors
from bookings.access import opened_place
from bookings.exceptions import TooLateToAsk
from bookings.forms.problems import problems_of
from bookings.forms.requirements import OwnNeedsForm
from bookings.models import Attendee, Booking, RequirementTemplate, SpecialRequirement
from bookings.services.calendars import place_calendar
from bookings.services.requirements import add_own_requirement, remove_requirement
from bookings.views.booking import calendar_response
from bookings.views.own_needs import can_say
from config.kernel import clock


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, attendee_id: UUID) -> HttpResponse:
    attendee = opened_place(request, attendee_id)
    if "remove" in request.POST:
        remove_requirement(attendee_id=attendee.pk)
        return _back_to_needs(attendee)
    requirement, templates = selectors.requirement_of(attendee), selectors.requirement_templates()
    form = _form(requirement, templates, request) if can_say(attendee.booking, clock.now()) else None
    if request.method == "POST" and (form is None or form.is_valid()):
        # Who is too late finds the page without the form.
        with contextlib.suppress(TooLateToAsk):
            if form:
                add_own_requirement(attendee_id=attendee.pk, needs=form.needs())
        return _back_to_needs(attendee)
    return render(request, "bookings/place.html", _context(attendee, requirement, templates, form))


@never_cache
@require_safe
def place_calendar_file(request: HttpRequest, attendee_id: UUID) -> HttpResponse:
    attendee = opened_place(request, attendee_id)
    if attendee.booking.status != Booking.Status.CONFIRMED:
        raise Http404
    return calendar_response(place_calendar(attendee, now=clock.now()), name=attendee.booking.session.code)


def _form(
    requirement: SpecialRequirement | None, templates: list[RequirementTemplate], request: HttpRequest
) -> OwnNeedsForm:
    """What is offered, and what was asked for when it still was."""
    slugs = requirement.slugs if requirement else ()
    return OwnNeedsForm(
        templates=[one for one in templates if one.is_offered or one.slug in slugs],
        slugs=slugs,
        has_own_words=requirement is not None and requirement.has_own_words,
        data=request.POST if request.method == "POST" else None,
    )


def _context(
    attendee: Attendee,
    requirement: SpecialRequirement | None,
    templates: list[RequirementTemplate],
    form: OwnNeedsForm | None,
) -> dict[str, Any]:
    session = attendee.booking.session
    slugs = requirement.slugs if requirement else ()
    return {
        "attendee": attendee,
        "session": session,
        "course": session.course,
        "policy": attendee.booking.policy,
        "is_booked": attendee.booking.status == Booking.Status.CONFIRMED,
        "requirement": requirement,
        "deleted_on": clock.format_plain_date(requirement.delete_after) if requirement else "",
        "adjustments": [one for one in templates if one.slug in slugs],
        "gaps": selectors.venue_gaps(session.venue, templates, slugs),
        "form": form,
        "problems": problems_of(form) if form else [],
    }


def _back_to_needs(attendee: Attendee) -> HttpResponse:
    """Reloading repeats no press. The page is met where it says what is on record now."""
    return HttpResponseRedirect(reverse("bookings:place", args=[attendee.pk]) + "#helps")
