"""Keeping what was typed in a hold's encrypted draft, errors and all, and showing it again."""

from collections.abc import Mapping
from typing import Any

from django import forms

# Longer than anything a field takes: a draft keeps what was typed, but not megabytes of it.
_LONGEST = 4000


def initial_from(form: type[forms.Form], draft: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """What an unbound form shows of a draft. `prefix` is the form's, with its hyphen."""
    return {name: draft[prefix + name] for name in form.base_fields if prefix + name in draft}


def kept(value: Any) -> str | bool:
    """One answer as it goes into a draft."""
    if isinstance(value, bool):
        return value
    # Surrogates can't be encoded; they would stop the draft of everything else.
    return str(value or "")[:_LONGEST].encode(errors="replace").decode()


def typed_in(form: type[forms.Form], data: Mapping[str, Any], prefix: str = "") -> dict[str, str | bool]:
    """What was typed into one form of a page, for the draft; nothing when the page did not have that form."""
    fields = form.base_fields.items()
    if not any(prefix + name in data for name, _field in fields):
        return {}
    return {prefix + name: kept(field.widget.value_from_datadict(data, {}, prefix + name)) for name, field in fields}
