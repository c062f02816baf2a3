"""Work of this app that happens in the background. Each task may run twice, or at the same time, without harm."""

from uuid import UUID

from celery import shared_task

from communications.flows import delivering


@shared_task(name="communications.tasks.deliver_message")
def deliver_message(message_id: str) -> None:
    """Sends one message."""
    delivering.deliver(message_id=UUID(message_id))


@shared_task(name="communications.tasks.sweep_messages")
def sweep_messages() -> None:
    """Starts messages that were forgotten: the broker was down, a worker died, or their next attempt is due."""
    delivering.sweep()
