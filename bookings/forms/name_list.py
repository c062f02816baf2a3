"""People typed or pasted one a line: "Tom Ackroyd, tom@example.org"."""

import re
from typing import Any, override

from django import forms
from django.core.exceptions import ValidationError

from bookings.forms.fields import EmailAddressField, TextField
from bookings.services.placing import Person
from customers.email_keys import clean_address, is_usable

_LONGEST_NAME = 150
# Between a name and an address, as people and mail programs write it: "Tom Ackroyd <tom@example.org>;".
_AROUND_ADDRESS = " \t,;<>()[]\"'"
_ADDRESS = re.compile(r"[^\s,;<>()\[\]\"']*@[^\s,;<>()\[\]\"']*")


class NamesField(TextField):
    """Gives a list of Person. An empty line is nobody; an address may stand alone, and so may one name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = forms.Textarea({"rows": 3, "autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=10_000, lines=True, **kwargs)

    @override
    def clean(self, value: Any) -> Any:
        lines = enumerate(str(super().clean(value)).splitlines(), start=1)
        return [_person(number, line) for number, line in lines if line.strip()]


def _person(number: int, line: str) -> Person:
    found = _ADDRESS.search(line)
    address = clean_address(found[0]) if found else ""
    if found and not is_usable(address.casefold()):
        message = EmailAddressField.message
        raise ValidationError(f"Line {number}: {message[0].lower()}{message[1:]}", code="invalid")
    name = " ".join((line.replace(found[0], " ", 1) if found else line).split()).strip(_AROUND_ADDRESS)
    first, _, last = name.partition(" ")
    if max(len(first), len(last)) > _LONGEST_NAME:
        raise ValidationError(f"Line {number}: shorten this name", code="max_length")
    return Person(first, last, address)
