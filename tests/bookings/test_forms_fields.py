"""Fields forgive how people type, and refuse with a sentence what can't be stored or used."""

import pytest
from django.core.exceptions import ValidationError

from bookings.forms.fields import EmailAddressField, PhoneField, PlacesField, TextField

EMAIL = EmailAddressField(autocomplete="email")
PHONE = PhoneField(autocomplete="tel")


def refusal(field: TextField | PlacesField, typed: str) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(typed)
    return str(caught.value.messages[0])


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("hannah@example.org", "hannah@example.org"),
        ("  Hannah@Example.ORG. ", "Hannah@Example.ORG"),
        ("\u200bhannah@example.org;", "hannah@example.org"),
        ("o'brien+first-aid@sub.example.co.uk", "o'brien+first-aid@sub.example.co.uk"),
        ("jürgen@müller.example", "jürgen@müller.example"),
        ("test@example.org", "test@example.org"),
    ],
)
def test_addresses_that_can_be_used(typed: str, kept: str) -> None:
    assert EMAIL.clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hannah",
        "hannah@",
        "@example.org",
        "hannah@example",
        "a@b@example.org",
        "han nah@example.org",
        ".h@example.org",
        "h..a@example.org",
        "h@-example.org",
        "h@example..org",
        "hannah@example.org,tom@example.org",
        "Hannah <hannah@example.org>",
        "none@none.com",
        "a" * 250 + "@example.org",
        ".",
    ],
)
def test_addresses_that_cannot(typed: str) -> None:
    assert refusal(EMAIL, typed) == "Enter an email address like name@example.com"


@pytest.mark.parametrize(
    "typed",
    [
        "07700 900142",
        "07700900142",
        "(0114) 496-0321",
        "+44 7700 900142",
        "+44 (0)7700 900142",
        "0044 7700 900142",
        "0114.496.0321 ext. 12",
        "07700–900142",
        "+353 1 234 5678",
        "016977 2345",
    ],
)
def test_numbers_people_can_be_rung_at(typed: str) -> None:
    assert PHONE.clean(f" {typed} ") == typed


@pytest.mark.parametrize(
    "typed", ["", "12", "07700", "ring me", "1e5", "07700 900142 900142", "٠٧٧٠٠٩٠٠١٤٢", "+44", "²"]
)
def test_numbers_nobody_can_be_rung_at(typed: str) -> None:
    assert refusal(PHONE, typed) == "Enter a UK phone number, like 07700 900142"


@pytest.mark.parametrize("typed", ["\x00", "a\x07b", "\ud800", "\u202eabc", "a\u2066b"])
def test_characters_that_cannot_be_stored_or_turn_the_text_around(typed: str) -> None:
    field = TextField(max_length=10)
    assert refusal(field, typed) == "Type this again: it holds characters that we can’t store"


def test_a_long_text_is_refused_before_anything_looks_at_it() -> None:
    assert refusal(TextField(max_length=10), "x" * 10_000_000) == "Shorten this to 10 characters or fewer"
    assert refusal(EMAIL, "x" * 10_000_000) == "Shorten this to 320 characters or fewer"
    assert refusal(PHONE, "0" * 10_000_000) == "Shorten this to 50 characters or fewer"
    assert refusal(PlacesField(most=12), "1" * 10_000_000) == "Enter how many people are coming, from 1 to 12"


@pytest.mark.parametrize("typed", ["\u200b", "\ufeff \u200d", "\u2060\u00ad", " \u3000 "])
def test_a_name_that_nobody_can_see_is_missing(typed: str) -> None:
    assert refusal(TextField(asks="Enter a first name", max_length=10), typed) == "Enter a first name"
    assert TextField(max_length=10, lines=True, required=False).clean(f"{typed}\n{typed}") == ""


@pytest.mark.parametrize("name", ["Wiśniewski", "O'Neil", "李小龍", "Nguyễn Văn", "👩‍⚕️ Dr", "d’Arc", "זאב"])
def test_names_of_all_kinds_are_kept_as_typed(name: str) -> None:
    assert TextField(max_length=150).clean(name) == name


def test_white_space_is_tidied_and_lines_are_kept_where_there_are_several() -> None:
    assert TextField(max_length=50).clean("  Mary \t Jane\u00a0Smith ") == "Mary Jane Smith"
    assert TextField(max_length=50, lines=True).clean("4 Mill Lane\r\nLeeds\r\n") == "4 Mill Lane\nLeeds"
