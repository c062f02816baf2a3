"""Every public address, with each state of its page and the way there.

A new public address has to be added here, or named in NO_PAGES with its reason (test_addresses.py).
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.scenes import Scene

NO_PAGES = {
    "favicon": "a picture",
    "healthz": "for machines",
    "readyz": "for machines",
    "admin": "the office",
    "bookings:robots": "for machines",
    "bookings:sitemap": "for machines",
    "bookings:booking_calendar": "a file",
    "bookings:place_calendar": "a file",
    "customers:sign_out": "only a press, which leads to signing in",
    "payments:form": "for the script of the payment page",
    "payments:ask": "for the script of the payment page",
    "payments:more_time": "only a press, which leads back to the payment page",
    "payments:stripe_webhook": "for Stripe",
    "payments:stripe_webhook_old": "for Stripe",
}


@dataclass(frozen=True)
class State:
    """One page as somebody meets it."""

    address: str
    """The name of its address, or "error" for those pages that any address may answer with."""
    what: str
    come: Callable[[Scene], object]
    h1: str
    """Where a number stands in it, with * in its place."""
    status: int = 200
    focus: str = "body"
    """As in Seen."""
    is_error: bool = False
    """Whether its title begins with "Error:"."""
    is_before_payment: bool = True

    @property
    def name(self) -> str:
        return f"{self.address} {self.what}".replace(":", "-").replace(" ", "-").replace(",", "")
