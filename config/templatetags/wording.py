"""Money and time in templates, worded as the design language says (section 10)."""

from datetime import datetime
from decimal import Decimal

from django.template import Library

from config.kernel import clock, money

register = Library()


@register.filter
def pounds(amount: Decimal) -> str:
    """ "£90": for sentences and lists."""
    return money.format_money(amount, whole=True)


@register.filter
def pence(amount: Decimal) -> str:
    """ "£90.00": for sums and invoices."""
    return money.format_money(amount)


@register.filter
def per_cent(rate: Decimal) -> str:
    """ "20%", "17.5%"."""
    return money.format_rate(rate)


@register.filter
def day(instant: datetime) -> str:
    """ "Thursday 3 December 2026"."""
    return clock.format_date(clock.london_date(instant))


@register.filter
def clock_time(instant: datetime) -> str:
    """ "2:45pm", in London."""
    return clock.format_time(instant)


@register.filter
def deadline(instant: datetime) -> str:
    """ "2:45pm", or "2:45pm on Thursday 3 December 2026" where that is not in the next hours."""
    return clock.format_deadline(instant, seen_at=clock.now())


@register.filter
def time_range(start: datetime, end: datetime) -> str:
    """ "9am to 4pm", in London."""
    return clock.format_time_range(start, end)


@register.filter
def short_range(start: datetime, end: datetime) -> str:
    """ "Thu 3 Dec", "14 to 16 Dec": for tables and lists to choose from."""
    return clock.format_short_range(clock.london_date(start), clock.london_date(end))


@register.filter
def day_range(start: datetime, end: datetime) -> str:
    """ "14 to 16 December 2026", or the one day in full."""
    return clock.format_date_range(clock.london_date(start), clock.london_date(end))
