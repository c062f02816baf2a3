"""Who is it that books? An address that is known means the person who is known; any other makes a new one.

What somebody types says nothing about whether the address was known: the answer is a person either way. Merging two
people is not here.
"""

from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from customers import locks
from customers.email_keys import clean_address, email_key, is_usable, trim
from customers.models import User
from customers.services import timeline

DETAILS_DIFFER = "details_differ"


class AddressTaken(Exception):
    """Somebody else has this address; two people never share one."""


_DETAILS = {
    "first_name": "First name",
    "last_name": "Last name",
    "phone": "Telephone",
    "company": "Company",
}


@transaction.atomic(savepoint=False)
def match_or_create(
    *, email: str, first_name: str = "", last_name: str = "", phone: str = "", company: str = ""
) -> User:
    """The person with this address, locked until the transaction ends; made when there is none.

    Blank details of a known person are filled in. A detail that differs from what is on record changes nothing: the
    new value is kept on the timeline, once, for staff to judge. Without a usable address the person is always a new
    one of their own. However many people book with one address at one moment, they are one person.
    """
    details = {
        "first_name": trim(first_name),
        "last_name": trim(last_name),
        "phone": trim(phone),
        "company": trim(company),
    }
    key = email_key(email)
    if key is None or not is_usable(key):
        return User.objects.create_user(**details)
    typed = User(email=clean_address(email), email_key=key, password=make_password(None), **details)
    # The unique key decides, not a look beforehand: a rival's insert is waited for and then found by the lock.
    User.objects.bulk_create([typed], ignore_conflicts=True)
    person = locks.lock_user_by_key(key)
    if person.pk != typed.pk:
        _take_in(person, details)
    return person


@transaction.atomic(savepoint=False)
def fill_blanks(*, person_id: UUID, email: str = "", phone: str = "") -> User:
    """A person who is known, locked until the transaction ends, with what their record lacks filled in.

    What is on record is never overwritten. Raises AddressTaken when a blank address would be filled with one that
    somebody else has.
    """
    locks.lock_users([person_id])
    person = User.objects.get(pk=person_id)
    key = email_key(email)
    if person.email_key is None and key is not None and is_usable(key):
        if User.objects.filter(email_key=key).exists():
            raise AddressTaken
        person.email = clean_address(email)
        person.save(update_fields=["email"])
    _take_in(person, {"phone": trim(phone)})
    return person


def _take_in(person: User, details: dict[str, str]) -> None:
    """Fills blanks of a locked person and notes what differs."""
    filled, differing = [], []
    for field, value in details.items():
        on_record = trim(getattr(person, field))
        if not value or value == on_record:
            continue
        if on_record:
            differing.append(f"{_DETAILS[field]} given as “{value}”")
        else:
            setattr(person, field, value)
            filled.append(field)
    if filled:
        person.save(update_fields=filled)
    timeline.record_once(user=person, kind=DETAILS_DIFFER, summaries=differing)
