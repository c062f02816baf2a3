"""The one Stripe account this server plays: its keys, its memory, its clock, and the events it tells of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import stripe

from .clock import Clock
from .errors import Json, not_found
from .faults import Faults
from .shapes import blank
from .store import Store, new_id
from .webhooks import Webhooks


@dataclass(frozen=True)
class Call:
    """One request to an endpoint: checked parameters, the ids in its address, and who asks."""

    params: Json
    ids: tuple[str, ...]
    publishable: bool
    base_url: str


class Account:
    """Everything an endpoint needs. Endpoints run one at a time, inside a transaction of ``store``.

    ``takes_bacs_debit`` is a switch of Stripe's Dashboard: dynamic payment methods offer what is switched on there.
    """

    def __init__(self, store: Store, webhooks: Webhooks, *, secret_key: str, publishable_key: str) -> None:
        self.store = store
        self.webhooks = webhooks
        self.secret_key = secret_key
        self.publishable_key = publishable_key
        self.clock = Clock()
        self.faults = Faults()
        self.takes_bacs_debit = False
        self._origin: Json = {"id": None, "idempotency_key": None}

    @contextmanager
    def acting_for(self, request_id: str, idempotency_key: str | None) -> Iterator[None]:
        """Name the request behind the events of this block. Only inside a transaction, which no other thread shares."""
        self._origin = {"id": request_id, "idempotency_key": idempotency_key}
        try:
            yield
        finally:
            self._origin = {"id": None, "idempotency_key": None}

    def make(self, kind: str, prefix: str, private: Json | None = None, **values: Any) -> Json:
        """Store a new object of a kind with a fresh id, stamped now."""
        body = blank(kind, id=new_id(prefix), created=self.clock.now(), **values)
        return self.store.add(body, private)

    def fetch(self, kind: str, object_id: str, param: str = "id") -> Json:
        """The object. Raises Stripe's 404."""
        found = self.store.get(kind, object_id)
        if found is None:
            raise not_found(kind.replace(".", "_"), object_id, param)
        return found

    def emit(self, event_type: str, about: Json, before: Json | None = None) -> None:
        """Record an event about an object as it is now, and its deliveries."""
        data: Json = {"object": about}
        if before is not None:
            data["previous_attributes"] = {name: before[name] for name in about if before.get(name) != about[name]}
        event = self.make(
            "event",
            "evt_",
            api_version=stripe.api_version,
            type=event_type,
            data=data,
            request=dict(self._origin),
            pending_webhooks=1,
        )
        self.webhooks.post(event["id"])

    def set_timer(self, action: str, object_id: str, due: int) -> None:
        """Have ``action`` done to an object when the clock reaches ``due`` (see ``timers``)."""
        self.store.run("INSERT INTO timers (action, object, due) VALUES (?, ?, ?)", (action, object_id, due))
