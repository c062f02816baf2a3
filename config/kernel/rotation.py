"""After a change of FIELD_ENCRYPTION_KEYS: everything that is stored comes under the first key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from config.kernel.actor import Actor, acting_as
from config.kernel.crypto import EncryptedJSONField, EncryptedTextField, UndecryptableValue, is_under_first_key, rotate

# In the change history, where nobody wrote anything.
_CHANGE_OF_KEY = Actor("system", "Change of the encryption key")
BATCH = 200
"""Rows that are locked together, for a moment."""


@dataclass
class Rotation:
    """How many values were moved, and how many were under the first key already; `lost` counts by column what no key
    opens."""

    moved: int = 0
    there_already: int = 0
    lost: dict[str, int] = field(default_factory=dict)


def rotate_everything(*, on_progress: Callable[[str, int], None]) -> Rotation:
    """Brings every encrypted value under the first key, a batch a transaction; a second call finds nothing to do.

    It may be stopped at any time and run again, beside a running site. Nothing is decrypted but in memory. What no key
    opens stays as it is and is counted. `on_progress` is called with a model's name and how many of its rows were seen.
    """
    rotation = Rotation()
    with acting_as(_CHANGE_OF_KEY):
        for model, names in encrypted_columns():
            seen = 0
            last = None
            while rows := _move_batch(model, names, last, rotation):
                seen, last = seen + len(rows), rows[-1]
                on_progress(model._meta.label, seen)
    return rotation


def encrypted_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Each model that has any, with the names of its encrypted fields."""
    for model in apps.get_models():
        fields = model._meta.concrete_fields
        names = [one.name for one in fields if isinstance(one, EncryptedTextField | EncryptedJSONField)]
        if names:
            yield model, names


@transaction.atomic
def _move_batch(model: type[models.Model], names: list[str], after: object, rotation: Rotation) -> list[object]:
    """Moves the rows that follow the key `after`; gives back their keys, none at the end."""
    rows: models.QuerySet[models.Model] = models.QuerySet(model).order_by("pk").select_for_update(no_key=True)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    # As they lie in the table: read as what they are, one that no key opens would end it all.
    stored = {f"stored_{name}": Cast(name, models.BinaryField()) for name in names}
    keys: list[object] = []
    for key, *blobs in rows.annotate(**stored).values_list("pk", *stored)[:BATCH]:
        keys.append(key)
        moved = {}
        for name, blob in zip(names, map(bytes, blobs), strict=True):
            if not blob:
                continue
            if is_under_first_key(blob):
                rotation.there_already += 1
                continue
            try:
                moved[name] = models.Value(rotate(blob), output_field=models.BinaryField())
            except UndecryptableValue:
                column = f"{model._meta.label}.{name}"
                rotation.lost[column] = rotation.lost.get(column, 0) + 1
        if moved:
            models.QuerySet(model).filter(pk=key).update(**moved)
            rotation.moved += len(moved)
    return keys
