"""Background work of this app."""

from uuid import UUID

from celery import shared_task

from customers.flows import statistics

# More than this at one go would keep a worker from letters and payments; the next sweep goes on.
STALE_AT_MOST = 500


@shared_task(name="customers.tasks.refresh_statistics")
def refresh_statistics(user_id: str) -> None:
    """After a payment, a refund or a change to a booking."""
    statistics.recalculate(user_ids=[UUID(user_id)])


@shared_task(name="customers.tasks.refresh_stale_statistics")
def refresh_stale_statistics() -> None:
    """Picks up whoever `refresh_statistics` never reached."""
    statistics.recalculate_stale(at_most=STALE_AT_MOST)
