"""Sums and dates of an order."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bookings.models import BookingPolicy
from bookings.services.pricing import ChangeTerms, change_terms, order_total

STARTS = datetime(2027, 6, 20, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "price, places, total", [("90.00", 1, "90.00"), ("73.05", 12, "876.60"), ("0.00", 5, "0.00"), ("0.01", 3, "0.03")]
)
def test_the_total_is_price_times_places(price: str, places: int, total: str) -> None:
    assert order_total(Decimal(price), places) == Decimal(total)


@pytest.mark.parametrize(
    "today, full, part, move",
    [
        (date(2027, 6, 1), date(2027, 6, 6), date(2027, 6, 13), date(2027, 6, 13)),
        (date(2027, 6, 6), date(2027, 6, 6), date(2027, 6, 13), date(2027, 6, 13)),
        (date(2027, 6, 7), None, date(2027, 6, 13), date(2027, 6, 13)),
        (date(2027, 6, 13), None, date(2027, 6, 13), date(2027, 6, 13)),
        (date(2027, 6, 14), None, None, None),
        (date(2027, 6, 20), None, None, None),
    ],
)
def test_the_last_days_for_changes(today: date, full: date | None, part: date | None, move: date | None) -> None:
    assert change_terms(BookingPolicy(), STARTS, today) == ChangeTerms(full, part, 50, move)


def test_the_day_of_the_course_is_the_london_day() -> None:
    # Half past midnight in London, still the evening before in UTC.
    starts = datetime(2027, 6, 19, 23, 30, tzinfo=UTC)
    terms = change_terms(BookingPolicy(full_refund_days=1), starts, date(2027, 6, 1))
    assert terms.full_refund_until == date(2027, 6, 19)
