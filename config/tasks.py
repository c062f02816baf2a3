"""Tasks of the site itself."""

from celery import shared_task

from config.health import record_heartbeat


@shared_task(name="config.tasks.heartbeat")
def heartbeat() -> None:
    """Says that a worker takes work from the queue; /readyz/ looks for it."""
    record_heartbeat()
