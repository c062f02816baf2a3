"""Failures on demand: which request fails, how, and how often."""

import re
import threading
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a request fails."""

    TIMEOUT_BEFORE = "timeout_before"
    """Nothing is done; no answer comes, and after ``seconds`` the connection closes."""
    TIMEOUT_AFTER = "timeout_after"
    """The work is done; no answer comes, and after ``seconds`` the connection closes."""
    UNAVAILABLE = "503"
    """Nothing is done and nothing is stored: a repetition may succeed."""
    BROKEN = "500"
    """Nothing is done, yet the answer is stored under the idempotency key: a repetition gets the same 500."""
    BROKEN_AFTER = "500_after"
    """The work is done, the answer is a 500, and it is stored under the idempotency key."""
    RATE_LIMITED = "429"
    """Nothing is done and nothing is stored."""
    SLOW = "slow"
    """Everything works, ``seconds`` later."""


@dataclass
class Fault:
    """A rule. ``path`` is a regular expression that matches from the start of the path, so a prefix will do."""

    method: str
    path: str
    kind: Kind
    seconds: float = 0.0
    times: int = 1


class Faults:
    """The rules in force. The oldest that fits is used, and used up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a rule in force. Raises ``re.error`` for a path that is no expression."""
        re.compile(fault.path)
        with self._lock:
            self._rules.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this request suffers, if any; one of its times is used up."""
        with self._lock:
            for fault in self._rules:
                if fault.method == method and re.match(fault.path, path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._rules.remove(fault)
                    return fault
        return None

    def pending(self) -> list[Fault]:
        """The rules still in force."""
        with self._lock:
            return list(self._rules)

    def clear(self) -> None:
        """Lift every rule."""
        with self._lock:
            self._rules.clear()
