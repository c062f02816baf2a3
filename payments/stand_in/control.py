"""``/_control/``: steering the stand-in from a test or from the demo loader. Not part of Stripe, and loopback only.

=======  ==========================  ==========================================================================
method   address                     body, and what it does
=======  ==========================  ==========================================================================
POST     /_control/webhooks          ``mode`` (see ``webhooks.Mode``), ``delay_seconds``: for events from now on
POST     /_control/flush             ``reverse`` (default: whether the mode is "reverse"): send all that waits
POST     /_control/resend            ``event``: deliver it once more
POST     /_control/faults            ``method``, ``path``, ``kind``, ``seconds``, ``times`` (see ``faults.Fault``)
DELETE   /_control/faults            lift all faults
POST     /_control/clock             ``now``: hold the clock at that second; null lets it run again
POST     /_control/settle            end every pending refund and debit now
POST     /_control/payment_methods   ``bacs_debit``: true or false, as in Stripe's Dashboard; for new sessions
POST     /_control/reset             forget everything, lift every fault, mode "normal", clock running, cards only
GET      /_control/state             counts of objects, deliveries by state, faults, charges and refunds in short
=======  ==========================  ==========================================================================

A body is JSON and must say so: a web page cannot send that here without asking first, and it is never allowed to.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict

from .account import Account
from .errors import Json
from .faults import Fault, Kind
from .messages import Reply, Request, as_json
from .timers import run_due, settle
from .webhooks import Mode

_CHARGE = ("id", "amount", "amount_captured", "amount_refunded", "status", "payment_intent", "metadata", "created")
_REFUND = ("id", "amount", "status", "charge", "payment_intent", "metadata", "created")


class Control:
    """The control addresses of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._actions: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("POST", "webhooks"): self._webhooks,
            ("POST", "flush"): self._flush,
            ("POST", "resend"): self._resend,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._lift_faults,
            ("POST", "clock"): self._clock,
            ("POST", "settle"): self._settle,
            ("POST", "payment_methods"): self._payment_methods,
            ("POST", "reset"): self._reset,
            ("GET", "state"): self._state,
        }

    def answer(self, request: Request) -> Reply:
        """Do what is asked, or say in ``error`` why not."""
        if not request.from_this_machine:
            return as_json(403, {"error": "The control address answers on the loopback interface only."})
        action = self._actions.get((request.method, request.path.removeprefix("/_control/")))
        if action is None:
            return as_json(404, {"error": f"There is no {request.method} {request.path}."})
        if request.method == "POST" and request.headers.get("content-type", "") != "application/json":
            return as_json(415, {"error": "Send JSON, and say so in Content-Type."})
        try:
            return as_json(200, action(json.loads(request.body or b"{}")))
        except (KeyError, TypeError, ValueError, AttributeError, re.error) as problem:
            return as_json(400, {"error": f"{type(problem).__name__}: {problem}"})

    def _webhooks(self, body: Json) -> Json:
        webhooks = self._account.webhooks
        mode, delay_seconds = Mode(body.get("mode", Mode.NORMAL)), float(body.get("delay_seconds", 0))
        webhooks.mode, webhooks.delay_seconds = mode, delay_seconds
        return {"mode": mode, "delay_seconds": delay_seconds}

    def _flush(self, body: Json) -> Json:
        webhooks = self._account.webhooks
        outcome: Json = dict(webhooks.flush(reverse=bool(body.get("reverse", webhooks.mode is Mode.REVERSE))))
        return outcome

    def _resend(self, body: Json) -> Json:
        event_id = body["event"]
        if self._account.store.get("event", event_id) is None:
            raise ValueError(f"there is no event {event_id}")
        self._account.webhooks.resend(event_id)
        return {"event": event_id}

    def _add_fault(self, body: Json) -> Json:
        fault = Fault(
            method=body.get("method", "POST"),
            path=body["path"],
            kind=Kind(body["kind"]),
            seconds=float(body.get("seconds", 0)),
            times=int(body.get("times", 1)),
        )
        self._account.faults.add(fault)
        return asdict(fault)

    def _lift_faults(self, _body: Json) -> Json:
        self._account.faults.clear()
        return {}

    def _clock(self, body: Json) -> Json:
        moment = body["now"]
        self._account.clock.hold(None if moment is None else int(moment))
        return {"now": self._account.clock.now(), "ran": run_due(self._account)}

    def _settle(self, _body: Json) -> Json:
        return {"settled": settle(self._account)}

    def _payment_methods(self, body: Json) -> Json:
        self._account.takes_bacs_debit = body["bacs_debit"] is True
        return {"card": True, "bacs_debit": self._account.takes_bacs_debit}

    def _reset(self, _body: Json) -> Json:
        self._account.store.clear()
        self._account.faults.clear()
        self._account.clock.hold(None)
        self._account.takes_bacs_debit = False
        self._webhooks({})
        return {}

    def _state(self, _body: Json) -> Json:
        store = self._account.store
        return {
            "objects": dict(store.rows("SELECT kind, COUNT(*) FROM objects GROUP BY kind")),
            "deliveries": self._account.webhooks.counts(),
            "mode": self._account.webhooks.mode,
            "now": self._account.clock.now(),
            "faults": [asdict(fault) for fault in self._account.faults.pending()],
            "charges": [{name: charge[name] for name in _CHARGE} for charge in store.select("charge")],
            "refunds": [{name: refund[name] for name in _REFUND} for refund in store.select("refund")],
        }
