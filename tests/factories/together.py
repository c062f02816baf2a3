"""Calls at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

PATIENCE = 60.0
"""Seconds after which waiting for each other is a failure; nothing is measured by it."""


def all_at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each call gave back, or the exception it raised; none starts before all are ready."""
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connections["default"].ensure_connection()
            ready.wait(PATIENCE)
            return call()
        except Exception as error:  # noqa: BLE001 - handed to the test
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def a_few_at_a_time(calls: Sequence[Callable[[], Any]], *, workers: int) -> list[Any]:
    """As `all_at_once`, but so many at a time, one after the other without waiting."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - handed to the test
            return error

    with ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(run, calls))
        # Each thread has to close its own connection, so each takes one of these and waits for the others.
        together = threading.Barrier(workers)

        def leave() -> None:
            together.wait(PATIENCE)
            connections.close_all()

        for left in [pool.submit(leave) for _ in range(workers)]:
            left.result()
    return results
