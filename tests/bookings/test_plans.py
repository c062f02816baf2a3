"""The policy in sentences, for each stretch of time before the course."""

from datetime import UTC, date, datetime

import pytest

from bookings.models import BookingPolicy
from bookings.services.plans import plan_sentences

STARTS_AT = datetime(2026, 12, 3, 9, tzinfo=UTC)
SWAP = "Swap a name free of charge, up to the morning of the course."
MOVE = "Move to another date free of charge, once, by Thursday 26 November 2026."
TOO_LATE_TO_MOVE = "The course is less than 7 days away, so it’s too late to move to another date."


@pytest.mark.parametrize(
    "today, percent, cancelling, moving",
    [
        (
            date(2026, 11, 19),
            50,
            (
                "Cancel by Thursday 19 November 2026 and we refund everything. "
                "After that we refund half, until Thursday 26 November 2026. Later there is no refund."
            ),
            MOVE,
        ),
        (
            date(2026, 11, 19),
            0,
            "Cancel by Thursday 19 November 2026 and we refund everything. Later there is no refund.",
            MOVE,
        ),
        (
            date(2026, 11, 20),
            30,
            (
                "The course is less than 14 days away, so cancelling refunds 30%, until Thursday 26 November 2026. "
                "Later there is no refund."
            ),
            MOVE,
        ),
        (
            date(2026, 11, 20),
            0,
            "The course is less than 14 days away, so there is no refund if you cancel.",
            MOVE,
        ),
        (
            date(2026, 11, 27),
            50,
            "The course is less than 7 days away, so there is no refund if you cancel.",
            TOO_LATE_TO_MOVE,
        ),
    ],
)
def test_each_stretch_of_time(today: date, percent: int, cancelling: str, moving: str) -> None:
    policy = BookingPolicy(part_refund_percent=percent)
    assert plan_sentences(policy, STARTS_AT, today) == [SWAP, cancelling, moving]


def test_a_policy_of_one_day() -> None:
    policy = BookingPolicy(full_refund_days=1, part_refund_days=1, free_move_days=1)
    assert plan_sentences(policy, STARTS_AT, date(2026, 12, 3)) == [
        SWAP,
        "The course is less than 1 day away, so there is no refund if you cancel.",
        "The course is less than 1 day away, so it’s too late to move to another date.",
    ]


def test_a_part_that_ends_with_the_whole_is_no_part() -> None:
    policy = BookingPolicy(full_refund_days=7, part_refund_days=7)
    assert plan_sentences(policy, STARTS_AT, date(2026, 11, 1)) == [
        SWAP,
        "Cancel by Thursday 26 November 2026 and we refund everything. Later there is no refund.",
        MOVE,
    ]


def test_a_free_course_has_no_refunds() -> None:
    assert plan_sentences(BookingPolicy(), STARTS_AT, date(2026, 11, 1), is_free=True) == [
        SWAP,
        "Tell us if you can’t come, so that somebody else can have the place.",
        MOVE,
    ]
