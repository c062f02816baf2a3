"""The error summary: one line for each problem, with the address of its field."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms


@dataclass(frozen=True, slots=True)
class Problem:
    href: str
    message: str


def problems_of(form: forms.BaseForm, *, whose: str = "") -> list[Problem]:
    """The problems of a form in the order of its fields. `whose` ("Person 2") begins each line in a repeated group."""
    return [Problem(_address(field), _worded(message, whose)) for field in form for message in _messages(field)]


def _messages(field: forms.BoundField) -> Iterable[str]:
    return [str(message) for message in field.errors]


def _address(field: forms.BoundField) -> str:
    # A group of radio buttons has no element of its own to go to: its first button has.
    suffix = "_0" if isinstance(field.field.widget, forms.RadioSelect) else ""
    return f"#{field.auto_id}{suffix}"


def _worded(message: str, whose: str) -> str:
    return f"{whose}: {message[0].lower()}{message[1:]}" if whose else message
