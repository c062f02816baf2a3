"""The account's memory: one SQLite file in write-ahead mode.

One request is one transaction (its objects, its events, its webhook deliveries and its stored idempotent answer
together), so that a killed server has either done the whole of it or nothing. One connection behind one lock: requests
run one after the other, which is what makes "refuse the second" certain.
"""

import json
import secrets
import sqlite3
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import Json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    customer TEXT,
    payment_intent TEXT,
    charge TEXT,
    body TEXT NOT NULL,
    private TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_newest ON objects (kind, created, number);
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (payment_intent, kind) WHERE payment_intent IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_charge ON objects (charge, kind) WHERE charge IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (customer, kind) WHERE customer IS NOT NULL;
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    request_id TEXT NOT NULL,
    stored_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    first_due REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (state, due, number);
CREATE TABLE IF NOT EXISTS timers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    due INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS timers_due ON timers (due);
"""
_TABLES = ("objects", "answers", "deliveries", "timers")
_LINKS = ("customer", "payment_intent", "charge")
_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """A fresh identifier that looks like Stripe's."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


class Store:
    """Objects by id and by link, and the raw tables behind webhooks, timers and idempotency."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        # A killed process loses nothing in this mode; only a power cut could, and this is a development server.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file. Waits for a running request."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock; commit on leaving, roll back on an exception. A nested one is a savepoint of the outer."""
        with self._lock:
            outermost = self._depth == 0
            self._connection.execute("BEGIN IMMEDIATE" if outermost else "SAVEPOINT nested")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK" if outermost else "ROLLBACK TO nested")
                if not outermost:
                    self._connection.execute("RELEASE nested")
                raise
            else:
                self._connection.execute("COMMIT" if outermost else "RELEASE nested")
            finally:
                self._depth -= 1

    def run(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """Execute one statement under the lock."""
        with self._lock:
            return self._connection.execute(statement, values)

    def rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """All rows of one query, read under the lock."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def add(self, body: Json, private: Json | None = None) -> Json:
        """Store a new object under its ``object`` kind and ``id``. ``private`` is what Stripe knows and never shows."""
        links = tuple(body.get(name) for name in _LINKS)
        self.run(
            "INSERT INTO objects (id, kind, created, customer, payment_intent, charge, body, private)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (body["id"], body["object"], body["created"], *links, json.dumps(body), json.dumps(private or {})),
        )
        return body

    def save(self, body: Json) -> Json:
        """Write an object back."""
        links = tuple(body.get(name) for name in _LINKS)
        self.run(
            "UPDATE objects SET customer = ?, payment_intent = ?, charge = ?, body = ? WHERE id = ?",
            (*links, json.dumps(body), body["id"]),
        )
        return body

    def get(self, kind: str, object_id: str) -> Json | None:
        """The object, or ``None``."""
        found = self.rows("SELECT body FROM objects WHERE id = ? AND kind = ?", (object_id, kind))
        return self._load(found[0][0]) if found else None

    def private(self, object_id: str) -> Json:
        """What is remembered about an object besides its body."""
        found = self.rows("SELECT private FROM objects WHERE id = ?", (object_id,))
        return self._load(found[0][0]) if found else {}

    def remember(self, object_id: str, **facts: Any) -> None:
        """Add to an object's private facts."""
        private = self.private(object_id) | facts
        self.run("UPDATE objects SET private = ? WHERE id = ?", (json.dumps(private), object_id))

    def select(self, kind: str, where: str = "", values: tuple[Any, ...] = (), limit: int = -1) -> list[Json]:
        """Objects of a kind, newest first. ``where`` is SQL of ours, never of a request."""
        condition = f"AND ({where})" if where else ""
        found = self.rows(
            # No text of a request reaches the statement: conditions are constants and values are bound.
            f"SELECT body FROM objects WHERE kind = ? {condition} ORDER BY created DESC, number DESC LIMIT ?",  # noqa: S608
            (kind, *values, limit),
        )
        return [self._load(row[0]) for row in found]

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in _TABLES:
                self.run(f"DELETE FROM {table}")  # noqa: S608 - a constant of this module

    @staticmethod
    def _load(text: str) -> Json:
        loaded: Json = json.loads(text)
        return loaded
