"""Paying: the page with the sum, its form, the way to Stripe and back, and the address where Stripe tells us things."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.access import opened_booking
from bookings.models import Booking
from bookings.selectors import bookings_in_brief, bookings_to_pay
from config.kernel import clock
from config.kernel.money import split_vat
from invoicing.selectors import supplier_for_pages
from payments import selectors, stripe_gateway
from payments.flows import paying, settling
from payments.flows.paying import NotPayable
from payments.flows.settling import Outcome
from payments.models import Payment
from payments.services import inbox
from payments.stripe_gateway import GatewayRefused, GatewayUnavailable, InvalidSignature

logger = logging.getLogger(__name__)

STEPS = ("Session", "People", "Requirements", "Review", "Payment")
AUTHENTICATION_FAILED = "payment_intent_authentication_failure"


@dataclass(frozen=True)
class Problem:
    """What went wrong the last time, and what to do next."""

    title: str
    text: str


@dataclass(frozen=True)
class Kept:
    """The order's places as the basket shows them; while somebody chooses and types, a Hold has these two."""

    places: int
    expires_at: datetime | None


UNAVAILABLE = Problem(
    "We can’t reach our payment service at the moment",
    "Nothing was charged just now and your places are kept. Wait a minute, then try again.",
)


@never_cache
@csp_override(settings.PAYMENT_CSP)
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """The sum and the ways to pay it. The POST opens Stripe's page, or finds the one that is open."""
    booking = opened_booking(request, reference, bookings_to_pay())
    payment = selectors.latest_payment(booking)
    if payment is None or booking.status != Booking.Status.PENDING or _has_lapsed(booking):
        return redirect("bookings:booking", reference=booking.reference)
    if request.method != "POST":
        return _pay_page(request, booking, payment, _last_refusal(booking, payment))
    try:
        address = paying.open_checkout(payment=payment)
    except NotPayable:
        return redirect("bookings:booking", reference=booking.reference)
    except GatewayUnavailable:
        return _pay_page(request, booking, payment, UNAVAILABLE, status=503)
    except GatewayRefused as error:
        logger.exception("Stripe refused to open a payment page (%s).", error.code)
        return _pay_page(request, booking, payment, UNAVAILABLE, status=502)
    return redirect(address)


@never_cache
@require_POST
def form(request: HttpRequest, reference: str) -> JsonResponse:
    """For the page's script: the client secret that its form pays with, or where to go when nothing is payable."""
    booking = opened_booking(request, reference, bookings_in_brief())
    payment = selectors.latest_payment(booking)
    elsewhere = JsonResponse({"go": reverse("payments:returned", args=[booking.reference])})
    if payment is None:
        return elsewhere
    try:
        return JsonResponse({"client_secret": paying.open_form(payment=payment)})
    except NotPayable:
        return elsewhere
    except GatewayUnavailable:
        return JsonResponse({}, status=503)
    except GatewayRefused as error:
        logger.exception("Stripe refused to open a form (%s).", error.code)
        return JsonResponse({}, status=502)


@never_cache
@require_POST
def ask(request: HttpRequest, reference: str) -> JsonResponse:
    """For the page's script: what Stripe says of the payment by now, and until when the places are kept.

    With `doubt` the script does not know what became of an attempt: then one that is not paid is closed for good.
    """
    booking = opened_booking(request, reference, bookings_in_brief())
    payment = selectors.latest_payment(booking)
    try:
        if payment is None:
            outcome = Outcome.CANCELLED
        elif "doubt" in request.POST:
            outcome = paying.settle_doubt(payment_id=payment.pk)
        else:
            outcome = settling.settle(payment)
    except (GatewayUnavailable, GatewayRefused):
        return JsonResponse({}, status=503)
    booking.refresh_from_db(fields=["lapses_at"])
    return JsonResponse({"outcome": outcome, "not_charged": _not_charged(booking), **_held(booking)})


@require_POST
def more_time(request: HttpRequest, reference: str) -> HttpResponse:
    """Keeps the places of an unpaid order for the policy's extension. The page's script asks for the new time alone."""
    booking = opened_booking(request, reference, bookings_in_brief())
    payment = selectors.latest_payment(booking)
    if payment is not None:
        paying.extend_order(payment_id=payment.pk)
    if not request.accepts("text/html"):
        booking.refresh_from_db(fields=["lapses_at"])
        return JsonResponse(_held(booking))
    return redirect("payments:pay", reference=booking.reference)


@never_cache
@require_safe
def returned(request: HttpRequest, reference: str) -> HttpResponse:
    """Back from Stripe: the truth is asked for, written down and shown."""
    booking = opened_booking(request, reference, bookings_in_brief())
    payment = selectors.latest_payment(booking)
    if payment is None:
        return redirect("bookings:booking", reference=booking.reference)
    try:
        outcome = settling.settle(payment)
    except (GatewayUnavailable, GatewayRefused):
        # The webhook or the sweeper will tell; nobody should pay again meanwhile.
        outcome = Outcome.PROCESSING if payment.status in Payment.UNFINISHED_STATUSES else settling.outcome_of(payment)
    if outcome == Outcome.OPEN:
        return redirect("payments:pay", reference=booking.reference)
    if outcome in {Outcome.PROCESSING, Outcome.DISCREPANCY}:
        return render(request, "payments/checking.html", {"booking": booking})
    return redirect("bookings:booking", reference=booking.reference)


def _last_refusal(booking: Booking, payment: Payment) -> Problem | None:
    """The last attempt, if the bank refused it. Being charged is the first thing that people fear then."""
    if not payment.last_decline_code:
        return None
    if payment.last_decline_code == AUTHENTICATION_FAILED:
        text = f"{_not_charged(booking)} Try again, or use a different card."
        return Problem("Your bank could not confirm that it was you", text)
    text = f"{_not_charged(booking)} Check the details, or try a different card."
    return Problem("Your bank declined that card", text)


def _not_charged(booking: Booking) -> str:
    until = _held_until(booking)
    if not until:
        return "You have not been charged."
    places = "places are" if booking.attendees.count() > 1 else "place is"
    return f"You have not been charged and your {places} still held until {until}."


def _has_lapsed(booking: Booking) -> bool:
    return booking.lapses_at is not None and booking.lapses_at <= clock.now()


def _held_until(booking: Booking) -> str:
    """Such as "2:45pm"; empty for an order without an end."""
    return clock.format_deadline(booking.lapses_at, seen_at=clock.now()) if booking.lapses_at else ""


def _held(booking: Booking) -> dict[str, object]:
    """For the page's script: until when, in words and as seconds since 1970, nought for an order without an end."""
    return {"held_until": _held_until(booking), "ends": int(booking.lapses_at.timestamp()) if booking.lapses_at else 0}


def _pay_page(
    request: HttpRequest, booking: Booking, payment: Payment, problem: Problem | None = None, status: int = 200
) -> HttpResponse:
    session = booking.session
    # The basket shows what was agreed when the order was placed, whatever the session costs by now.
    session.price, session.vat_rate = booking.price_per_place, booking.vat_rate
    places = booking.attendees.count()
    states = ["done"] * (len(STEPS) - 1) + ["current"]
    context = {
        "steps": [{"name": name, "state": state} for name, state in zip(STEPS, states, strict=True)],
        "booking": booking,
        "session": session,
        "course": session.course,
        "policy": booking.policy,
        "hold": Kept(places, booking.lapses_at),
        "hold_is_live": booking.lapses_at is not None,
        **_price(booking, places),
        "payment": payment,
        "problem": problem,
        "is_checking": selectors.open_discrepancies(payment).exists() or payment.status == Payment.Status.PROCESSING,
        "stripe_js_url": settings.STRIPE_JS_URL,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
    }
    return render(request, "payments/pay.html", context, status=status)


def _price(booking: Booking, places: int) -> dict[str, object]:
    """The total, with its VAT where we charge any, and the net price of one place where that adds up exactly."""
    if not supplier_for_pages().vat_registered or not booking.vat_rate:
        return {"total": booking.total}
    vat = split_vat(booking.total, booking.vat_rate)
    net_each = split_vat(booking.price_per_place, booking.vat_rate).net
    return {"total": booking.total, "vat": vat, "net_each": net_each if net_each * places == vat.net else None}


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Verifies, stores and answers; the worker does the rest. Nothing unsigned is stored."""
    try:
        received = stripe_gateway.verify_event(request.body, request.headers.get("Stripe-Signature", ""))
    except InvalidSignature:
        return HttpResponse("The signature does not fit.", status=400, content_type="text/plain")
    inbox.store_event(received)
    return HttpResponse(status=200)
