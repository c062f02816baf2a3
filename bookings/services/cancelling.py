"""What cancelling a booking gives back by its terms: the sum that the office is offered, and why."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bookings.models import Booking
from bookings.services.consumers import change_of_mind
from bookings.services.pricing import change_terms
from config.kernel import clock
from config.kernel.money import format_rate, round_money


@dataclass(frozen=True)
class RefundRule:
    """How much of what was paid goes back, in per cent, and the sentence that says why."""

    percent: int
    why: str


def refund_rule(booking: Booking, today: date) -> RefundRule:
    """What the policy of a booking, read with its session, gives back on a London day.

    A consumer who may still change their mind gets everything, whatever the policy says (services.consumers).
    """
    policy, starts_at = booking.policy, booking.session.starts_at
    if clock.london_date(starts_at) > today and _may_change_mind(booking, today):
        return RefundRule(100, "They booked for themselves and may still change their mind: everything goes back.")
    terms = change_terms(policy, starts_at, today)
    if terms.full_refund_until:
        until = clock.format_date(terms.full_refund_until)
        return RefundRule(100, f"The booking terms give everything back until {until}.")
    if terms.part_refund_until and terms.part_refund_percent:
        until, share = clock.format_date(terms.part_refund_until), Decimal(terms.part_refund_percent)
        return RefundRule(terms.part_refund_percent, f"The booking terms give {format_rate(share)} back until {until}.")
    return RefundRule(0, "It is too close to the course: the booking terms give nothing back any more.")


def suggested_refund(*, percent: int, paid: Decimal, gone_back: Decimal) -> Decimal:
    """The share of what was paid, in pounds, less what has gone back already or is on its way; never below nought."""
    return max(round_money(paid * percent / 100) - gone_back, Decimal("0.00"))


def _may_change_mind(booking: Booking, today: date) -> bool:
    mind = change_of_mind(
        purpose=Booking.Purpose(booking.purpose) if booking.purpose else None,
        starts_at=booking.session.starts_at,
        today=clock.london_date(booking.created_at),
    )
    return mind is not None and (mind.begins_within or today <= mind.until)
