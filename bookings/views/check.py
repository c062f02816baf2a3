"""Step 4: everything once more, the terms, and the order."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import selectors
from bookings.exceptions import BookingRefused, OfferChanged, TermsChanged
from bookings.flows.ordering import place_order
from bookings.forms.everyones_needs import NeedsStep, mentions_adjustments, ticked
from bookings.forms.people import PeopleStep
from bookings.forms.problems import problems_of
from bookings.forms.steps import AgreementForm
from bookings.models import Booking, CourseSession, Hold, RequirementTemplate
from bookings.services.consumers import ChangeOfMind, change_of_mind
from bookings.services.placing import Order, what_changed
from bookings.services.plans import plan_sentences
from bookings.services.pricing import order_total
from bookings.services.showing import session_mark, terms_mark
from bookings.views import wizard
from config.error_views import too_many_requests
from config.kernel import clock
from config.kernel.limits import is_within_limit
from customers.access_cookies import set_access_cookie
from customers.models import AccessLink
from customers.services import access
from payments.flows.completing import PlacesGone, complete_free_order

VIEW = wizard.CHECK
# From one household or office in a minute. Each order of a free course sends letters, to whoever was named.
MOST_ORDERS_A_MINUTE = 20
# What was ticked already when another box was forgotten.
_BOXES = ("early_start", "terms")


@dataclass(frozen=True)
class Checked:
    """What was said on the steps before, judged again as a whole."""

    order: Order
    templates: Sequence[RequirementTemplate]
    mind: ChangeOfMind | None

    @property
    def asks_early_start(self) -> bool:
        return self.mind is not None and self.mind.begins_within

    def form(self, data: Mapping[str, Any] | None = None) -> AgreementForm:
        return AgreementForm(data, asks_early_start=self.asks_early_start)

    def agreed(self, form: AgreementForm) -> Order:
        """With what was on the page that was pressed, whether or not its boxes were ticked."""
        typed = form.cleaned_data
        return replace(
            self.order,
            agreed_total=typed["agreed_total"],
            terms_shown=typed["terms_shown"],
            session_shown=typed["session_shown"],
            asks_early_start=typed.get("early_start", False),
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    visit = wizard.arrive(request, code)
    hold = visit.hold
    if hold and hold.ordered_at and request.method == "POST":
        return _onwards_again(hold)
    elsewhere = wizard.astray(visit, VIEW)
    if elsewhere or hold is None:
        return elsewhere or visit.to(wizard.BOOK)
    checked = _judge(visit, hold)
    if isinstance(checked, HttpResponse):
        return checked
    if request.method == "POST":
        return _pressed(visit, hold, checked)
    return _page(visit, checked, _judged(visit, checked) if visit.is_judged else checked.form())


def _judged(visit: wizard.Visit, checked: Checked) -> AgreementForm:
    """What an address ticks counts only beside what it forgot, and only for what the page still shows.

    The terms are never ticked beforehand, nor are others than were on the page when they were.
    """
    asked = visit.request.GET
    is_same = all(asked.get(name) == value for name, value in _shown(visit, checked).items())
    form = checked.form(asked if is_same else {})
    return checked.form() if form.is_valid() else form


def _pressed(visit: wizard.Visit, hold: Hold, checked: Checked) -> HttpResponse:
    pressed = visit.request.POST
    if "extend" in pressed:
        refusal = wizard.extend(visit)
        return _page(visit, checked, checked.form(), refusal) if refusal else visit.to(VIEW)
    form = checked.form(pressed)
    is_agreed = form.is_valid()
    order = checked.agreed(form)
    if not is_agreed:
        return _not_agreed(visit, hold, checked, order)
    if not is_within_limit(visit.request, what="order", most=MOST_ORDERS_A_MINUTE):
        return too_many_requests(visit.request)
    return _order(visit, hold, checked, order)


def _not_agreed(visit: wizard.Visit, hold: Hold, checked: Checked, order: Order) -> HttpResponse:
    """A box is not ticked; but first whatever they have to look at again, for which another box may be there now."""
    visit = replace(visit, policy=selectors.current_policy())
    changed = what_changed(session=visit.session, policy=visit.policy, places=hold.places, order=order)
    if changed:
        return _anew(visit, checked, changed)
    ticked_boxes = {name: "on" for name in _BOXES if name in visit.request.POST}
    return visit.judged(VIEW, **ticked_boxes, **_shown(visit, checked))


def _judge(visit: wizard.Visit, hold: Hold) -> Checked | HttpResponse:
    """Everything that was said, or the step on which something is missing."""
    people = PeopleStep(places=hold.places, data=hold.draft)
    if not people.is_valid():
        return visit.to(wizard.PEOPLE)
    order = people.order(agreed_total=Decimal(0))
    templates = selectors.offered_templates() if mentions_adjustments(hold.draft) else []
    needs = NeedsStep(people=order.people, templates=templates, data=hold.draft)
    if not needs.is_valid():
        return visit.to(wizard.REQUIREMENTS)
    return Checked(needs.added_to(order), templates, _mind(visit, order))


def _mind(visit: wizard.Visit, order: Order) -> ChangeOfMind | None:
    mind = change_of_mind(purpose=order.purpose, starts_at=visit.session.starts_at, today=clock.london_date(visit.now))
    return mind if visit.session.price else None


def _order(visit: wizard.Visit, hold: Hold, checked: Checked, order: Order) -> HttpResponse:
    try:
        placed = place_order(hold_id=hold.pk, secret=visit.secret, order=order)
    except OfferChanged as refusal:
        return _anew(visit, checked, refusal)
    except BookingRefused as refusal:
        return _page(visit, checked, checked.form(), refusal)
    return _onwards(placed.booking, placed.access_token)


def _anew(visit: wizard.Visit, checked: Checked, refusal: OfferChanged) -> HttpResponse:
    """Everything is read again: the page must show, and carry, what is agreed to next. No box is ticked."""
    session = CourseSession.objects.select_related("course", "venue").get(pk=visit.session.pk)
    visit = replace(visit, session=session, policy=selectors.current_policy())
    checked = replace(checked, mind=_mind(visit, checked.order))
    return _page(visit, checked, checked.form(), refusal)


def _onwards_again(hold: Hold) -> HttpResponse:
    """The same press twice, or a return much later: the browser that ordered goes on to its order."""
    booking = Booking.objects.get(hold=hold)
    link = access.current_link(purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk))
    return _onwards(booking, access.link_token(link) if link else "")


def _onwards(booking: Booking, token: str) -> HttpResponse:
    """To the payment; an order of nothing is complete without one."""
    page = reverse("bookings:booking", args=[booking.reference])
    waits_for_payment = bool(booking.total) and booking.status == Booking.Status.PENDING
    if not booking.total:
        with contextlib.suppress(PlacesGone):
            complete_free_order(booking_id=booking.pk)
    response = redirect("payments:pay", booking.reference) if waits_for_payment else redirect(page)
    if token:
        set_access_cookie(response, token=token, path=page)
    return response


def _shown(visit: wizard.Visit, checked: Checked) -> dict[str, str]:
    """What the page shows and the press brings back, by the fields of the form."""
    prefetch_related_objects([visit.session], "days")
    return {
        "agreed_total": str(order_total(visit.session.price, len(checked.order.people))),
        "terms_shown": terms_mark(visit.policy),
        "session_shown": session_mark(visit.session),
    }


def _page(
    visit: wizard.Visit, checked: Checked, form: AgreementForm, refusal: BookingRefused | None = None
) -> HttpResponse:
    session, people = visit.session, checked.order.people
    helped = [
        (number, person, ticked(checked.templates, person.needs.slugs))
        for number, person in enumerate(people, start=1)
        if person.needs
    ]
    slugs = {slug for _number, person, _templates in helped for slug in person.needs.slugs}
    return wizard.show(
        visit,
        "bookings/check.html",
        view=VIEW,
        refusal=refusal,
        order=checked.order,
        helped=helped,
        gaps=selectors.venue_gaps(session.venue, checked.templates, slugs),
        form=form,
        shown=_shown(visit, checked).items(),
        terms_changed=isinstance(refusal, OfferChanged)
        and any(isinstance(change, TermsChanged) for change in (refusal, *refusal.besides)),
        problems=problems_of(form),
        plans=plan_sentences(visit.policy, session.starts_at, clock.london_date(visit.now), is_free=not session.price),
        mind=checked.mind,
    )
