"""What a record's own columns say in the office: days, moments, sums and rates as the design language has them.

In a list briefly, on a record's page in full. Whatever is none of these is said as Django says it.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField, DecimalField, Field, Model
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.kernel import clock
from config.kernel.money import format_money, format_rate


def worded_field(model: type[Model], name: object) -> "DateField[Any, Any] | DecimalField[Any, Any] | None":
    """The field of this name, if it is one whose values are said here; None for any other and for what is no field."""
    try:
        field = model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return None
    if isinstance(field, DateField):
        return field
    return field if isinstance(field, DecimalField) and field.decimal_places == 2 else None


def briefly(field: "Field[Any, Any]", value: date | Decimal) -> str:
    """A value of such a field: "Thu 3 Dec, 4:30pm", "£90.00"."""
    if isinstance(value, datetime):
        return clock.format_short_moment(value)
    return clock.format_short_day(value) if isinstance(value, date) else _figure(field, value)


def in_list(field: "Field[Any, Any]", value: date | Decimal) -> SafeString:
    """The same for a cell, where it breaks between day and time at most."""
    return moment_in_list(value) if isinstance(value, datetime) else nowrap(briefly(field, value))


def on_page(field: "Field[Any, Any]", value: date | Decimal) -> str:
    """The same where there is room: "Thursday 3 December 2026, 4:30pm"."""
    if isinstance(value, datetime):
        return f"{clock.format_date(clock.london_date(value))}, {clock.format_time(value)}"
    return clock.format_date(value) if isinstance(value, date) else _figure(field, value)


def moment_in_list(instant: datetime) -> SafeString:
    """ "Thu 3 Dec, 4:30pm"; the day stays on one line."""
    day, time = clock.format_short_day(clock.london_date(instant)), clock.format_time(instant)
    return format_html("{}, {}", nowrap(day), time)


def nowrap(words: object) -> SafeString:
    """On one line, in a column."""
    return format_html('<span class="nowrap">{}</span>', words)


def _figure(field: "Field[Any, Any]", value: Decimal) -> str:
    return format_rate(value) if field.name.endswith("rate") else format_money(value)
