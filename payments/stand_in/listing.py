"""Lists with Stripe's cursors, expanding of ids into objects, and merging of metadata."""

from typing import Any

from .account import Account
from .errors import Json, bad_parameter, refused

_EXPANDABLE: dict[tuple[str, str], str] = {
    ("payment_intent", "latest_charge"): "charge",
    ("payment_intent", "payment_method"): "payment_method",
    ("payment_intent", "customer"): "customer",
    ("charge", "payment_intent"): "payment_intent",
    ("charge", "customer"): "customer",
    ("refund", "charge"): "charge",
    ("refund", "payment_intent"): "payment_intent",
    ("checkout.session", "payment_intent"): "payment_intent",
    ("checkout.session", "customer"): "customer",
    ("payment_method", "customer"): "customer",
}
_DEEPEST = 4
_NEWER = "(created, number) > (?, (SELECT number FROM objects WHERE id = ?))"
_OLDER = "(created, number) < (?, (SELECT number FROM objects WHERE id = ?))"
_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(account: Account, kind: str, url: str, params: Json, **filters: str | None) -> Json:
    """One page of a list, newest first. ``filters`` are equalities on the columns of ``store``."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise bad_parameter("Invalid integer: limit must be between 1 and 100.", param="limit")
    conditions = [f"{column} = ?" for column, value in filters.items() if value is not None]
    values: list[Any] = [value for value in filters.values() if value is not None]
    created = params.get("created", {})
    bounds = {"gte": created, "lte": created} if isinstance(created, int) else created
    for bound, moment in bounds.items():
        conditions.append(f"created {_BOUNDS[bound]} ?")
        values.append(moment)
    backwards = "ending_before" in params
    if cursor := params.get("starting_after") or params.get("ending_before"):
        place = account.fetch(kind, cursor, "ending_before" if backwards else "starting_after")
        conditions.append(_NEWER if backwards else _OLDER)
        values += [place["created"], cursor]
    found = account.store.select(kind, " AND ".join(conditions), tuple(values), -1 if backwards else limit + 1)
    # Going backwards the page is the one next to the cursor, not the newest of all.
    chosen = found[-limit:] if backwards else found[:limit]
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": chosen}


def whole(objects: list[Json], url: str) -> Json:
    """A list that is short enough to show at once."""
    return {"object": "list", "url": url, "has_more": False, "data": objects}


def expand(account: Account, result: Json, paths: list[str]) -> Json:
    """Put objects in the place of ids, as ``expand[]`` asks."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEEPEST:
            raise bad_parameter(f"You cannot expand more than {_DEEPEST} levels of a property.", param="expand")
        if result.get("object") == "list":
            if steps[0] != "data":
                raise _cannot(path)
            for item in result["data"]:
                _expand_steps(account, item, steps[1:], path)
        else:
            _expand_steps(account, result, steps, path)
    return result


def _expand_steps(account: Account, item: Json, steps: list[str], path: str) -> None:
    if not steps:
        return
    field = steps[0]
    kind = item["object"]
    if (kind, field) == ("checkout.session", "line_items"):
        item[field] = whole(
            account.store.private(item["id"])["line_items"], f"/v1/checkout/sessions/{item['id']}/line_items"
        )
    elif (kind, field) == ("charge", "refunds"):
        item[field] = page(account, "refund", f"/v1/charges/{item['id']}/refunds", {}, charge=item["id"])
    elif (kind, field) not in _EXPANDABLE:
        raise _cannot(path)
    elif isinstance(item[field], str):
        item[field] = account.fetch(_EXPANDABLE[kind, field], item[field], field)
    if isinstance(item[field], dict) and item[field].get("object") != "list":
        _expand_steps(account, item[field], steps[1:], path)


def _cannot(path: str) -> Exception:
    return refused(f"This property cannot be expanded ({path}).")


def merge_metadata(before: dict[str, str], change: dict[str, str] | None) -> dict[str, str]:
    """Add and replace keys; an empty text removes its key; ``None`` removes them all."""
    if change is None:
        return {}
    merged = before | change
    return {key: value for key, value in merged.items() if value != ""}
