"""The two dates that rules decide: when VAT becomes due, and when an unpaid invoice does."""

from datetime import date, timedelta

# VAT Notice 700, section 14: an invoice within 14 days of the supply moves the tax point to the day it was issued.
_FOURTEEN_DAYS = timedelta(days=14)
# DOMAIN section 6: 30 days, or 7 days before the course, whichever is first.
DAYS_TO_PAY = 30
_DAYS_BEFORE_COURSE = timedelta(days=7)


def tax_point(*, issued_on: date, paid_on: date | None, supplied_on: date) -> date:
    """The time of supply for VAT (VAT Notice 700, section 14); `supplied_on` is the last day of the course.

    Being paid or invoiced before the supply makes the earlier of the two the tax point. Otherwise it is the day of
    issue within fourteen days of the supply, and the day of the supply itself after that.
    """
    first = min(issued_on, paid_on or issued_on)
    if first <= supplied_on:
        return first
    return issued_on if issued_on <= supplied_on + _FOURTEEN_DAYS else supplied_on


def due_date(*, issued_on: date, starts_on: date, days_to_pay: int = DAYS_TO_PAY) -> date:
    """When what is owed has to be paid; never before the invoice was issued."""
    agreed = issued_on + timedelta(days=days_to_pay)
    return max(issued_on, min(agreed, starts_on - _DAYS_BEFORE_COURSE))
