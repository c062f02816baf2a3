"""Refunding without cancelling, and trying a failed refund again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from config.kernel import clock
from config.kernel.money import format_money
from config.office import office_page, staff_page
from payments import locks
from payments.flows.returning import Standing, send_back, standing_of
from payments.forms import RefundForm
from payments.models import Payment, Refund
from payments.services.refunds import FiguresChanged, RefundTooLarge, retry_refund


@staff_page("payments/payment/<uuid:key>/refund/", name="payments_payment_refund", permission="payments.add_refund")
@require_http_methods(["GET", "HEAD", "POST"])
def refund_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """The sums that are shown are sent along; if they are not so any more, nothing is done."""
    payment = get_object_or_404(Payment.objects.select_related("payer"), pk=key)
    standing = standing_of(payment)
    if request.method != "POST":
        return _page(request, standing, _form(standing))
    if request.POST.get("figures") != standing.figures:
        return _page(request, standing, _form(standing), has_changed=True)
    form = _form(standing, request.POST)
    if not form.is_valid():
        return _page(request, standing, form)
    return _send_back(request, payment, form)


def _send_back(request: HttpRequest, payment: Payment, form: RefundForm) -> HttpResponse:
    amount = form.cleaned_data["amount"]
    try:
        send_back(
            payment_id=payment.pk,
            booking_id=UUID(form.cleaned_data["booking"]),
            amount=amount,
            reason=Refund.Reason(form.cleaned_data["reason"]),
            figures=request.POST["figures"],
        )
    except (FiguresChanged, RefundTooLarge):
        standing = standing_of(Payment.objects.select_related("payer").get(pk=payment.pk))
        return _page(request, standing, _form(standing), has_changed=True)
    messages.success(request, f"{format_money(amount)} is on its way back.")
    return _to_payment(payment.pk)


def _form(standing: Standing, data: Any = None) -> RefundForm:
    left = {str(share.booking.pk): (share.booking.reference, share.left) for share in standing.shares if share.left}
    return RefundForm(data, left=left)


def _page(request: HttpRequest, standing: Standing, form: RefundForm, *, has_changed: bool = False) -> HttpResponse:
    context = {"standing": standing, "payment": standing.payment, "form": form, "has_changed": has_changed}
    title = f"Refund a payment of {format_money(standing.payment.amount)}"
    return office_page(request, "staff/payments/refund.html", context, title=title)


@staff_page("payments/refund/<uuid:key>/again/", name="payments_refund_again", permission="payments.change_refund")
@require_POST
def refund_again(request: HttpRequest, key: UUID) -> HttpResponse:
    """Sends a failed refund anew, unless its money went back in another way meanwhile."""
    payment_id = get_object_or_404(Refund, pk=key).payment_id
    try:
        with transaction.atomic():
            locks.lock_payment(payment_id)
            is_new = retry_refund(refund=locks.lock_refund(key), now=clock.now())
    except RefundTooLarge as error:
        messages.error(request, f"Nothing was sent: only {format_money(error.refundable)} can still go back.")
        return _to_payment(payment_id)
    if is_new:
        messages.success(request, "The refund is on its way again.")
    else:
        messages.info(request, "Nothing was sent: this refund has not failed, or is tried again in Stripe’s Dashboard.")
    return _to_payment(payment_id)


def _to_payment(payment_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:payments_payment_page", args=[payment_id]))
