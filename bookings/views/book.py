"""Step 1: how many places, and on which date. Leaving it takes the hold."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.exceptions import BookingClosed, BookingRefused, NotEnoughPlaces, TooManyPlaces
from bookings.forms.problems import problems_of
from bookings.forms.steps import SessionStep, counted
from bookings.services import holding
from bookings.views import wizard
from bookings.views.offers import Offer, codes_on_sale, dates_to_choose
from bookings.views.refusals import too_few
from config.error_views import too_many_requests
from config.kernel.limits import is_within_limit
from invoicing.selectors import supplier_for_pages

VIEW = wizard.BOOK
# From one household or office in a minute. Places that are taken by a program are nobody else's for twenty minutes.
MOST_HOLDS_A_MINUTE = 30
_LONGEST = 40
_COUNTS = {"fewer": -1, "more": 1}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, code: str) -> HttpResponse:
    visit = wizard.arrive(request, code)
    if request.method != "POST":
        typed = {"places": request.GET.get("people", ""), "session": request.GET.get("date", "")}
        return _page(visit, _form(visit, typed) if visit.is_judged else None)
    if "start_again" in request.POST:
        return wizard.start_again(visit)
    if "extend" in request.POST:
        refusal = wizard.extend(visit)
        return _page(visit, refusal=refusal) if refusal else visit.to(VIEW)
    if request.POST.get("count") in _COUNTS:
        return _count(visit)
    return _choose(visit)


def _count(visit: wizard.Visit) -> HttpResponse:
    """One more or one fewer: the same page again, with the dates judged for that many."""
    typed, pressed = visit.request.POST, visit.request.POST["count"]
    people = counted(typed.get("places"), most=visit.policy.max_places, step=_COUNTS[pressed])
    return visit.to(VIEW, spot=f"id_places_{pressed}", people=str(people), **_other_date(visit))


def _choose(visit: wizard.Visit) -> HttpResponse:
    chosen = visit.request.POST.get("session") or visit.session.code
    is_this = chosen == visit.session.code
    form = _form(visit, visit.request.POST)
    if not form.is_valid():
        typed = visit.request.POST.get("places", "")[:_LONGEST]
        return visit.judged(VIEW, people=typed, **_other_date(visit))
    if not is_this:
        return wizard.move(visit, chosen)
    if not is_within_limit(visit.request, what="hold", most=MOST_HOLDS_A_MINUTE):
        return too_many_requests(visit.request)
    return _take(visit, form)


def _other_date(visit: wizard.Visit) -> dict[str, str]:
    """The date that was chosen, for the address of the page, unless it is the page's own."""
    chosen = visit.request.POST.get("session") or visit.session.code
    return {} if chosen == visit.session.code else {"date": chosen[:_LONGEST]}


def _form(visit: wizard.Visit, typed: Mapping[str, Any]) -> SessionStep:
    is_this = typed.get("session", "") in {"", visit.session.code}
    codes = [visit.session.code] if is_this else codes_on_sale(visit.session.course_id, visit.now)
    return SessionStep(typed, most=visit.policy.max_places, codes=codes)


def _take(visit: wizard.Visit, form: SessionStep) -> HttpResponse:
    try:
        taken = holding.take_hold(session_id=visit.session.pk, places=form.cleaned_data["places"], secret=visit.secret)
    except NotEnoughPlaces as refusal:
        if refusal.left:
            form.add_error("places", too_few(refusal.left))
        return _page(visit, form, refusal)
    except TooManyPlaces:
        form.add_error("places", form.fields["places"].error_messages["required"])
        return _page(visit, form)
    except BookingClosed as refusal:
        return _page(visit, form, refusal)
    return wizard.settle_in(visit, taken)


def _page(visit: wizard.Visit, form: SessionStep | None = None, refusal: BookingRefused | None = None) -> HttpResponse:
    most = visit.policy.max_places
    asked = visit.request.GET.get("people") or (visit.hold.places if visit.hold else 1)
    people = counted(form["places"].value() if form else str(asked), most=most)
    dates = _dates(visit, people)
    chosen = _chosen(visit, dates)
    return wizard.show(
        visit,
        "bookings/book.html",
        view=VIEW,
        refusal=refusal,
        form=form or SessionStep(most=most, codes=[], initial={"places": people}),
        problems=problems_of(form) if form else [],
        offer=next(date for date in dates if date.session == visit.session),
        dates=dates,
        can_choose=any(date.can_be_booked for date in dates) or bool(form),
        chosen=chosen,
        session=chosen.session if chosen else visit.session,
        places=people,
        shows_vat=supplier_for_pages().vat_registered,
    )


def _dates(visit: wizard.Visit, people: int) -> list[Offer]:
    hold = visit.hold
    kept = hold.places if hold and hold.is_live(visit.now) else 0
    return dates_to_choose(visit.session, kept=kept, people=people, policy=visit.policy, now=visit.now)


def _chosen(visit: wizard.Visit, dates: list[Offer]) -> Offer | None:
    """The date that was chosen, else the one people came for; none where neither has room."""
    asked = visit.request.POST.get("session") or visit.request.GET.get("date")
    wanted = [date for code in (asked, visit.session.code) for date in dates if date.session.code == code]
    return next((date for date in wanted if date.can_be_booked), None)
