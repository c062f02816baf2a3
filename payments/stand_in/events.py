"""Reading events. They are made by ``Account.emit`` and sent by ``webhooks``."""

from .account import Account, Call
from .errors import Json
from .listing import page


def retrieve(account: Account, call: Call) -> Json:
    """GET /v1/events/:id"""
    return account.fetch("event", call.ids[0])


def listed(account: Account, call: Call) -> Json:
    """GET /v1/events, perhaps of one type (``charge.*`` for a family is not played)"""
    return page(
        account, "event", "/v1/events", call.params, **{"json_extract(body, '$.type')": call.params.get("type")}
    )
