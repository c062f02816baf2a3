"""Stripe's events: stored once, applied by the worker, tried again by cause."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from config.kernel import clock
from config.kernel.jobs import enqueue
from payments import selectors
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
WORKER_LOST = "The worker was lost the last time it applied this event."


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


def claim_event(*, event_id: str, now: datetime) -> bool:
    """Takes a due event in hand. False when it is finished, not due, or somebody else has it.

    The attempt is counted before anything is done, so one that takes its worker with it does not go round for ever. A
    claim ends by itself after settings.CLAIM_SECONDS, in case its worker dies.
    """
    due = selectors.due_events(now).filter(pk=event_id, attempts__lt=MOST_ATTEMPTS)
    claimed = due.update(attempts=F("attempts") + 1, next_attempt_at=now + timedelta(seconds=settings.CLAIM_SECONDS))
    return claimed == 1


def give_up_lost(*, now: datetime, limit: int) -> int:
    """Fails events whose worker was lost at the last attempt, because nobody was left to say so; says how many."""
    due = selectors.due_events(now)
    lost = due.filter(attempts__gte=MOST_ATTEMPTS).order_by("next_attempt_at").values("pk")[:limit]
    return due.filter(pk__in=lost).update(state=StripeEvent.State.FAILED, last_error=WORKER_LOST, finished_at=now)


def finish_event(*, event: StripeEvent, state: StripeEvent.State, now: datetime) -> None:
    """A LOCKED event was applied, or is not for us."""
    event.state, event.finished_at, event.last_error = state, now, ""
    event.save(update_fields=["state", "finished_at", "last_error"])


def postpone_event(*, event: StripeEvent, error: str, now: datetime) -> None:
    """Stripe could not be asked for a claimed event: later, and after too many times it is staff's.

    Nothing happens to a LOCKED event that another worker has finished meanwhile.
    """
    if event.state != StripeEvent.State.RECEIVED:
        return
    if event.attempts >= MOST_ATTEMPTS:
        fail_event(event=event, error=error, now=now)
        return
    minutes = BACKOFF_MINUTES[min(event.attempts, len(BACKOFF_MINUTES)) - 1]
    event.last_error = error[:300]
    event.next_attempt_at = now + timedelta(minutes=minutes)
    event.save(update_fields=["last_error", "next_attempt_at"])


def fail_event(*, event: StripeEvent, error: str, now: datetime) -> None:
    """Trying again would not help by itself; staff see it in the list of failed events.

    Nothing happens to a LOCKED event that another worker has finished meanwhile.
    """
    if event.state != StripeEvent.State.RECEIVED:
        return
    event.state, event.last_error, event.finished_at = StripeEvent.State.FAILED, error[:300], now
    event.save(update_fields=["state", "last_error", "finished_at"])


def retry_event(*, event: StripeEvent, now: datetime) -> bool:
    """Staff pressed "try again", for a LOCKED failed event. False when it did not fail."""
    if event.state != StripeEvent.State.FAILED:
        return False
    event.state, event.attempts = StripeEvent.State.RECEIVED, 0
    event.next_attempt_at, event.finished_at = now, None
    event.save(update_fields=["state", "attempts", "next_attempt_at", "finished_at"])
    enqueue("payments.tasks.apply_stripe_event", event.pk)
    return True
