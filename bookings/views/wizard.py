"""What the steps of booking share: the session, the browser's hold and its cookies, and what stands in the way.

The hold's secret is a cookie sent to this session's steps alone. It outlives the order, so that going back finds
the order instead of making a second one.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from bookings import selectors
from bookings.exceptions import BookingClosed, BookingRefused, NotEnoughPlaces
from bookings.models import BookingPolicy, CourseSession, Hold
from bookings.services import holding
from bookings.services.pricing import order_total
from bookings.views.offers import Offer, other_dates
from bookings.views.refusals import sentence
from config.kernel import clock
from config.kernel.money import split_vat
from customers.services.visits import end_visit
from customers.visit_cookies import forget_visit_cookie, read_visit_token
from invoicing.selectors import supplier_for_pages

HOLD_COOKIE = "hold"
# Where the answers are that belong here: "<code of another session>.<secret of the hold there>".
ELSEWHERE_COOKIE = "answers"
# No longer than any code is: it goes into an address and the path of a cookie.
_CODE = re.compile(r"[-a-zA-Z0-9_]{1,20}")
_COOKIE_SECONDS = 24 * 3600
BOOK, PEOPLE, REQUIREMENTS, CHECK = "bookings:book", "bookings:people", "bookings:requirements", "bookings:check"
_NEED_ANOTHER_DATE = (NotEnoughPlaces, BookingClosed)
_STEPS = ((BOOK, "Session"), (PEOPLE, "People"), (REQUIREMENTS, "Requirements"), (CHECK, "Review"))


@dataclass(frozen=True)
class Visit:
    """One browser at one session."""

    request: HttpRequest
    session: CourseSession
    policy: BookingPolicy
    hold: Hold | None
    secret: str
    now: datetime

    @property
    def returns_to_check(self) -> bool:
        """Whether somebody came from the review to change something there."""
        return self.request.GET.get("back") == "check"

    @property
    def is_judged(self) -> bool:
        """Whether the page is to say what is wrong with the answers: see `judged`."""
        return "judge" in self.request.GET

    def to(self, view: str, *, spot: str = "", **asked: str) -> HttpResponse:
        """On to another step, or to the same one again at a `spot` of the page; where they came from is kept."""
        query = urlencode(asked | ({"back": "check"} if self.returns_to_check and view != CHECK else {}))
        address = reverse(view, args=[self.session.code])
        return redirect(f"{address}{'?' if query else ''}{query}{'#' if spot else ''}{spot}")

    def judged(self, view: str, **asked: str) -> HttpResponse:
        """To the same step, which says what is wrong: a page that can be reloaded, and come back to, like any other."""
        return self.to(view, **asked, judge="1")

    def onwards(self, view: str) -> HttpResponse:
        """On to the next step, or back to the review for who only came to change something."""
        return self.to(CHECK if self.returns_to_check else view)

    def places_left(self) -> int:
        """What this browser may book on the session: what it holds itself is free for it."""
        return selectors.places_left(self.session, self.now, besides_hold=self.hold.pk if self.hold else None)


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
    # A secret that opens nothing is as good as none: the next press on "Continue" brings a new one.
    return Visit(request, session, selectors.policy_for_pages(), hold, secret if hold else "", clock.now())


def astray(visit: Visit, view: str) -> HttpResponse | None:
    """What to answer at a step after the first to who has nothing here: no places, an order already, another date."""
    if visit.hold is None:
        return visit.to(BOOK)
    if visit.hold.ordered_at:
        return show_ordered(visit)
    moved_to, _secret = _elsewhere(visit.request)
    has_left = moved_to and not visit.hold.draft and not visit.hold.is_live(visit.now)
    # Sent on once at most: two dates that were both left must not send anybody to and fro.
    if has_left and "moved" not in visit.request.GET:
        return redirect(reverse(view, args=[moved_to]) + "?moved=1")
    return None


def keep_hold(response: HttpResponse, *, code: str, secret: str) -> None:
    """Gives the browser the secret of its hold."""
    _set_cookie(response, HOLD_COOKIE, secret, code)


def move(visit: Visit, code: str) -> HttpResponse:
    """Sends the press on to another session's first step, which takes the places there.

    Only there does the browser show which hold it may have on that session already; the answers are fetched from there.
    """
    if code == visit.session.code or not _CODE.fullmatch(code):
        return visit.to(BOOK)
    response = redirect(BOOK, code, preserve_request=True)
    if visit.hold:
        _set_cookie(response, ELSEWHERE_COOKIE, f"{visit.session.code}.{visit.secret}", code)
    return response


def settle_in(visit: Visit, taken: holding.TakenHold) -> HttpResponse:
    """After places were taken: on to the next step, with the answers that were typed for another date before."""
    code = visit.session.code
    left, secret = _elsewhere(visit.request)
    brought = bool(left) and holding.bring_answers(to=taken.hold, code=left, secret=secret)
    # The review leads back to whatever is not answered yet.
    response = visit.to(CHECK) if brought else visit.onwards(PEOPLE)
    keep_hold(response, code=code, secret=taken.secret)
    if left:
        response.delete_cookie(ELSEWHERE_COOKIE, path=reverse(BOOK, args=[code]))
        _set_cookie(response, ELSEWHERE_COOKIE, f"{code}.{taken.secret}", left)
    return response


def start_again(visit: Visit) -> HttpResponse:
    """For the next person at the same browser: nothing of what was typed here stays, and no way to an order.

    Whoever is signed in is signed out, or the next person would find them filled in.
    """
    if visit.hold:
        holding.forget(hold=visit.hold)
    response = redirect(BOOK, visit.session.code)
    if signed_in := read_visit_token(visit.request):
        end_visit(signed_in)
        forget_visit_cookie(response)
    for name in (HOLD_COOKIE, ELSEWHERE_COOKIE):
        response.delete_cookie(name, path=reverse(BOOK, args=[visit.session.code]))
    return response


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


def show(
    visit: Visit, template: str, *, view: str, refusal: BookingRefused | None = None, **context: Any
) -> HttpResponse:
    """Renders a step with what every step shows. `session` and `places` may be others than those that are held."""
    session = context.get("session", visit.session)
    places = context.get("places") or (visit.hold.places if visit.hold else 1)
    common = {
        "session": session,
        "course": visit.session.course,
        "policy": visit.policy,
        "hold": visit.hold,
        "hold_is_live": visit.hold is not None and visit.hold.is_live(visit.now),
        "refusal": sentence(refusal, visit.session, visit.now) if refusal else "",
        "needs_other_date": isinstance(refusal, _NEED_ANOTHER_DATE),
        "other_dates": _other_dates(visit, places, refusal),
        "steps": _steps(visit, view),
        "problems": [],
        "returns_to_check": visit.returns_to_check,
    }
    return render(visit.request, template, common | _price(session, places) | context)


def show_ordered(visit: Visit) -> HttpResponse:
    """Back at a step after ordering: the order is found, not made again."""
    return render(
        visit.request,
        "bookings/ordered.html",
        {"session": visit.session, "course": visit.session.course, "hold": visit.hold},
    )


def _price(session: CourseSession, places: int) -> dict[str, Any]:
    """The sum as the basket shows it; before VAT where VAT is shown, with the price of one if that comes out even."""
    total = order_total(session.price, places)
    if not (total and session.vat_rate and supplier_for_pages().vat_registered):
        return {"places": places, "total": total}
    vat, net_each = split_vat(total, session.vat_rate), split_vat(session.price, session.vat_rate).net
    is_even = net_each * places == vat.net
    return {"places": places, "total": total, "vat": vat, "net_each": net_each if is_even else None}


def _other_dates(visit: Visit, places: int, refusal: BookingRefused | None) -> list[Offer]:
    if not isinstance(refusal, _NEED_ANOTHER_DATE):
        return []
    return other_dates(visit.session, places=places, policy=visit.policy, now=visit.now)


def _steps(visit: Visit, current: str) -> list[Step]:
    here = [view for view, _name in _STEPS].index(current)
    states = ["done"] * here + ["current"] + ["to come"] * len(_STEPS)
    steps = [
        Step(name, reverse(view, args=[visit.session.code]), state)
        for (view, name), state in zip(_STEPS, states, strict=False)
    ]
    return [*steps, Step("Payment", "", "to come")] if visit.session.price else steps


def _elsewhere(request: HttpRequest) -> tuple[str, str]:
    """Code and secret of the hold with the answers that belong here; empty for none."""
    code, _, secret = request.COOKIES.get(ELSEWHERE_COOKIE, "").partition(".")
    return (code, secret) if _CODE.fullmatch(code) and secret else ("", "")


def _set_cookie(response: HttpResponse, name: str, value: str, code: str) -> None:
    """A cookie that is sent to the steps of this session alone."""
    response.set_cookie(
        name,
        value,
        max_age=_COOKIE_SECONDS,
        path=reverse(BOOK, args=[code]),
        secure=settings.SITE_IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )
