"""What Stripe says of a payment, written down. Each function takes a LOCKED payment; a second call is a quiet no-op."""

from datetime import datetime

from config.kernel.states import advance
from payments.models import PAYMENT_TRANSITIONS, Discrepancy, Payment, PaymentEvent
from payments.services.history import has_event, record_event
from payments.stripe_gateway import Intent


def record_capture(*, payment: Payment, intent: Intent, now: datetime) -> bool:
    """The money is in. True when this call recorded it."""
    if not advance(payment, "status", Payment.Status.SUCCEEDED, PAYMENT_TRANSITIONS):
        return False
    payment.stripe_intent_id = intent.id
    payment.stripe_charge_id = intent.charge_id or None
    payment.card_brand, payment.card_last4 = intent.card_brand, intent.card_last4
    payment.last_decline_code = ""
    payment.paid_at = now
    payment.save(
        update_fields=[
            "status",
            "stripe_intent_id",
            "stripe_charge_id",
            "card_brand",
            "card_last4",
            "last_decline_code",
            "paid_at",
        ]
    )
    record_event(payment=payment, kind=PaymentEvent.Kind.SUCCEEDED, stripe_object_id=intent.id)
    return True


def record_processing(*, payment: Payment, intent: Intent) -> bool:
    """The bank is working on it."""
    if payment.status not in Payment.UNFINISHED_STATUSES:
        return False
    if not advance(payment, "status", Payment.Status.PROCESSING, PAYMENT_TRANSITIONS):
        return False
    payment.stripe_intent_id = intent.id
    payment.save(update_fields=["status", "stripe_intent_id"])
    record_event(payment=payment, kind=PaymentEvent.Kind.PROCESSING)
    return True


def record_decline(*, payment: Payment, intent: Intent) -> bool:
    """A card was declined; the payment can still succeed. True when this decline was not known yet."""
    if payment.status != Payment.Status.OPEN:
        return False
    kind, declined = PaymentEvent.Kind.DECLINED, intent.charge_id or intent.id
    if has_event(payment=payment, kind=kind, stripe_object_id=declined):
        return False
    record_event(payment=payment, kind=kind, detail=intent.decline_code, stripe_object_id=declined)
    payment.stripe_intent_id = intent.id
    payment.last_decline_code = intent.decline_code[:60]
    payment.save(update_fields=["stripe_intent_id", "last_decline_code"])
    return True


def reopen_payment(*, payment: Payment, intent: Intent) -> bool:
    """The bank is not working on this intent any more and did not pay it. True when the payment waited for that."""
    if payment.status != Payment.Status.PROCESSING or payment.stripe_intent_id != intent.id:
        return False
    advance(payment, "status", Payment.Status.OPEN, PAYMENT_TRANSITIONS)
    payment.save(update_fields=["status"])
    return True


def cancel_payment(*, payment: Payment, now: datetime) -> bool:
    """Nobody can pay this any more: Stripe closed its page, or never opened one."""
    if payment.status == Payment.Status.SUCCEEDED:
        return False
    if not advance(payment, "status", Payment.Status.CANCELLED, PAYMENT_TRANSITIONS):
        return False
    payment.cancelled_at = now
    payment.save(update_fields=["status", "cancelled_at"])
    record_event(payment=payment, kind=PaymentEvent.Kind.CANCELLED)
    return True


def record_discrepancy(
    *, kind: Discrepancy.Kind, stripe_object_id: str, payment: Payment | None, expected: str = "", found: str = ""
) -> bool:
    """Puts it on the list that staff work off; it is there once. True when it is new."""
    _, is_new = Discrepancy.objects.get_or_create(
        kind=kind,
        stripe_object_id=stripe_object_id,
        defaults={"payment": payment, "expected": expected[:100], "found": found[:100]},
    )
    if is_new and payment is not None:
        record_event(
            payment=payment,
            kind=PaymentEvent.Kind.DISCREPANCY,
            detail=f"{Discrepancy.Kind(kind).label}: expected {expected}, found {found}",
            stripe_object_id=stripe_object_id,
        )
    return is_new
