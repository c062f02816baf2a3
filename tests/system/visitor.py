"""A browser without scripts: it keeps cookies by path, fills in forms and follows redirects, over real HTTP."""

import http.client
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

TIMEOUT = 60.0
"""Seconds after which a wait is a failure; nothing is measured by it."""

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    def hidden(self, name: str) -> str:
        return unescape(dict(_HIDDEN.findall(self.text))[name])


@dataclass
class Visitor:
    """One person's browser at one site. `https` says so in the header that the proxy in front would set."""

    site: str
    https: bool = False
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        return self._request("GET", path, None)

    def post(self, page: Answer, path: str | None = None, **fields: str) -> Answer:
        """Submits the form of a page that was got, with its token, and follows no redirect."""
        token = _TOKEN.search(page.text)
        typed = {"csrfmiddlewaretoken": token[1] if token else ""} | fields
        return self._request("POST", path or page.path, urllib.parse.urlencode(typed))

    def follow(self, answer: Answer) -> Answer:
        assert answer.status in {302, 303}, (answer.path, answer.status, answer.text[:2000])
        return self.get(answer.location)

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _request(self, method: str, path: str, body: str | None) -> Answer:
        parts = urllib.parse.urlsplit(path)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Cookie": self._cookies_for(parts.path)} if self.cookies else {}
        if self.https:
            headers["X-Forwarded-Proto"] = "https"
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin()}
        answer = self._exchange(method, target, body, headers)
        self.statuses.append(answer.status)
        return answer

    def _exchange(self, method: str, target: str, body: str | None, headers: dict[str, str]) -> Answer:
        for is_last in (False, True):
            connection = self._connection or http.client.HTTPConnection(
                urllib.parse.urlsplit(self.site).netloc, timeout=TIMEOUT
            )
            is_fresh = self._connection is None
            try:
                connection.request(method, target, body=body, headers=headers)
                response = connection.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # A kept connection may be closed by the server between two requests; a new one may not.
                self.close()
                if is_fresh or is_last:
                    raise
                continue
            self._connection = connection
            self._keep_cookies(response)
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read(), target)
        raise AssertionError

    def _origin(self) -> str:
        return self.site.replace("http://", "https://") if self.https else self.site

    def _cookies_for(self, path: str) -> str:
        matching = ((name, value) for (name, root), value in self.cookies.items() if path.startswith(root))
        return "; ".join(f"{name}={value}" for name, value in matching)

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or []:
            pair, *attributes = [part.strip() for part in line.split(";")]
            name, _, value = pair.partition("=")
            values = {key.lower(): text for key, _, text in (part.partition("=") for part in attributes)}
            key = (name, values.get("path", "/"))
            if values.get("max-age") == "0":
                self.cookies.pop(key, None)
            else:
                self.cookies[key] = value.strip('"')


BOOKER = {
    "first_name": "Hannah",
    "last_name": "Okafor",
    "email": "hannah@example.org",
    "phone": "07700 900142",
    "purpose": "work",
    "coming": "on",
}


def hold_places(visitor: Visitor, code: str, places: int = 1) -> Answer:
    """Step 1: the answer to "Continue": a redirect when the places are held, else the page that says why not."""
    page = visitor.get(f"/sessions/{code}/book/")
    return visitor.post(page, places=str(places))


NOTHING_NEEDED = {f"{person}-answer": "nothing" for person in ("you", *(f"person-{number}" for number in range(1, 13)))}
"""Step 3, whoever comes."""


def go_to_check(visitor: Visitor, held: Answer, typed: Mapping[str, str] | None = None) -> Answer:
    """Steps 2 and 3, after the places are held: gives back the review."""
    people = visitor.follow(held)
    needs = visitor.follow(visitor.post(people, **(BOOKER | dict(typed or {}))))
    return visitor.follow(visitor.post(needs, **NOTHING_NEEDED))


def agree(visitor: Visitor, check: Answer) -> Answer:
    """Step 4: ticks the terms and presses, with what the review carries of what it shows."""
    carried = {name: check.hidden(name) for name in ("agreed_total", "terms_shown", "session_shown")}
    return visitor.post(check, terms="on", **carried)


def order_places(visitor: Visitor, code: str, places: int = 1, typed: Mapping[str, str] | None = None) -> Answer:
    """Steps 1 to 4: gives back the payment page (or the booking page of a free course)."""
    check = go_to_check(visitor, hold_places(visitor, code, places), typed)
    return visitor.follow(agree(visitor, check))


def pay_at_stripe(visitor: Visitor, page: Answer, card: str = "4242424242424242") -> Answer:
    """Presses "Continue to Stripe to pay", pays on the hosted page, and gives back what the return page answers."""
    sent = visitor.post(page)
    assert sent.status == 302, sent.text[:2000]
    stripe = Visitor(sent.location)
    hosted = stripe.get(sent.location)
    paid = stripe.post(hosted, number=card, expiry="12 / 34", cvc="123", name="Hannah Okafor")
    stripe.close()
    assert paid.status in {302, 303}, paid.text[:2000]
    return visitor.get(paid.location)


def book(visitor: Visitor, code: str, places: int = 1, typed: Mapping[str, str] | None = None) -> Answer:
    """The whole journey; gives back the booking page."""
    answer = pay_at_stripe(visitor, order_places(visitor, code, places, typed))
    return visitor.follow(answer) if answer.status == 302 else answer
