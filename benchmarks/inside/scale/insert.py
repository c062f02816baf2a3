"""One INSERT for a model: what is given comes from a query, every other column takes the model's own default."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model
from psycopg import sql


def fill(model: type[Model], given: Mapping[str, str], source: str) -> int:
    """Inserts a row for each row of `source` ("FROM ..."), columns by name as expressions over it; says how many."""
    options = model._meta
    columns, values = [], []
    for field in options.concrete_fields:
        column = str(field.column)
        if column in given:
            columns.append(column)
            values.append(given[column])
        elif not _fills_itself(field):
            columns.append(column)
            values.append(_default(field))
    unknown = given.keys() - set(columns)
    if unknown:
        raise ValueError(f"{model.__name__} has no column {', '.join(sorted(unknown))}.")
    statement = f"INSERT INTO {options.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} {source}"
    with connection.cursor() as cursor:
        cursor.execute(statement)
        made: int = cursor.rowcount
    return made


def run(statement: str, parameters: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _fills_itself(field: "Field[Any, Any]") -> bool:
    return isinstance(field, AutoField) or (field.null and not field.has_default())


def _default(field: "Field[Any, Any]") -> str:
    value = field.get_db_prep_save(field.get_default(), connection)
    return sql.Literal(value).as_string(connection.connection)
