"""How PostgreSQL plans what it is asked again and again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def planned_for_its_values() -> Iterator[None]:
    """Statements inside are planned for the very values in them, in a transaction of their own.

    Otherwise a connection keeps one plan of what it has been asked a few times, which suits the usual value: a course
    with thousands of payments, and not the one with ten. Inside another transaction this lasts until the end of that.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        yield
