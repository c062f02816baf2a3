"""A buyer's whole way through the site, and how long the site kept them waiting on it."""

import time
from dataclasses import dataclass
from typing import override

from tests.system.visitor import Answer, Visitor, agree, go_to_check, hold_places, pay_at_stripe


@dataclass
class TimedVisitor(Visitor):
    """A browser that adds up how long each answer of its site took; time spent at Stripe's page is not in it."""

    seconds: float = 0.0
    slowest: float = 0.0

    @override
    def _exchange(self, method: str, target: str, body: str | None, headers: dict[str, str]) -> Answer:
        started = time.perf_counter()
        answer = super()._exchange(method, target, body, headers)
        took = time.perf_counter() - started
        self.seconds += took
        self.slowest = max(self.slowest, took)
        return answer


@dataclass(frozen=True)
class Bought:
    """One buyer's end. Instants are of the machine's one monotonic clock; 0.0 is never."""

    held_at: float
    confirmed_at: float
    seconds: float
    slowest: float
    statuses: list[int]


class Buyer:
    """Somebody who wants one place."""

    def __init__(self, site: str, code: str, email: str) -> None:
        self._visitor = TimedVisitor(site)
        self._email = email
        self._held = hold_places(self._visitor, code)
        self._held_at = time.perf_counter() if self._held.status == 302 else 0.0
        self._confirmed_at = 0.0

    def go_on(self) -> Bought:
        """People, requirements, check, order, payment page, Stripe, return, confirmation; nothing without a place."""
        if self._held_at and self._order_and_pay().status == 200:
            self._confirmed_at = time.perf_counter()
        visitor = self._visitor
        visitor.close()
        return Bought(self._held_at, self._confirmed_at, visitor.seconds, visitor.slowest, visitor.statuses)

    def _order_and_pay(self) -> Answer:
        visitor = self._visitor
        check = go_to_check(visitor, self._held, {"email": self._email})
        payment = visitor.follow(agree(visitor, check))
        return visitor.follow(pay_at_stripe(visitor, payment))


def buy(site: str, code: str, email: str) -> Bought:
    """The whole way at a stretch."""
    return Buyer(site, code, email).go_on()
