"""Money that did not agree with our records, and what a person did about it."""

from config.kernel import clock
from customers.models import User
from customers.services.timeline import record_activity
from payments.models import Discrepancy


def resolve_discrepancy(*, discrepancy: Discrepancy, user: User, resolution: str) -> bool:
    """Takes a LOCKED discrepancy off the list, with who settled it, how and when. False when somebody had already.

    It is a note, no more: money is moved and bookings are confirmed by their own actions. Raises ValueError without an
    explanation.
    """
    if discrepancy.resolved_at is not None:
        return False
    if not resolution.strip():
        raise ValueError("Say what was done about it.")
    discrepancy.resolved_at, discrepancy.resolved_by = clock.now(), user
    discrepancy.resolution = resolution.strip()
    discrepancy.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    if discrepancy.payment:
        record_activity(
            user_id=discrepancy.payment.payer_id,
            kind="discrepancy_resolved",
            summary=f"Settled by hand: {discrepancy.get_kind_display()}",
            subject_kind="payment",
            subject_key=str(discrepancy.payment_id),
        )
    return True
