"""Background work of bookings."""

from datetime import timedelta

from celery import shared_task

from bookings.flows.lapsing import release_lapsed
from bookings.services.holding import remove_abandoned
from bookings.services.requirements import remove_due_requirements
from config.kernel import clock

# Long enough to come back to a booking the next morning.
ABANDONED_HOLDS_ARE_KEPT_FOR = timedelta(days=1)
# A backlog is worked off over several sweeps.
BATCH = 500


@shared_task(name="bookings.tasks.sweep_lapsed")
def sweep_lapsed() -> None:
    """Frees the places of orders that nobody paid in time."""
    release_lapsed()


@shared_task(name="bookings.tasks.sweep_confided")
def sweep_confided() -> None:
    """Keeps the promise that what people wrote about themselves goes: after the course, or when nobody ordered."""
    remove_due_requirements(today=clock.london_today(), limit=BATCH)
    remove_abandoned(lapsed_before=clock.now() - ABANDONED_HOLDS_ARE_KEPT_FOR, limit=BATCH)
