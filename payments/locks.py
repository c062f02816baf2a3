"""The row locks of this app, and the one that a payment's whole story needs. See bookings/locks.py for the rules.

Order (docs/decisions/0004): StripeEvent, User, CourseSession, Hold, Booking, Payment, Refund.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from bookings import locks as booking_locks
from bookings.models import Booking
from payments.models import Discrepancy, Payment, PaymentAllocation, Refund, StripeEvent


@dataclass(frozen=True)
class LockedStory:
    """A locked payment with its allocations, whose bookings and their sessions are locked too."""

    payment: Payment
    allocations: tuple[PaymentAllocation, ...]

    @property
    def bookings(self) -> list[Booking]:
        return [allocation.booking for allocation in self.allocations]


def lock_event(event_id: str) -> StripeEvent:
    return StripeEvent.objects.select_for_update(no_key=True).get(pk=event_id)


def lock_payment(payment_id: UUID) -> Payment:
    return Payment.objects.select_for_update(no_key=True).get(pk=payment_id)


def lock_refund(refund_id: UUID) -> Refund:
    return Refund.objects.select_for_update(no_key=True).get(pk=refund_id)


def lock_discrepancy(discrepancy_id: UUID) -> Discrepancy:
    """Taken alone: nothing else is locked while somebody settles it."""
    return Discrepancy.objects.select_for_update(no_key=True).get(pk=discrepancy_id)


def lock_story(payment_id: UUID) -> LockedStory:
    """Sessions, then bookings, then the payment, several of a kind by primary key.

    Which bookings a payment is for never changes, so they may be looked up before the locks are taken.
    """
    allocations = tuple(
        PaymentAllocation.objects.filter(payment_id=payment_id)
        .annotate(session_id=F("booking__session_id"))
        .order_by("booking_id")
    )
    session_ids = sorted({allocation.session_id for allocation in allocations})
    sessions = {session_id: booking_locks.lock_session(session_id) for session_id in session_ids}
    for allocation in allocations:
        booking = booking_locks.lock_booking(allocation.booking_id)
        booking.session = sessions[booking.session_id]
        allocation.booking = booking
    return LockedStory(lock_payment(payment_id), allocations)
