"""What the steps of booking share: the session, the browser's hold and its cookie, and what stands in the way.

The hold's secret is a cookie sent to this session's steps alone. It outlives the order, so that going back finds
the order instead of making a second one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from bookings import selectors
from bookings.exceptions import BookingClosed, BookingRefused, NoMoreExtensions, NotEnoughPlaces, PriceChanged
from bookings.models import BookingPolicy, CourseSession, Hold
from bookings.services import holding
from bookings.views.offers import Offer, offer, other_dates
from config.brand import BRAND
from config.kernel import clock
from config.kernel.money import format_money

HOLD_COOKIE = "hold"
_COOKIE_SECONDS = 24 * 3600
_STEPS = (("bookings:book", "Places"), ("bookings:people", "People"), ("bookings:check", "Check"))


@dataclass(frozen=True)
class Visit:
    """One browser at one session."""

    request: HttpRequest
    session: CourseSession
    policy: BookingPolicy
    hold: Hold | None
    secret: str
    now: datetime

    def to(self, view: str) -> HttpResponse:
        return redirect(view, self.session.code)

    def offer(self) -> Offer:
        """The date as this browser may book it: what it holds itself is free for it."""
        left = selectors.places_left(self.session, self.now, besides_hold=self.hold.pk if self.hold else None)
        return offer(self.session, taken=self.session.capacity - left, policy=self.policy, now=self.now)


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    url: str
    state: str


def arrive(request: HttpRequest, code: str) -> Visit:
    """The session with this code, drafts aside, and the hold that the browser has on it. Raises Http404.

    A private session is not listed anywhere; who was given its address may book.
    """
    secret = request.COOKIES.get(HOLD_COOKIE, "")
    hold = holding.find_hold(code=code, secret=secret) if secret else None
    sessions = CourseSession.objects.select_related("course", "venue")
    session = hold.session if hold else get_object_or_404(sessions, code=code)
    if session.status == CourseSession.Status.DRAFT:
        raise Http404
    return Visit(request, session, selectors.policy_for_pages(), hold, secret, clock.now())


def keep_hold(response: HttpResponse, *, code: str, secret: str) -> None:
    """Gives the browser the secret of its hold."""
    response.set_cookie(
        HOLD_COOKIE,
        secret,
        max_age=_COOKIE_SECONDS,
        path=reverse("bookings:book", args=[code]),
        secure=settings.SITE_IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def extend(visit: Visit) -> BookingRefused | None:
    """ "Hold my places for … more minutes". What stands in the way, if anything does."""
    try:
        if visit.hold:
            holding.extend_hold(hold_id=visit.hold.pk)
    except BookingRefused as refusal:
        return refusal
    return None


def retake(visit: Visit) -> BookingRefused | None:
    """Takes the places of a lapsed hold again; a live one stays. What stands in the way, if anything does."""
    try:
        # Nobody waits for the session's lock without need; ordering looks again under it.
        if visit.hold and not visit.hold.is_live(visit.now):
            holding.retake_hold(hold_id=visit.hold.pk)
    except BookingRefused as refusal:
        return refusal
    return None


def sentence(refusal: BookingRefused) -> str:
    """What happened and what to do next."""
    if isinstance(refusal, NotEnoughPlaces):
        return _too_few(refusal.left)
    if isinstance(refusal, BookingClosed):
        return f"Online booking for this session has closed. Call {BRAND.phone} and we’ll see what we can do."
    if isinstance(refusal, NoMoreExtensions):
        return f"We can’t hold these places any longer than this. If you need more time, call {BRAND.phone}."
    if isinstance(refusal, PriceChanged):
        return f"The price changed while you were booking. The total is now {format_money(refusal.total, whole=True)}."
    return "We couldn’t keep these places. Go back and choose them again."


def _too_few(left: int) -> str:
    if not left:
        return "That session just filled up. Your details are saved. Choose another date, or try again later."
    there_are = "is only 1 place" if left == 1 else f"are only {left} places"
    return f"There {there_are} left. Book {left}, or choose another date."


def show(
    visit: Visit, template: str, *, view: str, refusal: BookingRefused | None = None, **context: Any
) -> HttpResponse:
    """Renders a step with what every step shows."""
    shows_dates = isinstance(refusal, NotEnoughPlaces | BookingClosed)
    places = visit.hold.places if visit.hold else 1
    # Here and not on arrival: a step that only leads on shows no days.
    prefetch_related_objects([visit.session], "days")
    common = {
        "session": visit.session,
        "course": visit.session.course,
        "policy": visit.policy,
        "hold": visit.hold,
        "hold_is_live": visit.hold is not None and visit.hold.is_live(visit.now),
        "refusal": sentence(refusal) if refusal else "",
        "other_dates": other_dates(visit.session, places=places, policy=visit.policy, now=visit.now)
        if shows_dates
        else [],
        "steps": _steps(visit, view),
        "problems": [],
    }
    return render(visit.request, template, common | context)


def show_ordered(visit: Visit) -> HttpResponse:
    """Back at a step after ordering: the order is found, not made again."""
    return render(
        visit.request,
        "bookings/ordered.html",
        {"session": visit.session, "course": visit.session.course, "hold": visit.hold},
    )


def _steps(visit: Visit, current: str) -> list[Step]:
    here = [view for view, _name in _STEPS].index(current)
    states = ["done"] * here + ["current"] + ["to come"] * len(_STEPS)
    steps = [
        Step(name, reverse(view, args=[visit.session.code]), state)
        for (view, name), state in zip(_STEPS, states, strict=False)
    ]
    return [*steps, Step("Pay", "", "to come")] if visit.session.price else steps
