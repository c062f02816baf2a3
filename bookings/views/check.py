"""Step 3: everything once more, the terms, and the order."""

import contextlib
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.exceptions import BookingRefused, PriceChanged
from bookings.flows.ordering import place_order
from bookings.forms.people import PeopleStep
from bookings.forms.problems import problems_of
from bookings.forms.steps import AgreementForm
from bookings.models import Booking, Hold
from bookings.services.placing import Order
from bookings.services.plans import plan_sentences
from bookings.services.pricing import order_total
from bookings.views import wizard
from config.kernel import clock
from config.kernel.money import split_vat
from customers.access_cookies import set_access_cookie
from customers.models import AccessLink
from customers.services import access
from invoicing.selectors import current_supplier
from payments.flows.completing import PlacesGone, complete_free_order

VIEW = "bookings:check"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    visit = wizard.arrive(request, code)
    hold = visit.hold
    if hold is None:
        return visit.to("bookings:book")
    if hold.ordered_at:
        return _onwards_again(hold) if request.method == "POST" else wizard.show_ordered(visit)
    step = PeopleStep(places=hold.places, data=hold.draft)
    if not step.is_valid():
        return visit.to("bookings:people")
    form = AgreementForm(request.POST) if request.method == "POST" and "extend" not in request.POST else AgreementForm()
    if form.is_valid():
        return _order(visit, hold, step.order(agreed_total=form.cleaned_data["agreed_total"]))
    refusal = wizard.extend(visit) if "extend" in request.POST else None
    if "extend" in request.POST and not refusal:
        return visit.to(VIEW)
    return _page(visit, step.order(agreed_total=Decimal(0)), form, refusal)


def _order(visit: wizard.Visit, hold: Hold, order: Order) -> HttpResponse:
    try:
        placed = place_order(hold_id=hold.pk, secret=visit.secret, order=order)
    except PriceChanged as refusal:
        # Read again: the page must show, and carry, the price that is agreed to next.
        visit.session.refresh_from_db(fields=["price", "vat_rate"])
        return _page(visit, order, AgreementForm(), refusal)
    except BookingRefused as refusal:
        return _page(visit, order, AgreementForm(), refusal)
    return _onwards(placed.booking, placed.access_token)


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


def _page(
    visit: wizard.Visit, order: Order, form: AgreementForm, refusal: BookingRefused | None = None
) -> HttpResponse:
    session = visit.session
    total = order_total(session.price, len(order.people))
    return wizard.show(
        visit,
        "bookings/check.html",
        view=VIEW,
        refusal=refusal,
        order=order,
        form=form,
        problems=problems_of(form),
        total=total,
        vat=split_vat(total, session.vat_rate) if current_supplier().vat_registered and session.vat_rate else None,
        plans=plan_sentences(visit.policy, session.starts_at, clock.london_date(visit.now)),
    )
