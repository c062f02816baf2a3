"""Writing down who looked at sensitive text, as UK GDPR art. 9 asks of health data."""

from uuid import UUID

from config.kernel.actor import current_actor
from customers.models import Viewing


def record_viewing(*, user_id: UUID | None, what: str, subject_kind: str, subject_key: str) -> Viewing:
    """One line: the current actor looked at `what` ("own words") of this subject. Written before anything is shown.

    `user_id` is whose it is, where the person is known. The subject is named as text, as on the timeline.
    """
    actor = current_actor()
    viewing = Viewing(
        user_id=user_id,
        what=what,
        subject_kind=subject_kind,
        subject_key=subject_key,
        actor_label=actor.label,
        actor_user_id=actor.user_id,
    )
    viewing.save(force_insert=True)
    return viewing
