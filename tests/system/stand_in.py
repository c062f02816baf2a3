"""The Stripe stand-in as tests see it: over HTTP only, with the real `stripe` library pointed at it."""

import http.client
import json
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stripe

from payments.stand_in.server import Server

SECRET_KEY = "sk_test_stand_in_of_the_tests"
PUBLISHABLE_KEY = "pk_test_stand_in_of_the_tests"
WEBHOOK_SECRET = "whsec_stand_in_of_the_tests"
PATIENCE = 20.0
"""Seconds after which a wait is a failure; nothing is measured by it."""


@dataclass(frozen=True)
class Page:
    """What a browser got: it follows no redirect by itself."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


class StandIn:
    """The running stand-in as a test sees it: over HTTP only."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stripe = self.client(SECRET_KEY)

    def client(self, key: str, *, retries: int = 0) -> stripe.StripeClient:
        """The real library. It does not repeat by itself, so that each test sees each answer."""
        return stripe.StripeClient(
            key,
            base_addresses={"api": self.url},
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=PATIENCE),
        )

    def request(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Page:
        parts = urllib.parse.urlsplit(path if path.startswith("http") else self.url + path)
        connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body=body, headers=headers or {})
            answer = connection.getresponse()
            text = answer.read().decode()
            return Page(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
        finally:
            connection.close()

    def submit(self, path: str, **fields: str) -> Page:
        """Submit a form, as a browser without scripts does."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, urllib.parse.urlencode(fields), headers)

    def pay(self, address: str, number: str = "4242424242424242", **fields: str) -> Page:
        """Fill in the payment page and press "Pay"."""
        typed = {"number": number, "expiry": "12 / 34", "cvc": "123", "name": "Ada Example"} | fields
        return self.submit(address, **typed)

    def control(self, action: str, **body: Any) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        page = self.request("POST", f"/_control/{action}", json.dumps(body), headers)
        assert page.status == 200, page.text
        answer: dict[str, Any] = json.loads(page.text)
        return answer

    def state(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.request("GET", "/_control/state").text)
        return answer

    def event_types(self) -> list[str]:
        """Everything that happened, oldest first."""
        return [str(event.type) for event in self.stripe.v1.events.list({"limit": 100}).data][::-1]


def start_server(state: Path, webhook_url: str | None = None) -> Server:
    return Server(
        state_path=state,
        webhook_url=webhook_url,
        webhook_secret=WEBHOOK_SECRET,
        secret_key=SECRET_KEY,
        publishable_key=PUBLISHABLE_KEY,
    ).start()
