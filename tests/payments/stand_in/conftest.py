"""A running stand-in, the real ``stripe`` library pointed at it, a payer's browser, and a receiver of webhooks."""

import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest
import stripe

from tests.system.stand_in import PATIENCE, StandIn, start_server

Parameters = Any
"""Parameters of a call: the library's own types would refuse the wrong ones that tests pass on purpose."""


@dataclass(frozen=True)
class Arrival:
    """One webhook request as it arrived."""

    event: dict[str, Any]
    body: str
    signature: str


class Sink:
    """A webhook endpoint that keeps what arrives. ``statuses`` are its next answers; then it says 200."""

    def __init__(self) -> None:
        self.arrivals: queue.Queue[Arrival] = queue.Queue()
        self.statuses: list[int] = []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status = sink.statuses.pop(0) if sink.statuses else 200
                sink.arrivals.put(Arrival(json.loads(body), body, self.headers["Stripe-Signature"]))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/webhooks/stripe/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self) -> Arrival:
        return self.arrivals.get(timeout=PATIENCE)

    def types(self, count: int) -> list[str]:
        """The types of the next ``count`` events, in order of arrival."""
        return [self.next().event["type"] for _ in range(count)]

    def empty(self) -> bool:
        return self.arrivals.empty()

    def clear(self) -> None:
        self.statuses = []
        while not self.arrivals.empty():
            self.arrivals.get_nowait()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def error_of(refusal: pytest.ExceptionInfo[stripe.StripeError]) -> dict[str, Any]:
    """The error object of a refused call."""
    return cast("dict[str, Any]", cast("dict[str, Any]", refusal.value.json_body)["error"])


@pytest.fixture(scope="session")
def receiver() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.stop()


@pytest.fixture(scope="session")
def running(receiver: Sink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    server = start_server(tmp_path_factory.mktemp("stand_in") / "state.sqlite3", receiver.url)
    yield StandIn(server.url)
    server.stop()


@pytest.fixture
def stand_in(running: StandIn, receiver: Sink) -> Iterator[StandIn]:
    """The stand-in, empty. Its events are kept back: only the tests of webhooks let them go."""
    running.control("reset")
    running.control("webhooks", mode="hold")
    yield running
    running.control("reset")
    receiver.clear()


@pytest.fixture
def sink(stand_in: StandIn, receiver: Sink) -> Sink:
    """The receiver of webhooks, with events delivered as they happen."""
    receiver.clear()
    stand_in.control("webhooks", mode="normal")
    return receiver


@pytest.fixture
def intent_parameters() -> Parameters:
    """A PaymentIntent of 45 pounds that is paid at once by card."""
    return {
        "amount": 4500,
        "currency": "gbp",
        "confirm": True,
        "payment_method": "pm_card_visa",
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "metadata": {"payment": "p-1"},
    }


@pytest.fixture
def session_parameters() -> Parameters:
    """A Checkout session of two places at 45 pounds."""
    return {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 2,
                "price_data": {
                    "currency": "gbp",
                    "unit_amount": 4500,
                    "product_data": {"name": "Emergency First Aid <at> Work"},
                },
            }
        ],
        "success_url": "https://shop.example/done/?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/back/",
        "customer_email": "ada@example.com",
        "client_reference_id": "p-1",
        "metadata": {"booking": "RFT-2222-22"},
        "payment_intent_data": {"metadata": {"payment": "p-1"}, "description": "RFT-2222-22"},
    }
