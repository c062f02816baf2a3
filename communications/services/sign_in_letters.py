"""The letter that carries a link to sign in. The link itself is made when the letter is sent (services.links)."""

from communications.models import Message, MessageEvent
from communications.services.outbox import DELIVER_TASK
from communications.wording import plain_name
from config.kernel import clock
from config.kernel.jobs import enqueue
from customers.models import SignInRequest, User


def queue_sign_in(*, request: SignInRequest, user: User | None, email: str, name: str) -> Message:
    """Queues the letter that answers a request, once; part of the caller's transaction."""
    message, is_new = Message.objects.get_or_create(
        dedupe_key=f"sign-in:{request.pk}",
        defaults={
            "kind": Message.Kind.SIGN_IN,
            "sign_in": request,
            "user": user,
            "to_email": email,
            "to_name": plain_name(name),
            "send_after": clock.now(),
        },
    )
    if is_new:
        MessageEvent.objects.create(message=message, kind="queued")
        enqueue(DELIVER_TASK, message.pk)
    return message
