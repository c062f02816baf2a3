"""The change history in words: columns by their names in forms, values as people read them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import DateField, DecimalField, Field, ForeignKey, Model

from config.history.rules import RULES
from config.office_words import briefly
from customers.models import Change

NOTHING = "nothing"
_HIDDEN = "hidden"
_LONGEST = 300


@dataclass(frozen=True)
class Difference:
    """One column of one change."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangeLine:
    change: Change
    what: str
    """"Venue changed", "Person: tags, added"."""
    differences: list[Difference]


def lines(changes: Iterable[Change]) -> list[ChangeLine]:
    """Each change in words. One query for every kind of row that the changes name by key, however many they are."""
    changes = list(changes)
    names = _names(changes)
    return [ChangeLine(change, _what(change), _differences(change, names)) for change in changes]


def model_of(change: Change) -> type[Model] | None:
    """The model of the record in whose history this stands; None for one that the site no longer has."""
    try:
        return apps.get_model(change.record_kind)
    except (LookupError, ValueError):
        return None


@cache
def _table_models() -> dict[tuple[str, str], type[Model]]:
    by_table = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return {(rule.record, rule.part): by_table[rule.table] for rule in RULES}


def _what(change: Change) -> str:
    model = model_of(change)
    name = str(model._meta.verbose_name).capitalize() if model else change.record_kind
    if change.part:
        done = {"created": "added", "deleted": "removed"}.get(change.action, "changed")
        return f"{name}: {change.part} {done}"
    return f"{name} {change.get_action_display().lower()}"


def _differences(change: Change, names: dict[type[Model], dict[str, str]]) -> list[Difference]:
    model = _table_models().get((change.record_kind, change.part))
    found = []
    for column in sorted(change.before.keys() | change.after.keys()):
        field = _field(model, column)
        if field is not None and field.primary_key:
            continue
        before, after = (_words(field, side.get(column), names) for side in (change.before, change.after))
        if before != NOTHING or after != NOTHING:
            found.append(Difference(str(field.verbose_name) if field else column, before, after))
    return found


def _field(model: type[Model] | None, column: str) -> "Field[Any, Any] | None":
    """The field that is stored in this column, unless it went with an older version of the site."""
    if model is None:
        return None
    return next((field for field in model._meta.concrete_fields if field.column == column), None)


def _words(field: "Field[Any, Any] | None", value: Any, names: dict[type[Model], dict[str, str]]) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(field, ForeignKey):
        return names.get(field.related_model, {}).get(str(value), str(value))
    if isinstance(field, DateField | DecimalField) and (read := _read(field, value)) is not None:
        return briefly(field, read)
    choices = dict(field.flatchoices) if field else {}
    return str(choices.get(value, value))[:_LONGEST]


def _read(field: "DateField[Any, Any] | DecimalField[Any, Any]", value: Any) -> Any:
    """What stands in the history's JSON as the field has it; None for what it could not hold any more."""
    try:
        return field.to_python(value)
    except ValidationError:
        return None


def _names(changes: list[Change]) -> dict[type[Model], dict[str, str]]:
    """What the rows are called that the changes name by key."""
    models = _table_models()
    wanted: dict[type[Model], set[str]] = defaultdict(set)
    for change in changes:
        model = models.get((change.record_kind, change.part))
        for side in (change.before, change.after):
            for column, value in side.items():
                field = _field(model, column)
                if isinstance(field, ForeignKey) and value is not None and value != _HIDDEN:
                    wanted[field.related_model].add(str(value))
    return {
        model: {str(key): str(row) for key, row in model._default_manager.in_bulk(keys).items()}
        for model, keys in wanted.items()
    }
