"""Refunds that nobody asked for here: made in Stripe's Dashboard, and taken in as what they are.

The booking stays as it is: what the refund means for it is a person's decision. The customer is not written to, as
Stripe's Dashboard offers to do that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from bookings.models import Booking
from config.kernel import clock
from config.kernel.jobs import enqueue
from config.kernel.money import format_money, from_minor
from customers.services.timeline import record_activity
from payments import locks, selectors, stripe_gateway
from payments.flows.refunding import take_in_refund
from payments.flows.settling import settle_intent, settle_payment
from payments.models import Discrepancy, Payment, Refund
from payments.services.recording import record_discrepancy
from payments.services.refunds import record_dashboard_refund
from payments.stripe_gateway import GatewayRefund, Intent


@dataclass(frozen=True)
class Found:
    """Refunds as Stripe has them now, and the payments among them that we have not heard of as paid yet."""

    refunds: tuple[GatewayRefund, ...]
    intents: tuple[Intent, ...]


def fetch(refunds: Iterable[GatewayRefund]) -> Found:
    """Asks Stripe for what else is needed to take these in, with nothing locked.

    News can come in any order: of the refund before that of the payment.
    """
    refunds = tuple(refunds)
    unheard = {
        refund.intent_id for refund in refunds if refund.intent_id and not selectors.is_settled_by(refund.intent_id)
    }
    return Found(refunds, tuple(stripe_gateway.fetch_intent(intent_id) for intent_id in sorted(unheard)))


def take_in(found: Found) -> bool:
    """Makes our records say so, in the caller's transaction. Whether any of it was ours, or a person has to look."""
    for intent in found.intents:
        payment_id = selectors.known_payment_id(intent.payment_id)
        if payment_id is not None:
            settle_intent(intent=intent, payment_id=payment_id)
    payments = _locked_payments(found.refunds)
    were_ours = [_take_in_one(answer, payments.get(answer.id)) for answer in found.refunds]
    return any(were_ours)


def look_again(*, payment_id: UUID) -> None:
    """Asks Stripe about a payment and all of its refunds, and brings our records there.

    For whoever doubts them. Raises GatewayUnavailable or GatewayRefused; then nothing was changed.
    """
    settle_payment(payment_id=payment_id)
    intent_id = Payment.objects.values_list("stripe_intent_id", flat=True).get(pk=payment_id)
    if intent_id:
        found = fetch(stripe_gateway.refunds_of_intent(intent_id))
        with transaction.atomic():
            take_in(found)


def _locked_payments(answers: Iterable[GatewayRefund]) -> dict[str, Payment]:
    """By the refund's id the payment that it gave back money of, where we know one.

    All are locked before any refund is, as the order of locks wants it. Under the lock nobody else adds a row.
    """
    found = {
        answer.id: selectors.payment_id_at_stripe(intent_id=answer.intent_id, charge_id=answer.charge_id)
        for answer in answers
    }
    locked = {key: locks.lock_payment(key) for key in sorted({key for key in found.values() if key})}
    return {stripe_id: locked[key] for stripe_id, key in found.items() if key}


def _take_in_one(answer: GatewayRefund, payment: Payment | None) -> bool:
    refund_id = selectors.refund_id_of(answer.refund_id, answer.intent_id) or selectors.refund_id_at_stripe(answer.id)
    if refund_id is not None:
        take_in_refund(refund_id=refund_id, answer=answer)
        return True
    if payment is None or payment.status != Payment.Status.SUCCEEDED or payment.currency != answer.currency:
        return _list_for_staff(answer, payment)
    _record(payment, answer)
    return True


def _list_for_staff(answer: GatewayRefund, payment: Payment | None) -> bool:
    """Money went back that by our records never came; a refund that failed moved nothing."""
    if answer.has_failed:
        return False
    record_discrepancy(
        kind=Discrepancy.Kind.UNKNOWN_REFUND,
        stripe_object_id=answer.id,
        payment=payment,
        found=f"{answer.amount} {answer.currency} of {answer.intent_id or answer.charge_id}",
    )
    return True


def _record(payment: Payment, answer: GatewayRefund) -> None:
    bookings = list(Booking.objects.filter(allocations__payment=payment)[:2])
    refund = record_dashboard_refund(
        payment=payment, booking=bookings[0] if len(bookings) == 1 else None, answer=answer, now=clock.now()
    )
    outcome = "failed in Stripe’s Dashboard" if refund.status == Refund.Status.FAILED else "made in Stripe’s Dashboard"
    amount = format_money(from_minor(answer.amount, answer.currency))
    record_activity(
        user_id=payment.payer_id,
        kind="refund_in_dashboard",
        summary=f"Refund of {amount} {outcome}; the booking was left as it is",
        subject_kind="payment",
        subject_key=str(payment.pk),
    )
    enqueue("customers.tasks.refresh_statistics", payment.payer_id)
