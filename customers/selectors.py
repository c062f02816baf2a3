"""Reading what is remembered about people."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from config.kernel.searching import LONGEST_SEARCH, HoldsDigits, HoldsWords, has_part, phone_digits
from customers.models import Activity, Change, CustomerStatistics, Membership, Note, User, Viewing


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """What this app knows of one person; the querysets are not evaluated yet."""

    activities: QuerySet[Activity]
    notes: QuerySet[Note]
    memberships: QuerySet[Membership]
    statistics: CustomerStatistics | None


def for_customer(user: User) -> CustomerRecord:
    """Timeline and notes, newest first (pinned notes before others), current memberships, figures if computed."""
    return CustomerRecord(
        activities=Activity.objects.filter(user=user),
        notes=Note.objects.filter(user=user).select_related("author"),
        memberships=Membership.objects.filter(user=user, ended_on=None).select_related("organisation"),
        statistics=CustomerStatistics.objects.filter(user=user).first(),
    )


def holding_words(text: str) -> Q:
    """The condition that name, company, address and telephone together hold every word, or its beginning.

    Part of an address and of a telephone number will do. All of it is indexed; what no index can find finds nobody.
    """
    condition = Q()
    text = text[:LONGEST_SEARCH]
    for word in text.split():
        condition &= _holding(word)
    if digits := phone_digits(text):
        condition |= Q(HoldsDigits("phone", digits=digits))
    return condition


def _holding(word: str) -> Q:
    found = Q(HoldsWords("first_name", "last_name", "company", "email", text=word))
    if has_part(word):
        found |= Q(email__icontains=word)
    if digits := phone_digits(word):
        found |= Q(HoldsDigits("phone", digits=digits))
    return found


def people_matching(text: str, *, at_most: int = 200) -> list[UUID]:
    """Keys of people who match every word of `text`, for searching rows that hang on people.

    With a short list of keys in hand such a search stays on its own index.
    """
    return list(User.objects.filter(holding_words(text)).order_by().values_list("pk", flat=True)[:at_most])


def changes_of(record_kind: str, record_key: str) -> QuerySet[Change]:
    """What was changed of one record ("bookings.Booking", its key), newest first; not evaluated yet."""
    return Change.objects.filter(record_kind=record_kind, record_key=record_key).order_by("-occurred_at", "-id")


def viewings_of(subject_kind: str, subject_key: str) -> QuerySet[Viewing]:
    """Who looked at the sensitive text of one subject, last look first; not evaluated yet."""
    return Viewing.objects.filter(subject_kind=subject_kind, subject_key=subject_key).order_by("-occurred_at", "-id")
