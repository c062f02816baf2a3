"""Step 2: who books and who comes. Whatever was typed is kept, whatever is wrong with it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.exceptions import BookingRefused, TooManyPlaces
from bookings.forms import people_drafts
from bookings.forms.people import PeopleStep
from bookings.models import Hold
from bookings.services import holding
from bookings.views import wizard
from customers.visit_cookies import current_visit

VIEW = wizard.PEOPLE
# What is asked of the booker and known of who is signed in, under one name.
_OF_THE_BOOKER = ("first_name", "last_name", "email", "phone", "company")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, code: str) -> HttpResponse:
    visit = wizard.arrive(request, code)
    hold = visit.hold
    elsewhere = wizard.astray(visit, VIEW)
    if elsewhere or hold is None:
        return elsewhere or visit.to(wizard.BOOK)
    if request.method != "POST":
        return _page(visit, hold, _step(visit, hold))
    # What people beyond the present number of places were called stays, in case the number goes up again.
    typed = hold.draft | PeopleStep.typed(request.POST, places=hold.places)
    if "check" in request.POST:
        # The page's script asks what is still wrong, now that a field was left. Nothing is kept: a press may follow.
        return _page(visit, hold, _judged(hold, typed))
    holding.save_draft(hold=hold, draft=people_drafts.with_booker_first(typed, places=hold.places))
    return _pressed(visit, hold, request.POST)


def _step(visit: wizard.Visit, hold: Hold) -> PeopleStep:
    if not visit.is_judged:
        return PeopleStep(places=hold.places, draft=hold.draft or _known_of_booker(visit.request))
    return _judged(hold, hold.draft)


def _known_of_booker(request: HttpRequest) -> dict[str, str]:
    """What who is signed in need not type again; whatever they type instead counts for this booking.

    Only of themselves: signing in proved their address and nothing about anybody else.
    """
    signed_in = current_visit(request)
    if signed_in is None:
        return {}
    return {name: value for name in _OF_THE_BOOKER if (value := getattr(signed_in.user, name))}


def _judged(hold: Hold, typed: Mapping[str, Any]) -> PeopleStep:
    step = PeopleStep(places=hold.places, data=typed)
    step.is_valid()
    return step


def _pressed(visit: wizard.Visit, hold: Hold, pressed: Mapping[str, Any]) -> HttpResponse:
    if "add" in pressed:
        return _add(visit, hold)
    if "remove" in pressed:
        return _remove(visit, hold, str(pressed["remove"]))
    if "undo" in pressed:
        return _undo(visit, hold)
    if "extend" in pressed:
        refusal = wizard.extend(visit)
        return _unjudged(visit, hold, refusal) if refusal else visit.to(VIEW)
    return _continue(visit, hold)


def _continue(visit: wizard.Visit, hold: Hold) -> HttpResponse:
    step = PeopleStep(places=hold.places, data=hold.draft)
    if not step.is_valid():
        return visit.judged(VIEW)
    refusal = wizard.retake(visit)
    if refusal:
        return _page(visit, hold, step, refusal)
    if people_drafts.removed_number(hold.draft):
        holding.save_draft(hold=hold, draft=people_drafts.settled(hold.draft))
    return visit.onwards(wizard.REQUIREMENTS)


def _add(visit: wizard.Visit, hold: Hold) -> HttpResponse:
    refusal = _change_places(hold, hold.places + 1)
    if refusal:
        return _unjudged(visit, hold, refusal)
    draft = people_drafts.with_booker_first(people_drafts.settled(hold.draft), places=hold.places + 1)
    holding.save_draft(hold=hold, draft=draft)
    return visit.to(VIEW, spot=f"id_{people_drafts.prefix_of(hold.places + 1)}-first_name")


def _remove(visit: wizard.Visit, hold: Hold, asked: str) -> HttpResponse:
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len("100") else 0
    if not 1 <= number <= hold.places:
        return visit.to(VIEW)
    refusal = _change_places(hold, hold.places - 1)
    if refusal:
        return _unjudged(visit, hold, refusal)
    holding.save_draft(hold=hold, draft=people_drafts.without_person(hold.draft, number, places=hold.places))
    return visit.to(VIEW, spot=people_drafts.prefix_of(number) if number < hold.places else "add")


def _undo(visit: wizard.Visit, hold: Hold) -> HttpResponse:
    number = people_drafts.removed_number(hold.draft)
    if number is None:
        return visit.to(VIEW)
    refusal = _change_places(hold, hold.places + 1)
    if refusal:
        return _unjudged(visit, hold, refusal)
    holding.save_draft(hold=hold, draft=people_drafts.with_person_back(hold.draft, places=hold.places + 1))
    return visit.to(VIEW, spot=people_drafts.prefix_of(number))


def _change_places(hold: Hold, places: int) -> BookingRefused | None:
    try:
        holding.change_places(hold_id=hold.pk, places=places)
    except BookingRefused as refusal:
        return refusal
    return None


def _unjudged(visit: wizard.Visit, hold: Hold, refusal: BookingRefused) -> HttpResponse:
    """The same page with what stands in the way; nobody is told off for what they have not finished typing."""
    return _page(visit, hold, PeopleStep(places=hold.places, draft=hold.draft), refusal)


def _page(visit: wizard.Visit, hold: Hold, step: PeopleStep, refusal: BookingRefused | None = None) -> HttpResponse:
    removed = people_drafts.removed_number(hold.draft)
    is_filled_in = not hold.draft and bool(step.booker.initial)
    return wizard.show(
        visit,
        "bookings/people.html",
        view=VIEW,
        refusal=None if isinstance(refusal, TooManyPlaces) else refusal,
        step=step,
        problems=step.problems(),
        more=min(visit.places_left(), visit.policy.max_places) - hold.places,
        removed=removed,
        removed_name=people_drafts.removed_name(hold.draft) if removed else "",
        is_filled_in=is_filled_in,
        knows_booker=is_filled_in or bool(hold.draft.get("first_name")),
    )
