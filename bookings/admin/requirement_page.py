"""What would help one person: who said it and when, what it says after a press, and what was arranged for it.

The text is shown by POST only, so that it is in no address and no cache, and every look at it is written down first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from bookings import selectors
from bookings.forms.arranging import ArrangeAgainForm, ArrangedForm
from bookings.models import RequirementTemplate, SpecialRequirement
from bookings.services.arranging import SaidSomethingElse, arrange_again, mark_arranged
from config.kernel import clock
from config.office import office_page, staff_page
from customers.models import User
from customers.selectors import viewings_of
from customers.services.viewings import record_viewing

_PAGE = "bookings_specialrequirement_page"
_SEE = ("bookings.view_specialrequirement", "bookings.read_adjustments")
_TICKED, _OWN_WORDS, _ARRANGE = (
    "bookings.read_adjustments",
    "bookings.read_own_words",
    "bookings.change_specialrequirement",
)
_KIND = "specialrequirement"
_TEXTS = ("adjustments", "own_words", "arranged", "reopen_reason")


@dataclass(frozen=True, repr=False)
class Told:
    """What somebody may read of a requirement. Never printed."""

    ticked: list[RequirementTemplate]
    gaps: list[RequirementTemplate]
    own_words: str
    arranged: str
    reopen_reason: str


@staff_page("bookings/specialrequirement/<uuid:key>/", name=_PAGE, permission=_SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def requirement_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """GET says what is on record; POST shows what it says."""
    requirement = _found(request, key)
    told = _read(request, requirement) if request.method == "POST" else None
    return _page(request, requirement, told=told)


@staff_page("bookings/specialrequirement/<uuid:key>/arranged/", name=f"{_PAGE}_arranged", permission=_ARRANGE)
@require_POST
def mark_page(request: HttpRequest, key: UUID) -> HttpResponse:
    requirement = _found(request, key)
    if requirement.is_handled:
        return _arranged_already(request, key)
    form = ArrangedForm(request.POST)
    if not form.is_valid():
        return _page(request, requirement, form=form)
    try:
        is_new = mark_arranged(requirement_id=key, user=_user(request), **form.cleaned_data)
    except SpecialRequirement.DoesNotExist as error:
        raise Http404 from error
    except SaidSomethingElse:
        form.add_error(None, "What was said has changed since you read it. Read it again first.")
        return _page(request, requirement, form=form)
    if not is_new:
        return _arranged_already(request, key)
    messages.success(request, "It is marked as arranged.")
    return _back(key)


@staff_page("bookings/specialrequirement/<uuid:key>/again/", name=f"{_PAGE}_again", permission=_ARRANGE)
@require_POST
def again_page(request: HttpRequest, key: UUID) -> HttpResponse:
    requirement = _found(request, key)
    if not requirement.is_handled:
        return _on_the_list_already(request, key)
    form = ArrangeAgainForm(request.POST)
    if not form.is_valid():
        return _page(request, requirement, form=form)
    try:
        is_new = arrange_again(requirement_id=key, reason=form.cleaned_data["reason"])
    except SpecialRequirement.DoesNotExist as error:
        raise Http404 from error
    if not is_new:
        return _on_the_list_already(request, key)
    messages.success(request, "It is on the list of what is to be arranged again.")
    return _back(key)


def _arranged_already(request: HttpRequest, key: UUID) -> HttpResponse:
    """Also for a form that could not be taken: the page has the other one by now."""
    messages.info(request, "It was marked as arranged already. Nothing was changed.")
    return _back(key)


def _on_the_list_already(request: HttpRequest, key: UUID) -> HttpResponse:
    messages.info(request, "It was on the list of what is to be arranged already. Nothing was changed.")
    return _back(key)


def _found(request: HttpRequest, key: UUID) -> SpecialRequirement:
    """Without the text. What is about somebody on another's session is not there."""
    place = "attendee__booking"
    seen = (
        _with_what_there_is(SpecialRequirement.objects.all())
        .filter(**{f"{place}__session__in": selectors.sessions_seen_by(_user(request))})
        .select_related("attendee", place, f"{place}__session__course", f"{place}__session__venue", "handled_by")
        .defer(*_TEXTS)
    )
    return get_object_or_404(seen, pk=key)


def _with_what_there_is(requirements: QuerySet[SpecialRequirement]) -> QuerySet[SpecialRequirement]:
    """Whether anything was ticked, and whether something was arranged before; asked without opening either."""
    return requirements.annotate(
        has_ticks=ExpressionWrapper(~Q(adjustments={}), BooleanField()),
        was_arranged=ExpressionWrapper(~Q(arranged=""), BooleanField()),
    )


def _read(request: HttpRequest, requirement: SpecialRequirement) -> Told:
    """What this person may read, after it was written down that they do. Raises PermissionDenied if that is nothing."""
    user = _user(request)
    may_tick, may_words = user.has_perm(_TICKED), user.has_perm(_OWN_WORDS)
    if not may_tick and not may_words:
        raise PermissionDenied
    looks = {
        "what was ticked": may_tick and vars(requirement)["has_ticks"],
        "own words": may_words and requirement.has_own_words,
        "what was arranged": vars(requirement)["was_arranged"],
    }
    for what in [what for what, is_shown in looks.items() if is_shown]:
        record_viewing(user_id=_whose(requirement), what=what, subject_kind=_KIND, subject_key=str(requirement.pk))
    text = SpecialRequirement.objects.only(*_TEXTS).get(pk=requirement.pk)
    templates = selectors.requirement_templates()
    slugs = text.slugs if may_tick else ()
    return Told(
        ticked=[template for template in templates if template.slug in slugs],
        gaps=selectors.venue_gaps(requirement.attendee.booking.session.venue, templates, slugs),
        own_words=text.own_words if may_words else "",
        arranged=text.arranged,
        reopen_reason=text.reopen_reason,
    )


def _whose(requirement: SpecialRequirement) -> UUID | None:
    """The person it is about, where they are known."""
    attendee = requirement.attendee
    return attendee.user_id or (attendee.booking.customer_id if attendee.is_booker else None)


def _page(
    request: HttpRequest, requirement: SpecialRequirement, *, told: Told | None = None, form: Form | None = None
) -> HttpResponse:
    user = _user(request)
    context = {
        "requirement": requirement,
        "attendee": requirement.attendee,
        "booking": requirement.attendee.booking,
        "session": requirement.attendee.booking.session,
        "told": told,
        "may_read": user.has_perm(_TICKED) or user.has_perm(_OWN_WORDS),
        "may_read_words": user.has_perm(_OWN_WORDS),
        "delete_after": clock.format_plain_date(requirement.delete_after),
        "can_mark": not requirement.is_handled,
        "form": form or (_empty_form(requirement) if user.has_perm(_ARRANGE) else None),
        "is_over": requirement.attendee.booking.session.ends_at <= clock.now(),
        "viewings": viewings_of(_KIND, str(requirement.pk))[:5] if user.has_perm("customers.view_viewing") else None,
    }
    title = f"What {requirement.attendee} needs"
    return office_page(request, "staff/bookings/requirement.html", context, title=title)


def _empty_form(requirement: SpecialRequirement) -> Form:
    if requirement.is_handled:
        return ArrangeAgainForm()
    return ArrangedForm(initial={"said_at": _exactly(requirement.said_at)})


def _exactly(moment: datetime) -> str:
    """To the microsecond, as two words of one minute are not the same."""
    return moment.isoformat()


def _back(key: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"admin:{_PAGE}", args=[key]))


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)
