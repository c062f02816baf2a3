"""Who may be meant by what the office types while somebody rings, and who is perhaps known already."""

from django.db.models import Prefetch, Q, QuerySet

from config.kernel.searching import HoldsDigits, has_part, phone_digits
from customers.email_keys import email_key
from customers.models import Membership, User

MOST = 8
# So many digits of a telephone number tell people apart; fewer are an extension or a slip.
_WHOLE_NUMBER = 9


def people_like(*, email: str, first_name: str, last_name: str, phone: str) -> list[User]:
    """Up to eight people whom any of this may mean, each with `statistics` and current `memberships`; two queries.

    Nobody for less than three letters or digits: that would be everybody.
    """
    condition = Q()
    if has_part(email):
        condition |= Q(email__icontains=email)
    if any(has_part(name) for name in (first_name, last_name)):
        condition |= Q(first_name__icontains=first_name, last_name__icontains=last_name)
    if digits := phone_digits(phone):
        condition |= Q(HoldsDigits("phone", digits=digits))
    return list(_shown(User.objects.filter(condition))[:MOST]) if condition else []


def namesakes(*, email: str, first_name: str, last_name: str, phone: str) -> list[User]:
    """People of this name, or with this telephone number, whose address is another one: perhaps the same person."""
    condition = Q()
    if first_name and last_name:
        condition |= Q(first_name__iexact=first_name, last_name__iexact=last_name)
    digits = phone_digits(phone)
    if len(digits) >= _WHOLE_NUMBER:
        condition |= Q(HoldsDigits("phone", digits=digits))
    if not condition:
        return []
    key = email_key(email)
    others = User.objects.filter(condition)
    return list(_shown(others.exclude(email_key=key) if key else others)[:MOST])


def _shown(people: QuerySet[User]) -> QuerySet[User]:
    current = Membership.objects.filter(ended_on=None).select_related("organisation")
    return (
        people.select_related("statistics")
        .prefetch_related(Prefetch("memberships", current))
        .order_by("last_name", "first_name", "id")
    )
