"""The story of a payment, one line a thing."""

from config.kernel.actor import current_actor
from payments.models import Payment, PaymentEvent


def record_event(*, payment: Payment, kind: PaymentEvent.Kind, detail: str = "", stripe_object_id: str = "") -> None:
    """Adds a line, under the payment's lock. With Stripe's id of what happened, once: a second call does nothing."""
    actor = current_actor()
    event = PaymentEvent(
        payment=payment,
        kind=kind,
        detail=detail[:200],
        stripe_object_id=stripe_object_id,
        actor_kind=actor.kind,
        actor_user_id=actor.user_id,
    )
    # The unique key knows what is there already; nothing has to be asked beforehand.
    PaymentEvent.objects.bulk_create([event], ignore_conflicts=True)


def has_event(*, payment: Payment, kind: PaymentEvent.Kind, stripe_object_id: str) -> bool:
    """Whether the story has this line already."""
    return PaymentEvent.objects.filter(payment=payment, kind=kind, stripe_object_id=stripe_object_id).exists()
