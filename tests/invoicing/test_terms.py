"""Tax points (VAT Notice 700, section 14) and days to pay."""

from datetime import date

import pytest

from invoicing.services.terms import due_date, tax_point

COURSE = date(2026, 12, 3)


@pytest.mark.parametrize(
    "issued_on, paid_on, expected",
    [
        # Invoiced and paid before the course: whichever was first.
        (date(2026, 11, 21), date(2026, 11, 21), date(2026, 11, 21)),
        (date(2026, 11, 21), date(2026, 11, 19), date(2026, 11, 19)),
        (date(2026, 11, 21), date(2026, 11, 25), date(2026, 11, 21)),
        (date(2026, 11, 21), None, date(2026, 11, 21)),
        # On its last day.
        (date(2026, 12, 3), None, date(2026, 12, 3)),
        # After it: the fourteen-day rule, up to its last day and no further.
        (date(2026, 12, 17), None, date(2026, 12, 17)),
        (date(2026, 12, 18), None, date(2026, 12, 3)),
        # Paid before, invoiced long after.
        (date(2027, 1, 8), date(2026, 12, 1), date(2026, 12, 1)),
        # Paid after, invoiced within fourteen days.
        (date(2026, 12, 10), date(2026, 12, 5), date(2026, 12, 10)),
    ],
)
def test_tax_point(issued_on: date, paid_on: date | None, expected: date) -> None:
    assert tax_point(issued_on=issued_on, paid_on=paid_on, supplied_on=COURSE) == expected


@pytest.mark.parametrize(
    "issued_on, days_to_pay, expected",
    [
        # Thirty days, when the course is far off.
        (date(2026, 10, 1), 30, date(2026, 10, 31)),
        # Seven days before the course, when that is sooner.
        (date(2026, 11, 21), 30, date(2026, 11, 26)),
        # An organisation's own terms.
        (date(2026, 10, 1), 14, date(2026, 10, 15)),
        # Never before it was issued.
        (date(2026, 12, 1), 30, date(2026, 12, 1)),
        (date(2026, 12, 20), 30, date(2026, 12, 20)),
    ],
)
def test_due_date(issued_on: date, days_to_pay: int, expected: date) -> None:
    assert due_date(issued_on=issued_on, starts_on=COURSE, days_to_pay=days_to_pay) == expected
