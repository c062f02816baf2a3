"""Money that did not agree with our records, and what a person did about it."""

from config.kernel import clock
from customers.models import User
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
    return True
