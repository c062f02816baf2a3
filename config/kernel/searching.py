"""What finding by words is made of: functions of the database as expressions, for indexes and for conditions.

The functions are made in config/migrations/0003_search_functions.py. They fold what is stored and what is typed alike
(case, accents, apostrophes and punctuation), so both always agree.
"""

import re
import unicodedata
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, Field, Func, TextField, Value

# Shorter parts are in so many texts that only beginnings are looked for.
SHORTEST_PART = 3
# Characters of what somebody types that are looked for. An address of a page can hold thousands of words.
LONGEST_SEARCH = 200

_PHONE = re.compile(r"[+(]?[0-9][0-9 ()./+\N{HYPHEN}-\N{EM DASH}-]*")
_LENGTHS_WITH_COUNTRY = (11, 12)
# Three letters or digits in a row, or the first one after something else.
_PART = re.compile(r"[^\W_]{3}|[\W_][^\W_]")


class Words(Func):
    """The folded words of up to four fields."""

    function = "search_words"
    output_field: "Field[Any, Any]" = SearchVectorField()


class PhoneDigits(Func):
    """The digits of a telephone number without what says that it is British: "+44 (0)7700 900142" is "7700900142"."""

    function = "search_phone"
    output_field: "Field[Any, Any]" = TextField()


class HoldsWords(Func):
    """The condition that these fields hold, for every word of a text, a word that begins with it; no word: never."""

    output_field: "Field[Any, Any]" = BooleanField()
    template = "%(expressions)s"
    arg_joiner = " @@ "

    def __init__(self, *fields: str, text: str) -> None:
        super().__init__(Words(*fields), Func(Value(text[:LONGEST_SEARCH]), function="search_begun"))


class HoldsDigits(Func):
    """The condition that the telephone number in a field holds these digits, of `phone_digits`."""

    output_field: "Field[Any, Any]" = BooleanField()
    template = "%(expressions)s"
    arg_joiner = " LIKE "

    def __init__(self, field: str, *, digits: str) -> None:
        super().__init__(PhoneDigits(field), Value(f"%{digits}%"))


def phone_digits(text: str) -> str:
    """What a typed number, or three digits or more of one, is looked for by; nothing when it is no number.

    "+44 7700 90" and "07700-90" are "770090", as `PhoneDigits` stores it.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if not _PHONE.fullmatch(typed):
        return ""
    digits = re.sub(r"[^0-9]", "", typed.replace("(0)", ""))
    is_international = typed.startswith(("+", "00"))
    digits = digits.lstrip("0")
    if digits.startswith("44") and (is_international or len(digits) in _LENGTHS_WITH_COUNTRY):
        digits = digits[2:].lstrip("0")
    return digits if len(digits) >= SHORTEST_PART else ""


def has_part(text: str) -> bool:
    """Whether an index of three-letter parts can find this anywhere in a text; else it would read the whole table."""
    return bool(_PART.search(text))
