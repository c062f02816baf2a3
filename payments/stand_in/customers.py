"""Customers, as far as a one-off payment needs them."""

from typing import Any

from .account import Account, Call
from .errors import Json
from .listing import merge_metadata, page
from .store import new_id

_FIELDS = ("name", "email", "phone", "description", "address", "preferred_locales")


def create(account: Account, call: Call) -> Json:
    """POST /v1/customers"""
    return make(account, metadata=call.params.get("metadata") or {}, **_known(call.params))


def make(account: Account, **values: Any) -> Json:
    """Store a customer and tell of it."""
    body = account.make("customer", "cus_", **values, invoice_prefix=new_id("", 8).upper())
    account.emit("customer.created", body)
    return body


def _known(params: Json) -> Json:
    return {name: params[name] or None for name in _FIELDS if name in params}


def retrieve(account: Account, call: Call) -> Json:
    """GET /v1/customers/:id"""
    return account.fetch("customer", call.ids[0])


def update(account: Account, call: Call) -> Json:
    """POST /v1/customers/:id"""
    before = account.fetch("customer", call.ids[0])
    body = before | _known(call.params)
    if "metadata" in call.params:
        body["metadata"] = merge_metadata(before["metadata"], call.params["metadata"])
    account.store.save(body)
    account.emit("customer.updated", body, before)
    return body


def delete(account: Account, call: Call) -> Json:
    """DELETE /v1/customers/:id. What was paid stays."""
    body = account.fetch("customer", call.ids[0])
    account.store.run("DELETE FROM objects WHERE id = ?", (body["id"],))
    account.emit("customer.deleted", body)
    return {"id": body["id"], "object": "customer", "deleted": True}


def listed(account: Account, call: Call) -> Json:
    """GET /v1/customers, perhaps by the exact e-mail address (case counts, as at Stripe)."""
    email = call.params.get("email")
    filters = {"json_extract(body, '$.email')": email}
    return page(account, "customer", "/v1/customers", call.params, **filters)
