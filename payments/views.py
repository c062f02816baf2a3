"""Paying: the page with the sum, the way to Stripe and back, and the address where Stripe tells us what happened."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.access import opened_booking
from bookings.models import Booking
from bookings.selectors import bookings_in_brief
from payments import selectors, stripe_gateway
from payments.flows import paying, settling
from payments.flows.paying import NotPayable
from payments.flows.settling import Outcome
from payments.models import Payment
from payments.services import inbox
from payments.stripe_gateway import GatewayRefused, GatewayUnavailable, InvalidSignature

logger = logging.getLogger(__name__)

UNAVAILABLE = (
    "We can’t reach our payment service at the moment, so nothing was charged just now. Your places are kept. "
    "Wait a minute, then try again."
)

# Browsers apply form-action to the redirect that follows the POST, so Stripe's page has to be named.
_payment_policy = csp_override({**settings.SECURE_CSP, "form-action": [CSP.SELF, settings.STRIPE_CHECKOUT_ORIGIN]})


@never_cache
@_payment_policy
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """The sum and one button. The POST opens Stripe's page, or finds the one that is open."""
    booking = opened_booking(request, reference, bookings_in_brief())
    payment = selectors.latest_payment(booking)
    if payment is None or booking.status != Booking.Status.PENDING:
        return redirect("bookings:booking", reference=booking.reference)
    if request.method != "POST":
        return _pay_page(request, booking, payment)
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


@require_POST
def more_time(request: HttpRequest, reference: str) -> HttpResponse:
    """Keeps the places of an unpaid order for the policy's extension."""
    booking = opened_booking(request, reference, bookings_in_brief())
    payment = selectors.latest_payment(booking)
    if payment is not None:
        paying.extend_order(payment_id=payment.pk)
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


def _pay_page(
    request: HttpRequest, booking: Booking, payment: Payment, message: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "booking": booking,
        "payment": payment,
        "message": message,
        "is_checking": selectors.open_discrepancies(payment).exists() or payment.status == Payment.Status.PROCESSING,
    }
    return render(request, "payments/pay.html", context, status=status)


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
