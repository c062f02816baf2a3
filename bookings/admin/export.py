"""Bookings as a file for a spreadsheet: what the filters of the list select, written some rows at a time as it is read.

What people said they need is not in it. Cells that a spreadsheet would take for a formula begin with an apostrophe.
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from itertools import batched
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import BadRequest
from django.db import transaction
from django.db.models import Func, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from bookings.models import Attendee, Booking
from config.kernel import clock
from config.office import staff_page
from customers.services.viewings import record_viewing
from payments.money_states import Standing

# Rows that are in memory at once: read, written and sent together. More make nothing quicker, only the process larger.
_ROWS = 500
_BOM = "\ufeff"
# OWASP, "CSV Injection". Forms of other widths are told by what they stand for.
_BEGIN_FORMULAS = frozenset("=+-@\t\r\n\N{MINUS SIGN}")
_INVISIBLE = frozenset({"Cc", "Cf"})

# What each column is called, and what it holds: something the database says, or something worked out of that.
_COLUMNS = {
    "Reference": "reference",
    "Places are": "place",
    "Course": "session__course__name",
    "Session": "session__code",
    "Starts": "starts",
    "Ends": "ends",
    "Venue": "session__venue__name",
    "Town": "session__venue__town",
    "Places": "number",
    "People": "people",
    "First name": "contact_first_name",
    "Last name": "contact_last_name",
    "Email": "contact_email",
    "Telephone": "contact_phone",
    "Company": "company",
    "PO number": "po_number",
    "Price a place": "price_per_place",
    "VAT rate": "vat_rate",
    "Total": "total",
    "Money": "money",
    "Paid": "paid_amount",
    "Refunded": "refunded_amount",
    "Refund on its way": "on_its_way_amount",
    "Due": "due",
    "Source": "where_from",
    "Heard of us": "referral_source",
    "Booked": "booked",
    "Confirmed": "confirmed",
    "Cancelled": "cancelled",
    "Terms version": "policy__version",
}
_MOMENTS = {
    "starts": "session__starts_at",
    "ends": "session__ends_at",
    "booked": "created_at",
    "confirmed": "confirmed_at",
    "cancelled": "cancelled_at",
}
_NUMBERS = {
    *("number", "price_per_place", "vat_rate", "total", "paid_amount", "refunded_amount", "on_its_way_amount", "due"),
    "policy__version",
}
_TEXTS = [name for name in _COLUMNS.values() if name not in _NUMBERS and name not in _MOMENTS]
_WORKED_OUT = {"place", "number", "people", "money", "due", "where_from"}
_READ_FIELDS = (*(name for name in _COLUMNS.values() if name not in _WORKED_OUT), "status", "source", "names")
_SUMS = ("status", "total", "paid_amount", "refunded_amount", "on_its_way_amount")
_PLACES = {str(value): str(words) for value, words in Booking.Status.choices}
_SOURCES = {str(value): str(words) for value, words in Booking.Source.choices}


@staff_page("bookings/booking/export/", name="bookings_booking_export", permission="bookings.export_booking")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Every row that the list's filters select, newest first. Who exported how many, by which filters, is kept."""
    try:
        changelist = admin.site.get_model_admin(Booking).get_changelist_instance(request)
    except IncorrectLookupParameters as error:
        raise BadRequest("No such filter") from error
    bookings = changelist.queryset
    record_viewing(
        user_id=None,
        what="bookings exported",
        subject_kind=f"{bookings.count()} bookings",
        subject_key=_filters(request, changelist),
    )
    name = f"bookings-{clock.london_today().isoformat()}.csv"
    return StreamingHttpResponse(
        lines(bookings),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def lines(bookings: QuerySet[Booking]) -> Iterator[str]:
    """The file in pieces, the first before anything is read. One query, and memory for `_ROWS`, however many come."""
    yield _BOM + _csv([list(_COLUMNS)])
    # In a transaction the database hands rows over as it finds them; without, it would gather all of them first.
    with transaction.atomic():
        rows = _rows(bookings).iterator(chunk_size=_ROWS)
        for some in batched(rows, _ROWS, strict=False):
            yield _csv(_written(some))


def safe(text: str) -> str:
    """What a spreadsheet takes for text, however it begins: also after spaces and signs that nobody sees."""
    if not text or text[0].isalnum():
        return text
    for sign in text:
        if unicodedata.normalize("NFKC", sign) in _BEGIN_FORMULAS:
            return f"'{text}"
        if not sign.isspace() and unicodedata.category(sign) not in _INVISIBLE:
            break
    return text


class _LondonMinute(Func):
    """A moment as it is written: London's, the minute it is in; nothing for none. Dates in Python cost more."""

    template = "COALESCE(to_char(%(expressions)s AT TIME ZONE 'Europe/London', 'YYYY-MM-DD HH24:MI'), '')"
    output_field = TextField()


def _rows(bookings: QuerySet[Any]) -> QuerySet[Any, tuple[Any, ...]]:
    people = Attendee.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    full_name = Concat("first_name", Value(" "), "last_name")
    names = people.annotate(names=ArrayAgg(full_name, order_by="position")).values("names")
    moments = {name: _LondonMinute(field) for name, field in _MOMENTS.items()}
    rows: QuerySet[Any, tuple[Any, ...]] = bookings.annotate(names=Subquery(names), **moments)
    return rows.values_list(*_READ_FIELDS)


def _written(rows: Sequence[tuple[Any, ...]]) -> Iterable[Sequence[Any]]:
    """Column by column: there are millions of cells, and a function called for each of them is most of the work.

    Numbers stay numbers, so that a spreadsheet can add them up.
    """
    columns: dict[str, Sequence[Any]] = dict(zip(_READ_FIELDS, zip(*rows, strict=True), strict=True))
    names = [some or () for some in columns["names"]]
    standings = [_standing(*sums) for sums in zip(*(columns[name] for name in _SUMS), strict=True)]
    columns |= {
        "place": [_PLACES[status] for status in columns["status"]],
        "number": [len(some) for some in names],
        "people": ["; ".join(_safe(name.strip() for name in some)) for some in names],
        "money": [state for state, _ in standings],
        "due": [due for _, due in standings],
        "where_from": [_SOURCES.get(source, source) for source in columns["source"]],
    }
    columns |= {name: _safe(columns[name]) for name in _TEXTS}
    return zip(*(columns[name] for name in _COLUMNS.values()), strict=True)


@lru_cache(maxsize=1000)
def _standing(*sums: Any) -> tuple[str, Decimal]:
    """In words, and what is due. Most bookings of a file stand as some other one does."""
    money = Standing(*sums)
    return str(money.state.label), money.due


def _safe(texts: Iterable[str | None]) -> list[str]:
    """Most texts begin with a letter or a digit, and are. There may be none: of a session's venue."""
    return [text if text and text[0].isalnum() else safe(text or "") for text in texts]


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_STRINGS).writerows(rows)
    return text.getvalue()


def _filters(request: HttpRequest, changelist: ChangeList) -> str:
    """What was chosen, as the address has it. Of anything that was typed only that it was there: it may name people."""
    fields = {name for spec in changelist.filter_specs for name in spec.expected_parameters()}
    asked = [(name, str(value)) for name, value in sorted(request.GET.items()) if str(value).strip()]
    told = "&".join(f"{name}={value}" if name in fields else name for name, value in asked)
    return told.replace("\0", "")[:64]
