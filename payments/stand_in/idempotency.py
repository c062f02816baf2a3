"""Idempotency keys as Stripe documents them (https://docs.stripe.com/api/idempotent_requests).

The first answer to a key is stored, whether it is good, refused or a 500, once the endpoint had begun its work. The
same request again gets that answer; the key with another request is an error; the key while its first request still
runs is a conflict. Errors in the parameters, conflicts and rate limits are not stored. Keys live for 24 hours.
"""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .errors import StripeError, bad_parameter
from .store import Store

LIFETIME = 24 * 3600.0
"""Seconds of real time: a clock held in the past must not make old keys forget."""
LONGEST_KEY = 255


@dataclass(frozen=True)
class Answer:
    """A stored answer, and the id of the request that earned it."""

    status: int
    body: str
    request_id: str


class Idempotency:
    """Which keys are in use, and what was answered to them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._running: set[str] = set()
        # What expired while the server was down is of no use; while it runs, old rows are only passed over.
        store.run("DELETE FROM answers WHERE stored_at <= ?", (time.time() - LIFETIME,))

    @contextmanager
    def using(self, key: str | None) -> Iterator[None]:
        """Hold a key while its request runs. Raises the conflict (409) when another request holds it."""
        if key is None:
            yield
            return
        if not key or len(key) > LONGEST_KEY:
            raise bad_parameter(f"Idempotency-Key must have between 1 and {LONGEST_KEY} characters.")
        with self._lock:
            if key in self._running:
                raise StripeError(
                    409,
                    "idempotency_error",
                    "There is currently another in-progress request using this Idempotent Key (that probably means you"
                    f" submitted twice, and the other request is still going through): {key}. Please try again later.",
                    code="idempotency_key_in_use",
                    executed=False,
                )
            self._running.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(key)

    def stored(self, key: str, endpoint: str, form: dict[str, Any]) -> Answer | None:
        """The answer stored for this very request. Raises ``idempotency_error`` when the key was another's."""
        found = self._store.rows(
            "SELECT endpoint, fingerprint, status, body, request_id FROM answers WHERE key = ? AND stored_at > ?",
            (key, time.time() - LIFETIME),
        )
        if not found:
            return None
        first_endpoint, fingerprint, status, body, request_id = found[0]
        advice = f"Try using a key other than '{key}' if you meant to execute a different request."
        if first_endpoint != endpoint:
            raise _reused(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for"
                f" ('{endpoint}' vs '{first_endpoint}'). {advice}"
            )
        if fingerprint != _fingerprint(form):
            raise _reused(
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
                f" {advice}"
            )
        return Answer(status, body, request_id)

    def keep(self, key: str, endpoint: str, form: dict[str, Any], answer: Answer) -> None:
        """Store the answer, in the transaction of the work itself."""
        self._store.run(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, endpoint, _fingerprint(form), answer.status, answer.body, answer.request_id, time.time()),
        )


def _reused(message: str) -> StripeError:
    return StripeError(400, "idempotency_error", message, executed=False)


def _fingerprint(form: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(form, sort_keys=True).encode()).hexdigest()
