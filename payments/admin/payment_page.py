"""One payment: what it is for, what went back, all that happened, and what one can do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.kernel.money import format_money
from config.office import office_page, staff_page
from payments.flows.dashboard_refunds import look_again
from payments.models import Payment, PaymentEvent, Refund, StripeEvent
from payments.selectors import booking_shares, is_stripe_id
from payments.stripe_gateway import GatewayRefused, GatewayUnavailable

PAYMENT_TONES = {"open": "wait", "processing": "wait", "succeeded": "ok", "cancelled": "quiet"}
REFUND_TONES = {"requested": "wait", "pending": "wait", "succeeded": "ok", "failed": "bad"}
_BAD_KINDS = (PaymentEvent.Kind.DECLINED, PaymentEvent.Kind.REFUND_FAILED, PaymentEvent.Kind.DISCREPANCY)
_STRIPES_OWN = "https://api.stripe.com"
_DASHBOARD = "https://dashboard.stripe.com"


@dataclass(frozen=True)
class Line:
    """One thing that happened, as the page tells it."""

    at: datetime
    words: str
    detail: str
    who: str
    tone: str
    stripe_id: str


@staff_page("payments/payment/<uuid:key>/", name="payments_payment_page", permission="payments.view_payment")
@require_safe
def payment_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Six queries besides those of the frame, however much happened."""
    payment = get_object_or_404(Payment.objects.select_related("payer"), pk=key)
    refunds = list(payment.refunds.select_related("booking", "requested_by"))
    shares = booking_shares(payment)
    context = {
        "payment": payment,
        "state_tone": PAYMENT_TONES[payment.status],
        "shares": shares,
        "left": sum(share.left for share in shares) if payment.stripe_intent_id else 0,
        "refunds": [(refund, REFUND_TONES[refund.status]) for refund in refunds],
        "discrepancies": list(payment.discrepancies.all()),
        "lines": _lines(payment, refunds),
        "stripe_ids": [(name, value, dashboard_address(value)) for name, value in _ids(payment)],
    }
    return office_page(
        request, "staff/payments/payment.html", context, title=f"Payment of {format_money(payment.amount)}"
    )


@staff_page("payments/payment/<uuid:key>/look/", name="payments_payment_look", permission="payments.add_refund")
@require_POST
def look_at_stripe(request: HttpRequest, key: UUID) -> HttpResponse:
    """Asks Stripe how the payment and its refunds stand, for whoever doubts what is written here."""
    get_object_or_404(Payment, pk=key)
    try:
        look_again(payment_id=key)
    except GatewayUnavailable:
        messages.error(request, "Stripe does not answer just now. Nothing was changed; try again in a minute.")
    except GatewayRefused as error:
        messages.error(request, f"Stripe refused to answer ({error.code or error}). Nothing was changed.")
    else:
        messages.success(request, "This is how it stands at Stripe now.")
    return HttpResponseRedirect(reverse("admin:payments_payment_page", args=[key]))


def dashboard_address(stripe_id: str) -> str:
    """Where a payment or charge is in Stripe's Dashboard; nothing for other ids, and where a stand-in answers."""
    if settings.STRIPE_API_BASE != _STRIPES_OWN or not stripe_id.startswith(("pi_", "ch_", "py_")):
        return ""
    test = "/test" if "_test_" in settings.STRIPE_SECRET_KEY else ""
    return f"{_DASHBOARD}{test}/payments/{stripe_id}"


def _ids(payment: Payment) -> list[tuple[str, str]]:
    named = (
        ("Payment", payment.stripe_intent_id),
        ("Charge", payment.stripe_charge_id),
        ("Form on our page", payment.stripe_form_id),
        ("Stripe’s page", payment.stripe_checkout_id),
    )
    return [(name, value) for name, value in named if value]


def _lines(payment: Payment, refunds: Iterable[Refund]) -> list[Line]:
    """Our own events and Stripe's about any of its ids, newest first."""
    ids = {value for _, value in _ids(payment)} | {refund.stripe_refund_id or "" for refund in refunds}
    told = StripeEvent.objects.filter(object_id__in=ids - {""})
    ours = payment.events.select_related("actor_user")
    lines = [*(_our_line(event) for event in ours), *(_stripe_line(event) for event in told)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _our_line(event: PaymentEvent) -> Line:
    who = str(event.actor_user) if event.actor_user else event.actor_kind.capitalize()
    tone = "bad" if event.kind in _BAD_KINDS else ""
    # A refund that was asked for has no id at Stripe yet, but one of ours.
    stripe_id = event.stripe_object_id if is_stripe_id(event.stripe_object_id) else ""
    return Line(event.occurred_at, event.get_kind_display(), event.detail, who, tone, stripe_id)


def _stripe_line(event: StripeEvent) -> Line:
    tone = "bad" if event.state == StripeEvent.State.FAILED else ""
    detail = f"{event.get_state_display()}. {event.last_error}".strip()
    return Line(event.received_at, f"Stripe told us: {event.type}", detail, "Stripe", tone, event.pk)
