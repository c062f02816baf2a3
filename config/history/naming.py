"""Tells the database who acts, right before it writes a change down.

A connection knows one actor from its start: the customer in the web server, the system elsewhere (settings). Only
somebody else's changes, a member of staff's or Stripe's, cost one more small statement each.
"""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from config.history.rules import RULES
from config.kernel.actor import Actor, current_actor

_WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "([a-z_]+)"')
# Who was named last on a connection, and in which transaction: with it, the name goes.
_NAMED = "named_actor"
_TABLES = frozenset(rule.table for rule in RULES)
_NAME = (
    "SELECT set_config('coursebook.actor_kind', %s, %s), set_config('coursebook.actor_label', %s, %s), "
    "set_config('coursebook.actor_user', %s, %s)"
)


def name_actors_on(connection: BaseDatabaseWrapper, **_kwargs: object) -> None:
    """Called with every new connection."""
    if _named not in connection.execute_wrappers:
        connection.execute_wrappers.append(_named)


def _named(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    written = _WRITES.match(sql) if isinstance(sql, str) else None
    if written is None or written[2] not in _TABLES:
        return execute(sql, params, many, context)
    actor = current_actor()
    connection: BaseDatabaseWrapper = context["connection"]
    is_local = connection.in_atomic_block
    named = _named_before(connection)
    # New rows are news only when staff make them, and an earlier write of this transaction may have named somebody.
    is_news = written[1] != "INSERT INTO" or "staff" in {actor.kind, named.kind if named else ""}
    if not is_news or (_is_usual(actor) and not named):
        return execute(sql, params, many, context)
    _set(connection, actor.kind, actor.label, str(actor.user_id or ""), is_local=is_local)
    if is_local:
        vars(connection)[_NAMED] = (connection.atomic_blocks[0], actor)
    try:
        return execute(sql, params, many, context)
    finally:
        if not is_local:
            _set(connection, settings.DATABASE_ACTOR, "", "", is_local=False)


def _named_before(connection: BaseDatabaseWrapper) -> Actor | None:
    """Who was named last in this transaction; None where it is only the usual one."""
    transaction, actor = vars(connection).get(_NAMED, (None, None))
    is_this_one = connection.in_atomic_block and connection.atomic_blocks[0] is transaction
    return actor if is_this_one and not _is_usual(actor) else None


def _is_usual(actor: Actor) -> bool:
    """Whether it is the one that the connection knows from its start."""
    return actor.kind == settings.DATABASE_ACTOR and actor.label == actor.kind.capitalize()


def _set(connection: BaseDatabaseWrapper, kind: str, label: str, user: str, *, is_local: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NAME, [kind, is_local, label, is_local, user, is_local])
