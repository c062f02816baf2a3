"""The row locks of this app. Each evaluates at once and gives back the locked row; look at that one, then act.

FOR NO KEY UPDATE everywhere: nobody changes a primary key, and rows that refer to these may be inserted meanwhile.
Order (docs/decisions/0004): User, CourseSession, Hold, Booking.
"""

from uuid import UUID

from bookings.models import Booking, CourseSession, Hold
from config.kernel import signing


def lock_session(session_id: UUID) -> CourseSession:
    """Everybody who changes how many places of a session are taken goes through here, one at a time."""
    return (
        CourseSession.objects.select_for_update(no_key=True, of=("self",)).select_related("course").get(pk=session_id)
    )


def lock_hold(hold_id: UUID) -> Hold:
    return Hold.objects.select_for_update(no_key=True).get(pk=hold_id)


def lock_hold_of_secret(session_id: UUID, secret: str) -> Hold | None:
    """The hold on this session that the secret opens, if there is one."""
    holds = Hold.objects.select_for_update(no_key=True).order_by()
    return holds.filter(session_id=session_id, secret_hash=signing.hash_token(secret)).first()


def lock_booking(booking_id: UUID) -> Booking:
    return Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
