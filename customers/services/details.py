"""What the office changes about people, as lines on their timelines. The values are in the change history."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from customers.models import Membership
from customers.services.timeline import record_activity

DETAILS_CHANGED = "details_changed"
PERSON_ADDED = "details_added"
MEMBERSHIP_ADDED = "membership_added"
MEMBERSHIP_CHANGED = "membership_changed"

_WORDS: Mapping[str, str] = {
    "company": "company",
    "email": "email address",
    "first_name": "first name",
    "kind": "kind of person",
    "last_name": "last name",
    "phone": "telephone",
    "tags": "tags",
}


def record_added(*, user_id: UUID) -> None:
    """Somebody was made a person of ours by hand."""
    record_activity(user_id=user_id, kind=PERSON_ADDED, summary="Added by hand")


def record_details(*, user_id: UUID, fields: Iterable[str]) -> None:
    """These fields of a person were changed; no line for none."""
    words = sorted(_WORDS.get(field, field.replace("_", " ")) for field in fields)
    if words:
        record_activity(user_id=user_id, kind=DETAILS_CHANGED, summary=f"Changed {', '.join(words)}")


def record_membership(membership: Membership, *, is_new: bool) -> None:
    """A person joined an organisation, or something about that was changed, as its end."""
    name, role = membership.organisation.name, membership.get_role_display().lower()
    if is_new:
        kind, summary = MEMBERSHIP_ADDED, f"Joined {name} as {role}"
    elif membership.ended_on:
        kind, summary = MEMBERSHIP_CHANGED, f"Left {name}"
    else:
        kind, summary = MEMBERSHIP_CHANGED, f"At {name}: now {role}"
    record_activity(user_id=membership.user_id, kind=kind, summary=summary[:300])
