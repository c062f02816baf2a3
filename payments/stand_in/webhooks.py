"""Delivering events to the one webhook endpoint: signed, in the background, again and again until it says 2xx.

Every delivery is a row, written in the transaction of the change it tells of, so that none is lost when the server is
killed. Disorder is made on demand (see ``Mode``). Senders work side by side, so two events of one payment may arrive in
either order even when nothing is asked for: Stripe promises no order either.
"""

import http.client
import json
import logging
import threading
import time
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from stripe import WebhookSignature

from .store import Store

log = logging.getLogger(__name__)

_SENDERS = 3
_ANSWER_WITHIN = 10.0
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 300.0
_GIVE_UP_AFTER = 3 * 24 * 3600.0
"""Stripe retries live events for up to three days: https://docs.stripe.com/webhooks#retries."""


class Mode(StrEnum):
    """What becomes of the events that happen from now on."""

    NORMAL = "normal"
    DOUBLE = "double"
    """Each is delivered twice."""
    HOLD = "hold"
    """Kept back until ``flush``."""
    REVERSE = "reverse"
    """Kept back until ``flush``, which then sends the newest first."""
    DROP = "drop"
    """Never sent; the events can still be listed and fetched."""


class Webhooks:
    """The delivery rows and the threads that send them. ``url`` may be ``None``: then nothing is sent or kept."""

    def __init__(self, store: Store, url: str | None, secret: str) -> None:
        self._store = store
        self._url = url
        self._secret = secret
        self._work = threading.Condition()
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self.mode = Mode.NORMAL
        self.delay_seconds = 0.0

    def start(self) -> None:
        """Start sending, first of all what a killed server left half sent (perhaps a second time, as at Stripe)."""
        self._store.run("UPDATE deliveries SET state = 'pending' WHERE state = 'sending'")
        for number in range(_SENDERS if self._url else 0):
            thread = threading.Thread(target=self._send_for_ever, name=f"webhooks-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Stop after the deliveries under way."""
        self._stopping = True
        self.wake()
        for thread in self._threads:
            thread.join(_ANSWER_WITHIN + 1)

    def wake(self) -> None:
        """Tell the senders that a transaction with new deliveries was committed."""
        with self._work:
            self._work.notify_all()

    def post(self, event_id: str) -> None:
        """Write the deliveries of a new event, as the mode of the moment says."""
        if self._url is None:
            return
        state = {Mode.HOLD: "held", Mode.REVERSE: "held", Mode.DROP: "dropped"}.get(self.mode, "pending")
        for _ in range(2 if self.mode is Mode.DOUBLE else 1):
            self._insert(event_id, state, self.delay_seconds)

    def resend(self, event_id: str) -> None:
        """Deliver an event once more, whatever the mode."""
        self._insert(event_id, "pending", 0.0)
        self.wake()

    def _insert(self, event_id: str, state: str, delay: float) -> None:
        due = time.time() + delay
        self._store.run(
            "INSERT INTO deliveries (event, state, due, first_due) VALUES (?, ?, ?, ?)", (event_id, state, due, due)
        )

    def flush(self, *, reverse: bool) -> dict[str, int]:
        """Send everything held, delayed or waiting for another try, one after the other, and say how it went."""
        order = "DESC" if reverse else "ASC"
        with self._store.transaction():
            claimed = self._store.rows(
                f"SELECT number, event FROM deliveries WHERE state IN ('held', 'pending') ORDER BY number {order}"  # noqa: S608
            )
            self._store.run("UPDATE deliveries SET state = 'sending' WHERE state IN ('held', 'pending')")
        outcomes = [self._deliver(number, event) for number, event in claimed]
        return {"sent": outcomes.count(True), "failed": outcomes.count(False)}

    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        counted = dict.fromkeys(("pending", "sending", "held", "delivered", "dropped", "failed"), 0)
        return counted | dict(self._store.rows("SELECT state, COUNT(*) FROM deliveries GROUP BY state"))

    def _send_for_ever(self) -> None:
        while not self._stopping:
            claimed = self._claim()
            if claimed is None:
                self._rest()
            else:
                self._deliver(*claimed)

    def _claim(self) -> tuple[int, str] | None:
        with self._store.transaction():
            found = self._store.rows(
                "SELECT number, event FROM deliveries WHERE state = 'pending' AND due <= ?"
                " ORDER BY due, number LIMIT 1",
                (time.time(),),
            )
            if not found:
                return None
            self._store.run("UPDATE deliveries SET state = 'sending' WHERE number = ?", (found[0][0],))
            return int(found[0][0]), str(found[0][1])

    def _rest(self) -> None:
        with self._work:
            # Looked at with the condition held: a delivery committed after the look notifies after we wait.
            soonest = self._store.rows("SELECT MIN(due) FROM deliveries WHERE state = 'pending'")[0][0]
            pause = _LONGEST_PAUSE if soonest is None else soonest - time.time()
            if pause > 0 and not self._stopping:
                self._work.wait(min(pause, _LONGEST_PAUSE))

    def _deliver(self, number: int, event_id: str) -> bool:
        accepted = self._post_event(event_id)
        with self._store.transaction():
            self._record(number, accepted)
        if not accepted:
            self.wake()  # A sender at rest does not know of the new moment to try again.
        return accepted

    def _record(self, number: int, accepted: bool) -> None:
        if accepted:
            self._store.run(
                "UPDATE deliveries SET state = 'delivered', attempts = attempts + 1 WHERE number = ?", (number,)
            )
            return
        found = self._store.rows("SELECT attempts, first_due FROM deliveries WHERE number = ?", (number,))
        if not found:
            return  # Reset while it was on its way.
        attempts, first_due = found[0][0] + 1, found[0][1]
        due = time.time() + min(_FIRST_PAUSE * 2.0 ** (attempts - 1), _LONGEST_PAUSE)
        state = "failed" if due - first_due > _GIVE_UP_AFTER else "pending"
        self._store.run(
            "UPDATE deliveries SET state = ?, attempts = ?, due = ? WHERE number = ?", (state, attempts, due, number)
        )

    def _post_event(self, event_id: str) -> bool:
        """One attempt. ``True`` for an answer of 2xx; a redirect is a refusal, as at Stripe."""
        event = self._store.get("event", event_id)
        if event is None or self._url is None:
            return True  # Reset while it was waiting: there is nothing to tell any more.
        payload = json.dumps(event)
        target = urlsplit(self._url)
        kind: Any = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
        connection = kind(target.hostname, target.port, timeout=_ANSWER_WITHIN)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": WebhookSignature.generate_signature_header(payload, self._secret),
        }
        try:
            connection.request("POST", target.path or "/", body=payload.encode(), headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as problem:
            log.info("webhook %s not delivered: %s", event_id, problem)
            return False
        finally:
            connection.close()
        return 200 <= int(answer.status) < 300
