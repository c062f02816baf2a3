"""Secondary indexes are quicker built once than row by row: dropped, and made again from their own definitions."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

from django.db import connection

# Unique keys are constraints; an index that belongs to one is not listed beside it. Primary keys stay.
_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE contype = 'u' AND conrelid = ANY(%s::regclass[])
ORDER BY 1, 2
"""
_INDEXES = """
SELECT indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY(%s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
ORDER BY 1, 2
"""


@contextlib.contextmanager
def without_indexes(tables: Sequence[str], say: Callable[[str], None]) -> Iterator[None]:
    """Drops the secondary indexes of these tables, and at the end makes each of them again."""
    with connection.cursor() as cursor:
        cursor.execute(_CONSTRAINTS, [list(tables)])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        for table, name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for _, name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        try:
            yield
        finally:
            for table in tables:
                for _, _, definition in (index for index in indexes if index[0] == table):
                    cursor.execute(definition)
                for _, name, definition in (constraint for constraint in constraints if constraint[0] == table):
                    cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
                say(f"indexes of {table}")
