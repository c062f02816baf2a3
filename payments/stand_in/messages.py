"""A request and a reply, apart from the server that reads and writes them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """What arrived. Header names are in lower case; ``base_url`` is how the caller reached this server."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    from_this_machine: bool


@dataclass
class Reply:
    """What goes back. With ``silence`` set nothing does: the connection stays open so many seconds and then closes."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    silence: float | None = None


def as_json(status: int, body: Any) -> Reply:
    """A reply of JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Reply(status, text.encode(), {"Content-Type": "application/json"})


def no_answer(seconds: float) -> Reply:
    """A connection that stays silent and then closes."""
    return Reply(0, b"", silence=seconds)
