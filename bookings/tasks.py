"""Background work of bookings."""

from celery import shared_task

from bookings.flows.lapsing import release_lapsed


@shared_task(name="bookings.tasks.sweep_lapsed")
def sweep_lapsed() -> None:
    """Frees the places of orders that nobody paid in time."""
    release_lapsed()
