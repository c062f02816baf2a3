"""A database of the site's own. It outlives single tests: what others empty is not missed here, and what happens here
they never see."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Every query of this process goes to that database until the block ends."""
    usual: dict[str, Any] = connection.settings_dict
    before = usual["NAME"]
    connection.close()
    usual["NAME"] = name
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connection.close()
        usual["NAME"] = before
        ContentType.objects.clear_cache()


def create_database() -> str:
    """The name of a new database with the product's tables.

    Each worker of a run has its own, also where no test of the run has pytest-django make a database for the worker.
    """
    name = f"{connection.settings_dict['NAME']}_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}_site"
    drop_database(name)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    with connected_to(name):
        call_command("migrate", verbosity=0)
    return name


def drop_database(name: str) -> None:
    """Whoever is connected to it, and whether it is there or not."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
