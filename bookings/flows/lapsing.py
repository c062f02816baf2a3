"""Unpaid orders whose time has run out: places freed, and the payment page closed at Stripe after the commit."""

import logging
from itertools import islice
from uuid import UUID

from django.db import transaction

from bookings import locks
from bookings.models import Booking
from bookings.services.lifecycle import expire_booking
from config.kernel import clock
from customers.services.timeline import record_activity
from payments.selectors import unfinished_payments
from payments.services.looking import close_soon

logger = logging.getLogger(__name__)

BATCH = 200
# So many times as many are tried as may be released: those that fail stay the oldest, and must not be the whole batch.
TRIES = 10


def release_lapsed(*, limit: int = BATCH) -> int:
    """Expires lapsed orders, one transaction each, oldest first, at most `limit`. Gives back how many.

    One that can't be expired is logged and passed by, so it does not keep the others waiting.
    """
    due = Booking.objects.lapsed(clock.now()).order_by("lapses_at").values_list("pk", flat=True)[: limit * TRIES]
    released = filter(_try_to_release, due)
    return len(list(islice(released, limit)))


def _try_to_release(booking_id: UUID) -> bool:
    try:
        return release_booking(booking_id=booking_id)
    except Exception:
        logger.exception("A lapsed booking could not be released.", extra={"booking_id": str(booking_id)})
        return False


@transaction.atomic
def release_booking(*, booking_id: UUID) -> bool:
    """Expires one order if its time is really up; the locked row decides.

    Its payment is left as it is until Stripe was asked: somebody may be paying at this moment.
    """
    booking = locks.lock_booking(booking_id)
    now = clock.now()
    if not expire_booking(booking=booking, now=now):
        return False
    record_activity(
        user_id=booking.customer_id,
        kind="booking_expired",
        summary=f"Booking {booking.reference} ran out of time before it was paid",
        subject_kind="booking",
        subject_key=str(booking.pk),
    )
    close_soon(payments=unfinished_payments(booking), now=now)
    return True
