"""Warning a member of staff at their own address: how they log in to the office was changed."""

from communications import recipients
from communications.models import Message
from communications.services.outbox import queue_messages
from config.kernel import clock
from config.kernel.actor import current_actor
from customers.models import User


def queue_log_in_changed(*, user: User, change: Message.LogInChange, once: str) -> Message | None:
    """Queues the letter about what the current actor did; part of the caller's transaction.

    `once` names what was changed: a second call with the same person, change and name queues nothing. None for who has
    no address.
    """
    recipient = recipients.person(user)
    if recipient is None:
        return None
    actor, now = current_actor(), clock.now()
    message = Message(
        dedupe_key=f"log-in:{user.pk}:{change.value}:{once}",
        kind=Message.Kind.LOG_IN_CHANGED,
        user=user,
        log_in_change=change,
        done_by="" if actor.user_id == user.pk else actor.label,
        done_at=now,
        to_email=recipient.email,
        to_name=recipient.name,
        send_after=now,
    )
    return queue_messages([message])[0]
