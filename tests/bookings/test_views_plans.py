""" "If your plans change", in sentences for today."""

from datetime import date, time

import pytest

from bookings.models import BookingPolicy
from bookings.views.plans import plan_sentences
from config.kernel.clock import combine_london

COURSE = combine_london(date(2026, 12, 17), time(9))
SWAP = "Swap a name free of charge, up to the morning of the course."


@pytest.mark.parametrize(
    "today, cancelling, moving",
    [
        (
            date(2026, 12, 3),
            (
                "Cancel by Thursday 3 December 2026 and we refund everything. After that we refund half, until "
                "Thursday 10 December 2026. Later there is no refund."
            ),
            "Move to another date free of charge, once, by Thursday 10 December 2026.",
        ),
        (
            date(2026, 12, 4),
            (
                "The course is less than 14 days away, so cancelling refunds half, until Thursday 10 December 2026. "
                "Later there is no refund."
            ),
            "Move to another date free of charge, once, by Thursday 10 December 2026.",
        ),
        (
            date(2026, 12, 11),
            "The course is less than 7 days away, so there is no refund if you cancel.",
            "The course is less than 7 days away, so it’s too late to move to another date.",
        ),
    ],
)
def test_the_usual_policy(today: date, cancelling: str, moving: str) -> None:
    assert plan_sentences(BookingPolicy(version=1), COURSE, today) == [SWAP, cancelling, moving]


@pytest.mark.parametrize(
    "percent, today, cancelling",
    [
        (30, date(2026, 12, 4), "refunds 30%, until Thursday 10 December 2026."),
        (
            0,
            date(2026, 12, 3),
            "Cancel by Thursday 3 December 2026 and we refund everything. Later there is no refund.",
        ),
        (0, date(2026, 12, 4), "The course is less than 14 days away, so there is no refund if you cancel."),
    ],
)
def test_other_shares(percent: int, today: date, cancelling: str) -> None:
    assert cancelling in plan_sentences(BookingPolicy(version=1, part_refund_percent=percent), COURSE, today)[1]


def test_one_day_is_one_day() -> None:
    policy = BookingPolicy(version=1, full_refund_days=1, part_refund_days=1, free_move_days=1)
    assert plan_sentences(policy, COURSE, date(2026, 12, 17))[1:] == [
        "The course is less than 1 day away, so there is no refund if you cancel.",
        "The course is less than 1 day away, so it’s too late to move to another date.",
    ]
