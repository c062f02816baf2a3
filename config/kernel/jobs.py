"""Starting background work: after commit, with ids only, and without waiting for a broker that is down.

`enqueue()` is the only way to start a task (docs/decisions/0003). Rows in PostgreSQL are the truth and
sweepers pick up whatever never reached the broker, so a failure here is logged and swallowed.
"""

import logging
import os
import re
import time
from functools import partial
from uuid import UUID

from django.db import transaction
from kombu import pools
from kombu.connection import Connection
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

# Not celery.current_app: that is a matter of the thread, and a web server has several.
from config.celery import app

logger = logging.getLogger(__name__)

# A request answers within a second even when Redis is gone, or there but frozen.
_TIMEOUT_SECONDS = 0.3
# How long a failure is remembered: a request that starts fifty tasks pays for one timeout, not for fifty.
_QUIET_SECONDS = 2.0
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class _Breaker:
    """Until when this process leaves the broker alone, on the monotonic clock."""

    quiet_until = 0.0


_breaker = _Breaker()


def enqueue(task_name: str, *args: str | int | UUID, delay_seconds: int = 0) -> None:
    """Start `task_name` with `args` once the current transaction has committed (at once outside of one).

    Arguments are ids: integers, UUIDs (sent as text) or at most 64 ASCII letters, digits and "_.:-". Raises
    ValueError for anything else, before anything is sent; never raises because of the broker. `delay_seconds` is
    a courtesy for soon-again work; what must happen at a time is a row that a sweeper finds.
    """
    ids = [_checked_id(argument) for argument in args]
    if delay_seconds < 0:
        raise ValueError("A task cannot be delayed by less than nothing.")
    transaction.on_commit(partial(_send, task_name, ids, delay_seconds), robust=True)


def _checked_id(argument: str | int | UUID) -> str | int:
    if isinstance(argument, UUID):
        return str(argument)
    if isinstance(argument, int) and not isinstance(argument, bool):
        return argument
    if isinstance(argument, str) and _ID.fullmatch(argument):
        return argument
    # The argument itself stays out of the message: it may be the very thing that must not be logged.
    raise ValueError(f"Tasks take ids only, not this {type(argument).__name__}.")


def _send(task_name: str, ids: list[str | int], delay_seconds: int) -> None:
    if time.monotonic() < _breaker.quiet_until:
        return
    try:
        with pools.producers[_connection()].acquire(block=True, timeout=_TIMEOUT_SECONDS) as producer:
            app.send_task(
                task_name, args=ids, countdown=delay_seconds or None, producer=producer, retry=False, ignore_result=True
            )
    except (KombuError, RedisError, OSError) as error:
        _breaker.quiet_until = time.monotonic() + _QUIET_SECONDS
        logger.warning("The broker did not take task %s (%s); a sweeper will.", task_name, type(error).__name__)


def _connection() -> Connection:
    """A connection for publishing that gives up fast; equal ones share a pool.

    Workers read through the app's own connection, whose patience suits a process that has nothing else to do.
    """
    connection: Connection = app.connection_for_write(
        transport_options={
            "socket_connect_timeout": _TIMEOUT_SECONDS,
            "socket_timeout": _TIMEOUT_SECONDS,
            "retry_on_timeout": False,
            "max_retries": 0,
            # Part of what makes connections equal: a forked child must not write to its parent's sockets.
            "client_name": f"enqueue-{os.getpid()}",
        }
    )
    return connection
