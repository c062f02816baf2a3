"""Calling off a session that nobody has booked. People who booked have to be told and refunded first."""

from django.db import transaction

from bookings import locks
from bookings.exceptions import BookingRefused
from bookings.models import Booking, CourseSession
from bookings.services.scheduling import set_session_status
from config.kernel import clock


class SessionHasBookings(BookingRefused):
    """Somebody has a place on it."""


@transaction.atomic
def cancel_empty_session(*, session: CourseSession) -> bool:
    """False when it was cancelled already. Raises SessionHasBookings, and ForbiddenTransition where it can't go."""
    locked = locks.lock_session(session.pk)
    # Under the lock no booking can be made meanwhile. Held places are let go: their order is refused with the reason.
    if (
        locked.status != CourseSession.Status.CANCELLED
        and Booking.objects.occupying(clock.now()).filter(session=locked).exists()
    ):
        raise SessionHasBookings
    return set_session_status(session=locked, status=CourseSession.Status.CANCELLED)
