"""The stand-in for Stripe while demo data are loaded: its clock held in the past, its webhooks dropped, cards paid.

Pages are paid as a browser pays them, with Stripe's documented test cards, so that each payment is one that the site
could have taken, and can be refunded. Only the stand-in has control addresses: against Stripe itself nothing works.
"""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from config.demo.people import DemoPerson
from config.kernel import clock

_PATIENCE_SECONDS = 20
# Number and security code, from https://docs.stripe.com/testing#cards.
_CARDS = (("4242424242424242", "123"), ("5555555555554444", "123"), ("378282246310005", "1234"))


class NoStandIn(Exception):
    """There is no stand-in for Stripe to make payments in; the text is a sentence for who started the load."""


class Till:
    """Made by `open_till`."""

    def __init__(self) -> None:
        address = urlsplit(settings.STRIPE_API_BASE)
        if not settings.STRIPE_SECRET_KEY.startswith("sk_test_") or address.scheme != "http" or not address.netloc:
            raise NoStandIn(
                "Demo payments are made in the stand-in for Stripe only. Set STRIPE_API_BASE to its address and "
                "STRIPE_SECRET_KEY to its key (sk_test_...), or let `make run` do both."
            )
        self._connection = http.client.HTTPConnection(address.netloc, timeout=_PATIENCE_SECONDS)
        self._expiry = f"12 / {(clock.london_today().year + 4) % 100:02d}"

    def control(self, action: str, **body: Any) -> None:
        """Steers the stand-in. Raises NoStandIn when what answers is something else, or nothing does."""
        headers = {"Content-Type": "application/json"}
        status = self._send("POST", f"/_control/{action}", json.dumps(body), headers)
        if status != http.HTTPStatus.OK:
            raise NoStandIn(f"What answers at {settings.STRIPE_API_BASE} is not the stand-in for Stripe.")

    def hold_clock(self, moment: datetime) -> None:
        """For the stand-in it is this second from now on."""
        self.control("clock", now=int(moment.timestamp()))

    def let_clock_run(self) -> None:
        """It is now again."""
        self.control("clock", now=None)

    def pay(self, page: str, person: DemoPerson) -> None:
        """Fills in a payment page and presses "Pay". Each person always pays with the same card."""
        number, security_code = _CARDS[len(person.email) % len(_CARDS)]
        typed = {
            "number": number,
            "expiry": self._expiry,
            "cvc": security_code,
            "name": f"{person.first_name} {person.last_name}",
            "email": person.email,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status = self._send("POST", urlsplit(page).path, urlencode(typed), headers)
        if status not in {http.HTTPStatus.FOUND, http.HTTPStatus.SEE_OTHER}:
            raise RuntimeError(f"A demo payment was not taken: the payment page answered {status}.")

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, path: str, body: str, headers: dict[str, str]) -> int:
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise NoStandIn(f"The stand-in for Stripe does not answer at {settings.STRIPE_API_BASE}.") from error
        return answer.status


@contextmanager
def open_till() -> Iterator[Till]:
    """The stand-in, keeping its events to itself until the block ends. Raises NoStandIn before anything is done."""
    till = Till()
    try:
        # The site knows all of it from here already, and the stand-in would tell it thousands of old stories.
        till.control("webhooks", mode="drop")
        try:
            yield till
        finally:
            till.let_clock_run()
            till.control("webhooks", mode="normal")
    finally:
        till.close()
