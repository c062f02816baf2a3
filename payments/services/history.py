"""The story of a payment, one line a thing."""

from config.kernel.actor import current_actor
from payments.models import Payment, PaymentEvent


def record_event(*, payment: Payment, kind: PaymentEvent.Kind, detail: str = "", stripe_object_id: str = "") -> bool:
    """Adds a line, under the payment's lock. With Stripe's id of what happened, once: False if it is there."""
    if stripe_object_id:
        known = PaymentEvent.objects.filter(payment=payment, kind=kind, stripe_object_id=stripe_object_id)
        if known.exists():
            return False
    actor = current_actor()
    PaymentEvent.objects.create(
        payment=payment,
        kind=kind,
        detail=detail[:200],
        stripe_object_id=stripe_object_id,
        actor_kind=actor.kind,
        actor_user_id=actor.user_id,
    )
    return True
