""" "If your plans change": the policy in sentences, worked out for one course and today, for pages and letters."""

from datetime import date, datetime

from bookings.models import Booking, BookingPolicy
from bookings.services.consumers import change_of_mind
from bookings.services.pricing import ChangeTerms, change_terms
from config.kernel import clock
from config.kernel.clock import format_date


def plan_sentences(policy: BookingPolicy, starts_at: datetime, today: date, *, is_free: bool = False) -> list[str]:
    """What swapping, cancelling and moving would mean, in that order; for a free course nothing about refunds."""
    terms = change_terms(policy, starts_at, today)
    cancelling = "Tell us if you can’t come, so that somebody else can have the place."
    return [
        "Swap a name free of charge, up to the morning of the course.",
        cancelling if is_free else _cancelling(terms, policy),
        _moving(terms, policy),
    ]


def plans_for(booking: Booking, today: date) -> list[str]:
    """The same for a booking that was made, with the right of a consumer as long as it lasts.

    `booking` has its policy and session. The law wants that right said on something that can be kept.
    """
    starts_at, is_free = booking.session.starts_at, not booking.total
    sentences = plan_sentences(booking.policy, starts_at, today, is_free=is_free)
    mind = change_of_mind(
        purpose=Booking.Purpose(booking.purpose) if booking.purpose else None,
        starts_at=starts_at,
        today=clock.london_date(booking.created_at),
    )
    if mind and not is_free and (mind.begins_within or today <= mind.until):
        sentences.append(mind.sentence)
    return sentences


def _cancelling(terms: ChangeTerms, policy: BookingPolicy) -> str:
    part = _share(terms.part_refund_percent)
    if terms.full_refund_until:
        sentence = f"Cancel by {format_date(terms.full_refund_until)} and we refund everything."
        if terms.part_refund_until and terms.part_refund_until > terms.full_refund_until and part:
            sentence += f" After that we refund {part}, until {format_date(terms.part_refund_until)}."
        return f"{sentence} Later there is no refund."
    if terms.part_refund_until and part:
        return (
            f"The course is less than {_days(policy.full_refund_days)} away, so cancelling refunds {part}, until "
            f"{format_date(terms.part_refund_until)}. Later there is no refund."
        )
    nearest = policy.part_refund_days if part else policy.full_refund_days
    return f"The course is less than {_days(nearest)} away, so there is no refund if you cancel."


def _moving(terms: ChangeTerms, policy: BookingPolicy) -> str:
    if terms.free_move_until:
        return f"Move to another date free of charge, once, by {format_date(terms.free_move_until)}."
    return f"The course is less than {_days(policy.free_move_days)} away, so it’s too late to move to another date."


def _share(percent: int) -> str:
    """ "half", "30%"; nothing for nothing."""
    if not percent:
        return ""
    return {50: "half", 100: "everything"}.get(percent, f"{percent}%")


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
