"""Bookings as a file for a spreadsheet: what the filters of the list select, written row by row as it is read.

What people said they need is not in it. Cells that a spreadsheet would take for a formula begin with an apostrophe.
"""

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import StringIO
from itertools import batched
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import BadRequest
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from bookings.models import Attendee, Booking
from config.kernel import clock
from config.office import staff_page
from customers.services.viewings import record_viewing
from payments.money_states import Standing

# Rows that are read at once, and rows that are sent at once.
_READ, _SENT = 2000, 250
_BOM = "\ufeff"
# OWASP, "CSV Injection". Forms of other widths are told by what they stand for.
_BEGIN_FORMULAS = frozenset("=+-@\t\r\n\N{MINUS SIGN}")
_INVISIBLE = frozenset({"Cc", "Cf"})

# What each column is called, and what it holds: something stored or added up by the database, or worked out of that.
_COLUMNS = {
    "Reference": "reference",
    "Places are": "place",
    "Course": "session__course__name",
    "Session": "session__code",
    "Starts": "session__starts_at",
    "Ends": "session__ends_at",
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
    "Booked": "created_at",
    "Confirmed": "confirmed_at",
    "Cancelled": "cancelled_at",
    "Terms version": "policy__version",
}
_WORKED_OUT = {"place", "number", "people", "money", "due", "where_from"}
_MOMENTS = {"session__starts_at", "session__ends_at", "created_at", "confirmed_at", "cancelled_at"}
_NUMBERS = {
    *("number", "price_per_place", "vat_rate", "total", "paid_amount", "refunded_amount", "on_its_way_amount", "due"),
    "policy__version",
}
_READ_FIELDS = (*(name for name in _COLUMNS.values() if name not in _WORKED_OUT), "status", "source", "names")
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
    """The file in pieces, the first before anything is read. One query, and memory for so many rows, however many."""
    yield _BOM + _csv([list(_COLUMNS)])
    # In a transaction the database hands rows over as it finds them; without, it would gather all of them first.
    with transaction.atomic():
        rows = _rows(bookings).iterator(chunk_size=_READ)
        for some in batched(rows, _SENT, strict=False):
            yield _csv([_cells(values) for values in some])


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


def _rows(bookings: QuerySet[Any]) -> QuerySet[Any, tuple[Any, ...]]:
    people = Attendee.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    full_name = Concat("first_name", Value(" "), "last_name")
    names = people.annotate(names=ArrayAgg(full_name, order_by="position")).values("names")
    rows: QuerySet[Any, tuple[Any, ...]] = bookings.annotate(names=Subquery(names)).values_list(*_READ_FIELDS)
    return rows


def _cells(values: tuple[Any, ...]) -> list[Any]:
    row = dict(zip(_READ_FIELDS, values, strict=True))
    money = Standing(row["status"], row["total"], row["paid_amount"], row["refunded_amount"], row["on_its_way_amount"])
    row |= {
        "place": _PLACES[row["status"]],
        "number": len(row["names"] or ()),
        "people": "; ".join(safe(name.strip()) for name in row["names"] or ()),
        "money": str(money.state.label),
        "due": money.due,
        "where_from": _SOURCES.get(row["source"], row["source"]),
    }
    return [write(row[name]) for name, write in _WRITTEN]


def _text(value: str | None) -> str:
    """Safe; most cells begin with a letter or a digit, and are. A session may have no venue yet."""
    if not value:
        return ""
    return value if value[0].isalnum() else safe(value)


def _moment(value: datetime | None) -> str:
    """London's."""
    return value.astimezone(clock.LONDON).isoformat(" ", "minutes")[:16] if value else ""


def _number(value: Any) -> Any:
    """As it is, so that a spreadsheet can add it up."""
    return value


# Each column's value and how it is written. By name, not by what a value turns out to be: there are millions of them.
_WRITTEN = [
    (name, _moment if name in _MOMENTS else _number if name in _NUMBERS else _text) for name in _COLUMNS.values()
]


def _csv(rows: Sequence[Sequence[Any]]) -> str:
    text = StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_STRINGS).writerows(rows)
    return text.getvalue()


def _filters(request: HttpRequest, changelist: ChangeList) -> str:
    """What was chosen, as the address has it. Of anything that was typed only that it was there: it may name people."""
    fields = {name for spec in changelist.filter_specs for name in spec.expected_parameters()}
    asked = [(name, str(value)) for name, value in sorted(request.GET.items()) if str(value).strip()]
    told = "&".join(f"{name}={value}" if name in fields else name for name, value in asked)
    return told.replace("\0", "")[:64]
