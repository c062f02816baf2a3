"""What the office did about what would help somebody: arranged, and arranged again where that was too early.

Both leave a line on the person's timeline. What was arranged, and why not after all, is as private as what was asked
for: it is encrypted beside it, goes with it, and stands nowhere else.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bookings import locks
from bookings.models import Attendee, SpecialRequirement
from config.kernel import clock
from customers.models import User
from customers.services.timeline import record_activity


class SaidSomethingElse(Exception):
    """What is on record is not what was read: it has to be read again first. Nothing was changed."""


@transaction.atomic
def mark_arranged(*, requirement_id: UUID, user: User, arranged: str, said_at: datetime) -> bool:
    """Takes a requirement off the list of what is to be done. False when it was off it already.

    `said_at` is what the page was about that `user` acted on. Raises SaidSomethingElse when the person has said
    something else since, ValueError for nothing arranged, and SpecialRequirement.DoesNotExist when it was taken back.
    Locks: Booking.
    """
    if not arranged.strip():
        raise ValueError("Say what was arranged.")
    requirement = _lock(requirement_id)
    if requirement.is_handled:
        return False
    if requirement.said_at != said_at:
        raise SaidSomethingElse
    requirement.arranged, requirement.reopen_reason = arranged.strip(), ""
    requirement.handled_at, requirement.handled_by = clock.now(), user
    requirement.save(update_fields=["arranged", "reopen_reason", "handled_at", "handled_by"])
    _remember(requirement, "requirement_arranged", "was arranged")
    return True


@transaction.atomic
def arrange_again(*, requirement_id: UUID, reason: str) -> bool:
    """Puts a requirement back on the list of what is to be done. False when it was on it already.

    Raises ValueError without a reason, and SpecialRequirement.DoesNotExist when it was taken back. Locks: Booking.
    """
    if not reason.strip():
        raise ValueError("Say why it has to be arranged again.")
    requirement = _lock(requirement_id)
    if not requirement.is_handled:
        return False
    requirement.reopen_reason = reason.strip()
    requirement.handled_at = requirement.handled_by = None
    requirement.save(update_fields=["reopen_reason", "handled_at", "handled_by"])
    _remember(requirement, "requirement_reopened", "has to be arranged again")
    return True


def _lock(requirement_id: UUID) -> SpecialRequirement:
    """Under the lock that everything said about the people of a booking is changed under."""
    places = Attendee.objects.filter(special_requirement=requirement_id)
    booking_id = places.values_list("booking_id", flat=True).first()
    if booking_id is None:
        raise SpecialRequirement.DoesNotExist
    locks.lock_booking(booking_id)
    return SpecialRequirement.objects.select_related("attendee__booking").get(pk=requirement_id)


def _remember(requirement: SpecialRequirement, kind: str, what: str) -> None:
    """On the timeline of whose it is, or of who booked for them where nobody knows them."""
    attendee = requirement.attendee
    record_activity(
        user_id=attendee.user_id or attendee.booking.customer_id,
        kind=kind,
        summary=f"What {attendee} needs on {attendee.booking.reference} {what}"[:300],
        subject_kind="specialrequirement",
        subject_key=str(requirement.pk),
    )
