"""Reading events. They are made by ``Account.emit`` and sent by ``webhooks``."""

from .account import Account, Call
from .errors import Json, unsupported
from .listing import page


def retrieve(account: Account, call: Call) -> Json:
    """GET /v1/events/:id"""
    return account.fetch("event", call.ids[0])


def listed(account: Account, call: Call) -> Json:
    """GET /v1/events, perhaps of one type"""
    wanted: str | None = call.params.get("type")
    if wanted and "*" in wanted:
        raise unsupported("families of event types", "type")
    return page(account, "event", "/v1/events", call.params, **{"json_extract(body, '$.type')": wanted})
