"""The database in an older shape."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@contextmanager
def in_the_shape_of(app: str, migration: str) -> Iterator[None]:
    """Goes back to this migration for the block, and on to the newest after it, whatever happens in between."""
    MigrationExecutor(connection).migrate([(app, migration)])
    try:
        yield
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
