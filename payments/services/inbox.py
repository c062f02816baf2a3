"""Stripe's events: stored once, applied by the worker, tried again by cause."""

from datetime import datetime, timedelta

from config.kernel import clock
from config.kernel.jobs import enqueue
from payments.models import StripeEvent
from payments.stripe_gateway import ReceivedEvent

# What Stripe is asked to tell us (docs/deploying.md): every end that a payment, its page or a refund can come to.
LISTENED_FOR = frozenset(
    {
        "payment_intent.processing",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "charge.refunded",
        "refund.created",
        "refund.updated",
        "refund.failed",
    }
)
BACKOFF_MINUTES = (1, 2, 5, 15, 60, 180)
MOST_ATTEMPTS = 30


def store_event(received: ReceivedEvent) -> None:
    """Keeps an event by Stripe's own id; hearing of it again changes nothing. Its work starts after the commit.

    One of a type that nobody listens for is kept as put aside, and no work follows.
    """
    now = clock.now()
    has_work = received.type in LISTENED_FOR
    event = StripeEvent(
        id=received.id,
        type=received.type[:100],
        object_id=received.object_id[:255],
        happened_at=received.created,
        received_at=now,
        next_attempt_at=now,
        state=StripeEvent.State.RECEIVED if has_work else StripeEvent.State.IGNORED,
        finished_at=None if has_work else now,
    )
    StripeEvent.objects.bulk_create([event], ignore_conflicts=True)
    if has_work:
        enqueue("payments.tasks.apply_stripe_event", event.pk)


def finish_event(*, event: StripeEvent, state: StripeEvent.State, now: datetime) -> None:
    """A LOCKED event was applied, or is not for us."""
    event.state, event.finished_at, event.last_error = state, now, ""
    event.save(update_fields=["state", "finished_at", "last_error"])


def postpone_event(*, event: StripeEvent, error: str, now: datetime) -> None:
    """Stripe could not be asked: later, and after too many times it is staff's.

    Nothing happens to a LOCKED event that another worker has finished meanwhile.
    """
    if event.state != StripeEvent.State.RECEIVED:
        return
    if event.attempts + 1 >= MOST_ATTEMPTS:
        fail_event(event=event, error=error, now=now)
        return
    minutes = BACKOFF_MINUTES[min(event.attempts, len(BACKOFF_MINUTES) - 1)]
    event.attempts += 1
    event.last_error = error[:300]
    event.next_attempt_at = now + timedelta(minutes=minutes)
    event.save(update_fields=["attempts", "last_error", "next_attempt_at"])


def fail_event(*, event: StripeEvent, error: str, now: datetime) -> None:
    """Trying again would not help by itself; staff see it in the list of failed events.

    Nothing happens to a LOCKED event that another worker has finished meanwhile.
    """
    if event.state != StripeEvent.State.RECEIVED:
        return
    event.state, event.attempts = StripeEvent.State.FAILED, event.attempts + 1
    event.last_error, event.finished_at = error[:300], now
    event.save(update_fields=["state", "attempts", "last_error", "finished_at"])


def retry_event(*, event: StripeEvent, now: datetime) -> bool:
    """Staff pressed "try again", for a LOCKED failed event. False when it did not fail."""
    if event.state != StripeEvent.State.FAILED:
        return False
    event.state, event.attempts = StripeEvent.State.RECEIVED, 0
    event.next_attempt_at, event.finished_at = now, None
    event.save(update_fields=["state", "attempts", "next_attempt_at", "finished_at"])
    enqueue("payments.tasks.apply_stripe_event", event.pk)
    return True
