"""Lines on a person's timeline. They say what happened and who did it, and never hold health text."""

from collections.abc import Iterable
from uuid import UUID

from config.kernel.actor import current_actor
from customers.models import Activity, User

# A summary may quote what somebody typed, however long: it is cut where the line ends, and what happened still happens.
_LONGEST = 300


def record_activity(
    *, user_id: UUID, kind: str, summary: str, subject_kind: str = "", subject_key: str = ""
) -> Activity:
    """Adds one line, done by the current actor. The subject is named as text, such as ("booking", its key)."""
    activity = _activity(
        user_id=user_id, kind=kind, summary=summary, subject_kind=subject_kind, subject_key=subject_key
    )
    activity.save(force_insert=True)
    return activity


def record_for_all(
    *, user_ids: Iterable[UUID], kind: str, summary: str, subject_kind: str = "", subject_key: str = ""
) -> None:
    """The same line for several people: one query however many they are, none for nobody."""
    lines = [
        _activity(user_id=each, kind=kind, summary=summary, subject_kind=subject_kind, subject_key=subject_key)
        for each in user_ids
    ]
    if lines:
        Activity.objects.bulk_create(lines)


def record_once(*, user: User, kind: str, summaries: Iterable[str]) -> list[Activity]:
    """Adds a line for every summary that this person's timeline does not have under `kind` yet.

    Two queries however many there are, none for no summaries. The caller holds the person's lock.
    """
    wanted = list(dict.fromkeys(summary[:_LONGEST] for summary in summaries))
    if not wanted:
        return []
    there = set(Activity.objects.filter(user=user, kind=kind, summary__in=wanted).values_list("summary", flat=True))
    return Activity.objects.bulk_create(
        [_activity(user_id=user.pk, kind=kind, summary=summary) for summary in wanted if summary not in there]
    )


def _activity(*, user_id: UUID, kind: str, summary: str, subject_kind: str = "", subject_key: str = "") -> Activity:
    actor = current_actor()
    return Activity(
        user_id=user_id,
        kind=kind,
        summary=summary[:_LONGEST],
        subject_kind=subject_kind,
        subject_key=subject_key,
        actor_kind=actor.kind,
        actor_label=actor.label,
        actor_user_id=actor.user_id,
    )
