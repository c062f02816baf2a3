"""So many rows that the planner looks for an index."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db.models import Model

MANY = 2000


def copies(row: Model, **own: Callable[[int], Any]) -> None:
    """As many rows like this one, each with values of its own."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    type(row)._default_manager.bulk_create(
        type(row)(**fields | {"id": uuid4()} | {name: value(number) for name, value in own.items()})
        for number in range(MANY)
    )
