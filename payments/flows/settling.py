"""What Stripe says of a payment becomes true here: the one flow that webhook, return page and sweeper share.

Stripe is asked first, with nothing locked and no transaction open. Then one transaction locks the whole story and moves
it to where Stripe is; being told twice, late or in the wrong order ends in the same place.
"""

from enum import StrEnum
from uuid import UUID

from django.db import transaction

from bookings.models import Booking
from bookings.services.lifecycle import (
    can_be_seated,
    expire_booking,
    give_time_after_decline,
    keep_while_processing,
    wait_for_payment_again,
)
from communications.services.money_letters import queue_refund_sent
from communications.services.outbox import queue_no_place_refund
from config.kernel import clock
from config.kernel.jobs import enqueue
from config.kernel.money import format_money, to_minor
from customers.services.timeline import record_activity
from payments import locks, selectors, stripe_gateway
from payments.flows.completing import complete
from payments.locks import LockedStory
from payments.models import Discrepancy, Payment, PaymentAllocation, Refund
from payments.services.opening import booking_label
from payments.services.recording import (
    record_capture,
    record_decline,
    record_discrepancy,
    record_processing,
    reopen_payment,
)
from payments.services.refunds import request_refund
from payments.stripe_gateway import Intent


class Outcome(StrEnum):
    """Where a payment stands, for the page that shows it."""

    PAID = "paid"
    REFUNDED = "refunded"
    PROCESSING = "processing"
    OPEN = "open"
    CANCELLED = "cancelled"
    DISCREPANCY = "discrepancy"


def settle_payment(*, payment_id: UUID) -> Outcome:
    """Asks Stripe about one payment and brings our records there.

    Raises GatewayUnavailable when Stripe does not answer: then nothing is known and nothing was changed.
    """
    return settle(Payment.objects.get(pk=payment_id))


def settle(payment: Payment) -> Outcome:
    """The same for a payment that was read just now; the locked row decides."""
    if payment.status == Payment.Status.SUCCEEDED:
        return outcome_of(payment)
    intent = _fetch_intent(payment)
    return settle_intent(intent=intent, payment_id=payment.pk) if intent else outcome_of(payment)


def _fetch_intent(payment: Payment) -> Intent | None:
    """The intent behind what was opened last: the form's, or the page's once somebody has tried to pay there."""
    if payment.stripe_form_id:
        return stripe_gateway.fetch_intent(payment.stripe_form_id)
    return stripe_gateway.fetch_checkout(payment.stripe_checkout_id).intent if payment.stripe_checkout_id else None


def outcome_of(payment: Payment) -> Outcome:
    """Where our own records say the payment stands."""
    if selectors.open_discrepancies(payment).exists():
        return Outcome.DISCREPANCY
    if payment.status == Payment.Status.SUCCEEDED:
        gone = Refund.objects.filter(payment=payment, reason=Refund.Reason.NO_PLACE).exists()
        return Outcome.REFUNDED if gone else Outcome.PAID
    return Outcome(payment.status)


@transaction.atomic
def settle_intent(*, intent: Intent, payment_id: UUID) -> Outcome:
    """Moves one payment to where this freshly fetched intent is. Safe to call any number of times, in any order."""
    story = locks.lock_story(payment_id)
    match intent.status:
        case "succeeded":
            _settle_success(story, intent)
        case "processing":
            if record_processing(payment=story.payment, intent=intent):
                for booking in story.bookings:
                    keep_while_processing(booking=booking)
        case "requires_payment_method" | "canceled":
            _settle_setback(story, intent)
    return outcome_of(story.payment)


def _settle_success(story: LockedStory, intent: Intent) -> None:
    payment, now = story.payment, clock.now()
    if payment.status == Payment.Status.SUCCEEDED:
        _look_for_second_charge(payment, intent)
        return
    if _differs(story, intent):
        for booking in story.bookings:
            keep_while_processing(booking=booking)
        return
    nothing_due = not any(selectors.money_of(booking).due for booking in story.bookings)
    record_capture(payment=payment, intent=intent, now=now)
    record_activity(
        user_id=payment.payer_id,
        kind="payment_succeeded",
        summary=f"Paid {format_money(payment.amount)}",
        subject_kind="payment",
        subject_key=str(payment.pk),
    )
    if nothing_due:
        record_discrepancy(
            kind=Discrepancy.Kind.PAID_TWICE, stripe_object_id=intent.id, payment=payment, found=str(payment.amount)
        )
    for allocation in story.allocations:
        _seat_or_send_back(payment, allocation)
    for user_id in {payment.payer_id, *(booking.customer_id for booking in story.bookings)}:
        enqueue("customers.tasks.refresh_statistics", user_id)


def _settle_setback(story: LockedStory, intent: Intent) -> None:
    """This intent paid nothing: declined, or given up. The payment stays open; flows.closing ends it with its order."""
    payment, now = story.payment, clock.now()
    waited_for_bank = reopen_payment(payment=payment, intent=intent)
    was_declined = bool(intent.decline_code) and record_decline(payment=payment, intent=intent)
    if was_declined:
        record_activity(
            user_id=payment.payer_id,
            kind="payment_declined",
            summary=f"The bank declined a payment of {format_money(payment.amount)}",
            subject_kind="payment",
            subject_key=str(payment.pk),
        )
    for booking in story.bookings:
        if waited_for_bank:
            wait_for_payment_again(booking=booking, now=now)
        elif was_declined:
            give_time_after_decline(booking=booking, now=now)


def _seat_or_send_back(payment: Payment, allocation: PaymentAllocation) -> None:
    booking, now = allocation.booking, clock.now()
    if can_be_seated(booking=booking, session=booking.session, now=now):
        complete(booking=booking, payment=payment, paid=allocation.amount, now=now)
        return
    expire_booking(booking=booking, now=now)
    reason, amount = Refund.Reason.NO_PLACE, allocation.amount
    refund = request_refund(payment=payment, booking=booking, amount=amount, reason=reason)
    if booking.status == Booking.Status.CANCELLED:
        happened = "Paid after the booking was cancelled"
        queue_refund_sent(refund=refund)
    else:
        happened = "Paid after the places had gone"
        queue_no_place_refund(booking=booking, amount=amount)
    record_activity(
        user_id=booking.customer_id,
        kind="refund_requested",
        summary=f"{happened}: {format_money(amount)} is going back",
        subject_kind="booking",
        subject_key=str(booking.pk),
    )


def _differs(story: LockedStory, intent: Intent) -> bool:
    """Compares what was paid with what was asked. A difference goes on the staff's list and confirms nothing."""
    payment = story.payment
    asked = to_minor(payment.amount, payment.currency)
    label = booking_label(story.bookings)
    if intent.currency != payment.currency:
        kind, expected, found = Discrepancy.Kind.CURRENCY, payment.currency, intent.currency
    elif intent.amount_received != asked:
        kind, expected, found = Discrepancy.Kind.AMOUNT, str(asked), str(intent.amount_received)
    elif intent.booking != label or intent.payment_id != str(payment.pk):
        kind, expected, found = Discrepancy.Kind.BOOKING, label, intent.booking
    else:
        return False
    record_discrepancy(kind=kind, stripe_object_id=intent.id, payment=payment, expected=expected, found=found)
    return True


def _look_for_second_charge(payment: Payment, intent: Intent) -> None:
    """The same intent again is no news. Another one that succeeded for the same payment is money we must not keep."""
    if intent.id != payment.stripe_intent_id:
        record_discrepancy(
            kind=Discrepancy.Kind.PAID_TWICE,
            stripe_object_id=intent.id,
            payment=payment,
            expected=payment.stripe_intent_id or "",
            found=intent.id,
        )
