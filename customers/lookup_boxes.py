"""The boxes of the office's forms that look something up while somebody types.

Django's ask the database for whatever was sent, also for what can be no key, and that was an error of ours.
"""

from collections.abc import Sequence
from typing import Any, override

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Field


def is_key(field: "Field[Any, Any]", text: Any) -> bool:
    """Whether this column could hold it; no column holds a null character."""
    try:
        field.to_python(text)
    except ValidationError:
        return False
    return "\0" not in str(text)


class LookUpBox(AutocompleteSelect):
    @override
    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        return super().optgroups(name, _keys(self.field, value), attr)


class LookUpBoxForSeveral(AutocompleteSelectMultiple):
    @override
    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        return super().optgroups(name, _keys(self.field, value), attr)


def _keys(field: Any, values: Sequence[str]) -> list[str]:
    """What may be a key of what this field leads to."""
    return [value for value in values if is_key(field.remote_field.model._meta.pk, value)]
