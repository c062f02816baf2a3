"""Sums and dates of an order, as pure functions of its facts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bookings.models import BookingPolicy
from config.kernel import clock


def order_total(price_per_place: Decimal, places: int) -> Decimal:
    """Pounds, VAT included, for so many places."""
    return price_per_place * places


@dataclass(frozen=True)
class ChangeTerms:
    """Until which London day what is possible; None where that day has passed."""

    full_refund_until: date | None
    part_refund_until: date | None
    part_refund_percent: int
    free_move_until: date | None


def change_terms(policy: BookingPolicy, starts_at: datetime, today: date) -> ChangeTerms:
    """The policy's days, counted back from the London day of the course and worked out for `today`."""
    first_day = clock.london_date(starts_at)

    def until(days_before: int) -> date | None:
        last = first_day - timedelta(days=days_before)
        return last if last >= today else None

    return ChangeTerms(
        full_refund_until=until(policy.full_refund_days),
        part_refund_until=until(policy.part_refund_days),
        part_refund_percent=policy.part_refund_percent,
        free_move_until=until(policy.free_move_days),
    )
