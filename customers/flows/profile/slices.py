"""Pages of long lists, each beginning where the one before ended.

That costs the same however far back somebody looks, and a row that is added meanwhile moves nothing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

SIZE = 20

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Microseconds up to the year 9999, and a key.
_CURSOR = re.compile(r"([0-9]{1,18})-([0-9a-f-]{1,36})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Slice[M: Model]:
    rows: list[M]
    earlier: str
    """Names the next page, for an address; empty on the last one."""
    is_first: bool


def slice_of[M: Model](rows: QuerySet[M], *, by: str, before: str) -> Slice[M]:
    """The newest SIZE rows by this time, or those `before` a place that an earlier slice named.

    A place that can't be read is the beginning: addresses are typed and cut off. One query.
    """
    cursor = _read(before, rows.model)
    if cursor:
        at, key = cursor
        rows = rows.filter(Q(**{f"{by}__lte": at}) & (Q(**{f"{by}__lt": at}) | Q(pk__lt=key)))
    found = list(rows.order_by(f"-{by}", "-pk")[: SIZE + 1])
    shown = found[:SIZE]
    is_more = len(found) > SIZE
    return Slice(shown, _place(shown[-1], by) if is_more else "", is_first=cursor is None)


def _place(row: Model, by: str) -> str:
    microseconds = (getattr(row, by) - _EPOCH) // timedelta(microseconds=1)
    return f"{microseconds}-{row.pk}"


def _read(text: str, model: type[Model]) -> tuple[datetime, Any] | None:
    match = _CURSOR.fullmatch(text)
    if match is None:
        return None
    try:
        at = _EPOCH + timedelta(microseconds=int(match[1]))
        return at, model._meta.pk.to_python(match[2])
    except (OverflowError, ValidationError):
        return None
