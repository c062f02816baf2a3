"""Checkout sessions: the API of them. Their page is ``hosted``.

A session makes its PaymentIntent when the payer first presses "Pay" (API version 2022-08-01 and later:
https://docs.stripe.com/changelog/2022-08-01/deferred-paymentintent-checkout-session), not before.
"""

from typing import Any

from . import customers, intents
from .account import Account, Call
from .amounts import check_amount, checked_currency
from .errors import Json, bad_parameter, refused, unsupported
from .listing import merge_metadata, page, whole
from .shapes import blank
from .store import new_id
from .urls import check_url

SHORTEST = 30 * 60
LONGEST = 24 * 3600
"""Bounds of ``expires_at``, in seconds from creation: https://docs.stripe.com/api/checkout/sessions/create."""
EXPIRE = "expire_session"

_ONLY: dict[str, tuple[Any, ...]] = {
    "mode": ("payment",),
    "ui_mode": ("hosted_page",),
    "allowed_payment_method_types": (["card"],),
    "automatic_tax": ({"enabled": False},),
    "phone_number_collection": ({"enabled": False},),
    "invoice_creation": ({"enabled": False},),
    "adaptive_pricing": ({"enabled": False},),
    "allow_promotion_codes": (False,),
    "billing_address_collection": ("auto",),
}
"""Parameters that are taken with these values only: the rest of what Stripe does with them is not played."""
_PLAIN = ("cancel_url", "client_reference_id", "customer_email", "locale", "submit_type", "customer_creation")
_INTENT = ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "capture_method")


def create(account: Account, call: Call) -> Json:
    """POST /v1/checkout/sessions"""
    params = call.params
    _check(account, params)
    now = account.clock.now()
    currency, lines = _lines(params, now)
    total = sum(line["amount_total"] for line in lines)
    check_amount(total, currency, param="line_items", subject="The Checkout Session's total amount due")
    session_id = new_id("cs_test_a1", 56)
    session = blank(
        "checkout.session",
        id=session_id,
        created=now,
        expires_at=_expires_at(params, now),
        amount_subtotal=total,
        amount_total=total,
        currency=currency,
        metadata=merge_metadata({}, params.get("metadata", {})),
        success_url=params["success_url"],
        customer=params.get("customer"),
        url=f"{call.base_url}/c/pay/{session_id}",
        payment_method_types=_payment_methods(account, params, currency),
        **{name: params[name] for name in _PLAIN if name in params},
    )
    account.store.add(session, {"line_items": lines, "intent": _intent_data(params)})
    account.set_timer(EXPIRE, session_id, session["expires_at"])
    return session


def _check(account: Account, params: Json) -> None:
    for name in ("mode", "line_items", "success_url"):
        if not params.get(name):
            raise bad_parameter(f"Missing required param: {name}.", code="parameter_missing", param=name)
    for name, allowed in _ONLY.items():
        if name in params and params[name] not in allowed:
            raise unsupported(f"{name} = {params[name]!r} in a Checkout session", name)
    if unknown := set(params.get("payment_intent_data", {})) - {"metadata", *_INTENT}:
        name = f"payment_intent_data[{min(unknown)}]"
        raise unsupported(f"{name} in a Checkout session", name)
    for name in ("success_url", "cancel_url"):
        if params.get(name):
            check_url(params[name], name)
    if params.get("customer") and params.get("customer_email"):
        raise bad_parameter("You may only specify one of these parameters: customer, customer_email.", param="customer")
    if params.get("customer"):
        account.fetch("customer", params["customer"], "customer")


def _expires_at(params: Json, now: int) -> int:
    expires_at: int = params.get("expires_at", now + LONGEST)
    if expires_at < now + SHORTEST:
        raise bad_parameter(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at"
        )
    if expires_at > now + LONGEST:
        raise bad_parameter(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at"
        )
    return expires_at


def _lines(params: Json, now: int) -> tuple[str, list[Json]]:
    lines = [_line(given, f"line_items[{place}]", now) for place, given in enumerate(params["line_items"])]
    currencies = {line["currency"] for line in lines}
    if len(currencies) > 1 or str(params.get("currency", lines[0]["currency"])).lower() not in currencies:
        raise bad_parameter("The line items must all have the currency of the Checkout Session.", param="line_items")
    return lines[0]["currency"], lines


def _line(given: Json, name: str, now: int) -> Json:
    if "price" in given or "price_data" not in given:
        raise unsupported("stored prices; describe the price with price_data", f"{name}[price]")
    data = given["price_data"]
    for part in ("recurring", "unit_amount_decimal", "product"):
        if part in data:
            raise unsupported(f"{part} in price_data", f"{name}[price_data][{part}]")
    for part in ("unit_amount", "product_data"):
        if part not in data:
            missing = f"{name}[price_data][{part}]"
            raise bad_parameter(f"Missing required param: {missing}.", code="parameter_missing", param=missing)
    if data["unit_amount"] < 0 or given.get("quantity", 0) < 1:
        raise bad_parameter(
            "A line item needs a quantity of at least 1 and a unit_amount of at least 0.",
            code="parameter_invalid_integer",
            param=f"{name}[quantity]" if data["unit_amount"] >= 0 else f"{name}[price_data][unit_amount]",
        )
    currency = checked_currency(data["currency"], f"{name}[price_data][currency]")
    amount = data["unit_amount"] * given["quantity"]
    line = blank(
        "line_item",
        id=new_id("li_1", 23),
        amount_subtotal=amount,
        amount_total=amount,
        currency=currency,
        description=data["product_data"]["name"],
        quantity=given["quantity"],
        metadata=given.get("metadata", {}),
    )
    line["price"].update(
        id=new_id("price_1", 23),
        product=new_id("prod_", 14),
        created=now,
        currency=currency,
        unit_amount=data["unit_amount"],
        unit_amount_decimal=str(data["unit_amount"]),
        tax_behavior=data.get("tax_behavior", "unspecified"),
    )
    return line


def _payment_methods(account: Account, params: Json, currency: str) -> list[str]:
    """Dynamic payment methods: what the Dashboard has switched on, as far as it fits this payment."""
    held = params.get("payment_intent_data", {}).get("capture_method") == "manual"
    narrowed = "allowed_payment_method_types" in params
    debit = account.takes_bacs_debit and currency == "gbp" and not held and not narrowed
    return ["card", "bacs_debit"] if debit else ["card"]


def _intent_data(params: Json) -> Json:
    given = params.get("payment_intent_data", {})
    return {name: given[name] for name in _INTENT if name in given} | {"metadata": given.get("metadata") or {}}


def intent_of(account: Account, session: Json) -> Json:
    """The session's PaymentIntent, made now if this is the first attempt to pay."""
    if session["payment_intent"] is not None:
        return account.fetch("payment_intent", session["payment_intent"])
    intent = intents.make(
        account,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        payment_method_types=session["payment_method_types"],
        automatic_payment_methods={"allow_redirects": "always", "enabled": True},
        private={"session": session["id"]},
        **account.store.private(session["id"])["intent"],
    )
    session["payment_intent"] = intent["id"]
    account.store.save(session)
    return intent


def complete(account: Account, session: Json, intent: Json) -> Json:
    """The payer has paid, or the bank has set the money aside for a manual capture."""
    session.update(
        status="complete",
        payment_status="paid" if intent["status"] == "succeeded" else "unpaid",
        url=None,
    )
    account.store.save(session)
    account.emit("checkout.session.completed", session)
    return session


def note_payer(account: Account, session: Json, *, email: str, name: str) -> Json:
    """Remember what the payer typed, and make a customer of them when the session asks for one."""
    details: Json = {"address": None, "business_name": None, "email": email, "individual_name": None, "name": name,
               "phone": None, "tax_exempt": "none", "tax_ids": []}  # fmt: skip
    session["customer_details"] = details
    if session["customer"] is None and session["customer_creation"] == "always":
        session["customer"] = customers.make(account, email=email, name=name)["id"]
    return account.store.save(session)


def expire(account: Account, call: Call) -> Json:
    """POST /v1/checkout/sessions/:id/expire"""
    session = account.fetch("checkout.session", call.ids[0], "session")
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
            f" {session['status']}."
        )
    return end(account, session)


def expire_by_itself(account: Account, session_id: str) -> None:
    """The timer at ``expires_at``: does nothing to a session that is over."""
    session = account.store.get("checkout.session", session_id)
    if session is not None and session["status"] == "open":
        end(account, session)


def end(account: Account, session: Json) -> Json:
    """Expire an open session: nobody can pay it any more, and its intent is cancelled."""
    session.update(status="expired", url=None)
    account.store.save(session)
    if session["payment_intent"] is not None:
        intent = account.fetch("payment_intent", session["payment_intent"])
        if intent["status"] in intents.CANCELABLE:
            intents.end(account, intent, "automatic")
    account.emit("checkout.session.expired", session)
    return session


def retrieve(account: Account, call: Call) -> Json:
    """GET /v1/checkout/sessions/:id"""
    return account.fetch("checkout.session", call.ids[0], "session")


def update(account: Account, call: Call) -> Json:
    """POST /v1/checkout/sessions/:id: its metadata only."""
    session = account.fetch("checkout.session", call.ids[0], "session")
    if "metadata" in call.params:
        session["metadata"] = merge_metadata(session["metadata"], call.params["metadata"])
    return account.store.save(session)


def line_items(account: Account, call: Call) -> Json:
    """GET /v1/checkout/sessions/:id/line_items, all of them"""
    session = account.fetch("checkout.session", call.ids[0], "session")
    lines = account.store.private(session["id"])["line_items"]
    return whole(lines, f"/v1/checkout/sessions/{session['id']}/line_items")


def listed(account: Account, call: Call) -> Json:
    """GET /v1/checkout/sessions, perhaps of one PaymentIntent, customer or status"""
    filters = {name: call.params.get(name) for name in ("payment_intent", "customer")}
    filters["json_extract(body, '$.status')"] = call.params.get("status")
    return page(account, "checkout.session", "/v1/checkout/sessions", call.params, **filters)
