"""The pages a payer sees: Checkout's payment page and the 3-D Secure page, under ``/c/``.

They work without a script and allow none: the content policy lets in one style sheet of their own, and lets a form
lead only here and to where the payer goes next (browsers apply ``form-action`` to the redirect after a POST as well).
"""

import dataclasses
import hmac
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from . import authentication, bacs, charging, checkout, pages
from .account import Account
from .browser import FRAMED
from .cards import read_card
from .errors import Json, StripeError
from .messages import Reply, Request
from .pages import Problem, Typed
from .payment_methods import make
from .timers import run_due

_STYLE = Path(__file__).with_name("pay.css").read_bytes()
_FIELD_OF = {"number": "number", "exp_month": "expiry", "exp_year": "expiry", "cvc": "cvc"}
_FIELD_OF |= {"sort_code": "sort_code", "account_number": "account_number"}
_EXPIRY = re.compile(r"\s*(\d{1,2})\s*/?\s*(\d{4}|\d{2})\s*")


class Hosted:
    """The pages of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def answer(self, request: Request) -> Reply:
        """Show or process a page, in one transaction."""
        if request.path == "/c/pay.css":
            return Reply(200, _STYLE, {"Content-Type": "text/css", "Cache-Control": "max-age=300"})
        pages_at: dict[str, Callable[[Request, str], Reply]] = {"pay": self._pay, "authenticate": self._authenticate}
        _, _, place, *rest = request.path.split("/")
        page = pages_at.get(place)
        if page is None or len(rest) != 1 or request.method not in ("GET", "POST"):
            return _page(404, pages.over("Page not found", "There is nothing at this address."))
        run_due(self._account)
        with self._account.store.transaction():
            reply = page(request, rest[0])
        self._account.webhooks.wake()
        return reply

    def _pay(self, request: Request, session_id: str) -> Reply:
        session = self._account.store.get("checkout.session", session_id)
        if session is None:
            return _page(404, pages.over("Page not found", "This payment page does not exist."))
        if session["status"] == "complete":
            link = _success_url(session)
            return _page(200, pages.over("Already paid", "You have paid. Nothing more is due here.", link, "Go on"))
        if session["status"] == "expired":
            sentence = "This payment page has expired, and nothing was paid on it."
            return _page(410, pages.over("Page expired", sentence, session["cancel_url"]))
        if request.method == "GET":
            # What went wrong at the bank's page is told once, here.
            told = self._account.store.private(session_id).get("problem")
            self._account.store.remember(session_id, problem=None)
            return self._form(session, Typed(), Problem(told) if told else None)
        typed = _typed(request)
        try:
            return self._try_to_pay(request, session, typed)
        except StripeError as error:
            field = _FIELD_OF.get(error.error.get("param", ""), "")
            return self._form(session, typed, Problem(str(error), field))

    def _try_to_pay(self, request: Request, session: Json, typed: Typed) -> Reply:
        email = self._known_email(session) or typed.email
        if "@" not in email:
            return self._form(session, typed, Problem("Enter your email address.", "email"))
        if typed.method in session["payment_method_types"] and typed.method == "bacs_debit":
            return self._by_debit(session, typed, email)
        return self._by_card(request, session, typed, email)

    def _by_card(self, request: Request, session: Json, typed: Typed, email: str) -> Reply:
        expiry = _month_and_year(typed.expiry)
        problem = _incomplete(typed, expiry)
        if problem is not None or expiry is None:
            return self._form(session, typed, problem)
        card = read_card(typed.number, *expiry, typed.cvc, self._account.clock.now())
        checkout.note_payer(self._account, session, email=email, name=typed.name)
        method = make(self._account, card, expiry, billing={"email": email, "name": typed.name})
        intent = checkout.intent_of(self._account, session)
        if card.challenge:
            back = f"{request.base_url}{request.path}"
            authentication.ask(self._account, intent, method, request.base_url, back)
            return _redirect(authentication.address_of(request.base_url, intent))
        charging.attempt(self._account, intent, method)
        checkout.complete(self._account, session, intent)
        return _redirect(_success_url(session))

    def _by_debit(self, session: Json, typed: Typed, email: str) -> Reply:
        if not typed.holder:
            return self._form(session, typed, Problem("Enter the name on the account.", "holder"))
        bank_account = bacs.read_account(typed.sort_code, typed.account_number)
        checkout.note_payer(self._account, session, email=email, name=typed.holder)
        method = bacs.make_method(self._account, bank_account, email=email, name=typed.holder)
        intent = bacs.start(self._account, checkout.intent_of(self._account, session), method)
        checkout.complete(self._account, session, intent)
        return _redirect(_success_url(session))

    def _form(self, session: Json, typed: Typed, problem: Problem | None) -> Reply:
        lines = self._account.store.private(session["id"])["line_items"]
        known = self._known_email(session)
        body = pages.pay(session, lines, email=known, typed=typed, problem=problem)
        return _page(402 if problem else 200, body, session["success_url"])

    def _known_email(self, session: Json) -> str | None:
        if session["customer"] is not None:
            customer = self._account.store.get("customer", session["customer"])
            return customer["email"] if customer else None
        email: str | None = session["customer_email"]
        return email

    def _authenticate(self, request: Request, intent_id: str) -> Reply:
        intent = self._account.store.get("payment_intent", intent_id)
        fields = parse_qs(request.query if request.method == "GET" else request.body.decode("utf-8", "replace"))
        secret = fields.get("secret", [""])[0]
        if intent is None or not hmac.compare_digest(secret.encode(), intent["client_secret"].encode()):
            return _page(404, pages.over("Page not found", "This 3-D Secure page does not exist."))
        if intent["status"] != "requires_action":
            body = pages.over("Nothing to confirm", "This payment no longer waits for your bank.")
            return _page(410, body, framed=True)
        session_id = self._account.store.private(intent_id).get("session")
        session = self._account.fetch("checkout.session", session_id) if session_id else None
        next_action = intent["next_action"]
        onward = next_action["redirect_to_url"]["return_url"] if "redirect_to_url" in next_action else None
        if request.method == "GET":
            leads_to = session["success_url"] if session else onward
            return _page(200, pages.authenticate(intent), leads_to, framed=leads_to is None)
        return self._authenticated(intent, session, onward, passed=fields.get("outcome") == ["complete"])

    def _authenticated(self, intent: Json, session: Json | None, onward: str | None, *, passed: bool) -> Reply:
        problem = "We are unable to authenticate your payment method. Please choose another one and try again."
        try:
            authentication.finish(self._account, intent, passed=passed)
        except StripeError as error:
            problem = str(error)
        paid = intent["status"] in ("succeeded", "requires_capture")
        if session is not None and paid:
            checkout.complete(self._account, session, intent)
            return _redirect(_success_url(session))
        if session is not None:
            # The form posts to the address it is shown at, and that is the bank's: go back to the payment page first.
            self._account.store.remember(session["id"], problem=problem)
            return _redirect(onward or "")
        if onward is not None:
            return _redirect(authentication.returning_url(intent, onward))
        return _page(200, pages.over("Thank you" if paid else "Not confirmed", "You can close this page."), framed=True)


def _typed(request: Request) -> Typed:
    fields = parse_qs(request.body.decode("utf-8", "replace"))
    known = {field.name for field in dataclasses.fields(Typed)}
    return Typed(**{name: values[0].strip() for name, values in fields.items() if name in known})


def _incomplete(typed: Typed, expiry: tuple[int, int] | None) -> Problem | None:
    if not typed.number:
        return Problem("Enter your card number.", "number")
    if expiry is None:
        return Problem("Enter the expiry date of your card as month and year, such as 12 / 34.", "expiry")
    if not typed.cvc:
        return Problem("Enter the security code of your card.", "cvc")
    if not typed.name:
        return Problem("Enter the name on your card.", "name")
    return None


def _month_and_year(expiry: str) -> tuple[int, int] | None:
    match = _EXPIRY.fullmatch(expiry)
    if match is None:
        return None
    month, year = int(match[1]), int(match[2])
    return month, year if year >= 100 else year + 2000


def _success_url(session: Json) -> str:
    url: str = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    return url


def _page(status: int, body: bytes, leads_to: str | None = None, *, framed: bool = False) -> Reply:
    """``leads_to`` is where a form may end; ``framed`` is for the bank's page that Stripe.js shows in place."""
    parts = urlsplit(leads_to or "")
    onward = f" {parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""
    ancestors = FRAMED if framed else "frame-ancestors 'none'"
    policy = f"default-src 'none'; style-src 'self'; base-uri 'none'; {ancestors}; form-action 'self'{onward}"
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Reply(status, body, headers)


def _redirect(url: str) -> Reply:
    return Reply(303, b"", {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
