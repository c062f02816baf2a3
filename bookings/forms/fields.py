"""Fields that forgive how people type and say what to do when they can't.

Whatever arrives (null characters, megabytes, characters that reverse the writing) ends as a sentence at the field.
"""

import re
import unicodedata
import uuid
from typing import Any, override

from django import forms
from django.core.exceptions import ValidationError

from config.kernel.characters import DIRECTION_CONTROLS
from customers.email_keys import clean_address, is_usable

_PHONE_PUNCTUATION = re.compile(r"[\s().\-/+\u2010-\u2015]+")
_EXTENSION = re.compile(r"\s*(?:ext|extension|x)\.?\s*[0-9]{1,6}\s*$", re.IGNORECASE)


def _has_hostile_characters(text: str) -> bool:
    return any(
        character in DIRECTION_CONTROLS
        or (unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\r\t")
        for character in text
    )


class TextField(forms.CharField):
    """One line of text, or several. `asks` is what to say when it is missing: "Enter a last name"."""

    def __init__(self, *, asks: str = "", max_length: int, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        self.longest = max_length
        if asks:
            kwargs["error_messages"] = {"required": asks}
        super().__init__(**kwargs)
        # Ours say what to do; Django's says "null characters are not allowed".
        self.validators = []

    @override
    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value))
        # Before anything else looks at the text: the other rules may be slow on a megabyte.
        if len(text) > self.longest:
            raise ValidationError(f"Shorten this to {self.longest} characters or fewer", code="max_length")
        if _has_hostile_characters(text):
            raise ValidationError("Type this again: it holds characters that we can’t store", code="characters")
        tidy = "\n".join(text.splitlines()) if self.lines else " ".join(text.split())
        return self._asked_for(tidy)

    def _asked_for(self, text: str) -> str:
        """Characters that nobody sees are no answer; inside one they stay (they join emoji and Indic letters)."""
        if all(unicodedata.category(character) in {"Cf", "Zs", "Zl", "Zp"} or character == "\n" for character in text):
            return ""
        return text


class EmailAddressField(TextField):
    """An email address as typed, without white space and stray punctuation at its ends."""

    message = "Enter an email address like name@example.com"

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        kwargs["widget"] = forms.EmailInput({"autocomplete": autocomplete, "spellcheck": "false"})
        super().__init__(asks=self.message, max_length=320, **kwargs)

    @override
    def to_python(self, value: Any) -> str:
        address = clean_address(super().to_python(value))
        if address and not is_usable(address.casefold()):
            raise ValidationError(self.message, code="invalid")
        return address


class PhoneField(TextField):
    """A telephone number, kept as typed. Spaces, dashes, dots, brackets, +44 and an extension are all welcome."""

    message = "Enter a UK phone number, like 07700 900142"

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        kwargs["widget"] = forms.TelInput({"autocomplete": autocomplete})
        super().__init__(asks=self.message, max_length=50, **kwargs)

    @override
    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        if not typed:
            return ""
        # NFKC makes ordinary digits of full-width ones; digits of other scripts are refused below.
        number = _EXTENSION.sub("", unicodedata.normalize("NFKC", typed))
        foreign = number.startswith(("+", "00")) and not number.startswith(("+44", "0044"))
        digits = _PHONE_PUNCTUATION.sub("", number)
        if not (digits.isascii() and digits.isdigit()):
            raise ValidationError(self.message, code="invalid")
        national = re.sub(r"^(?:00)?440?", "0", digits)
        fits = 7 <= len(digits) <= 17 if foreign else re.fullmatch(r"0[1-9][0-9]{8,9}", national)
        if not fits:
            raise ValidationError(self.message, code="invalid")
        return typed


class PlacesField(forms.Field):
    """How many people: plain digits, from 1 to `most`. Digits of any script count as what they mean."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        kwargs["widget"] = forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "narrow"})
        super().__init__(error_messages={"required": self.message}, **kwargs)

    @property
    def message(self) -> str:
        return f"Enter how many people are coming, from 1 to {self.most}"

    @override
    def to_python(self, value: Any) -> int | None:
        text = value.strip() if isinstance(value, str) and len(value) < 100 else value
        if text in self.empty_values:
            return None
        # isdecimal() knows the digits of every script but not "²", "1e5", "3.0" or "+3"; int() reads what they mean.
        if not (isinstance(text, str) and len(text) <= 4 and text.isdecimal() and 1 <= int(text) <= self.most):
            raise ValidationError(self.message, code="invalid")
        return int(text)


class KeyField(forms.Field):
    """A key in a hidden field. What is no key counts as none: nobody typed it, so nobody can mend it."""

    widget = forms.HiddenInput

    @override
    def to_python(self, value: Any) -> uuid.UUID | None:
        try:
            return uuid.UUID(str(value or ""))
        except ValueError:
            return None
