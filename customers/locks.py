"""Row locks on people. Each helper evaluates at once: a lock that is not taken is no lock.

`no_key=True` because a person's key never changes: rows that point at them (bookings, activities) can still be
inserted meanwhile.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from customers.models import Note, SecondFactor, SignInRequest, User


def lock_user_by_key(key: str) -> User:
    """The person with this email_key, locked. Raises User.DoesNotExist."""
    return User.objects.select_for_update(no_key=True).get(email_key=key)


def lock_users(user_ids: Iterable[UUID]) -> list[UUID]:
    """Locks the people among `user_ids` that exist, in the order of their keys, and gives those keys."""
    people = User.objects.select_for_update(no_key=True).filter(pk__in=list(user_ids)).order_by("pk")
    return list(people.values_list("pk", flat=True))


def lock_staff_and(user_id: UUID) -> list[User]:
    """Everybody who may enter the office, and this person, locked: what one of them may do depends on the others."""
    people = User.objects.select_for_update(no_key=True).filter(Q(is_staff=True) | Q(pk=user_id))
    return list(people.order_by("pk"))


def lock_second_factor(user_id: UUID, *, counts: bool) -> SecondFactor | None:
    """The device of this person that counts, or the one that is being set up, locked."""
    factors = SecondFactor.objects.select_for_update(no_key=True)
    return factors.filter(user=user_id, confirmed_at__isnull=not counts).first()


def lock_sign_in_requests(key: str, *, since: datetime) -> list[SignInRequest]:
    """The requests to sign in with this email_key that were made since then, locked."""
    requests = SignInRequest.objects.select_for_update(no_key=True).filter(email_key=key, created_at__gte=since)
    return list(requests.order_by("pk"))


def lock_note(note_id: int) -> Note:
    """A note, locked. Raises Note.DoesNotExist."""
    return Note.objects.select_for_update(no_key=True).get(pk=note_id)
