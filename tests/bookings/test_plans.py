"""The policy in sentences, for each stretch of time before the course."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bookings.models import Booking, BookingPolicy
from bookings.services.plans import plan_sentences, plans_for
from tests.factories import make_booking, make_session

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


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields, days_later, is_said",
    [
        ({"purpose": Booking.Purpose.SELF}, 0, True),
        ({"purpose": Booking.Purpose.SELF}, 14, True),
        ({"purpose": Booking.Purpose.SELF}, 15, False),
        ({"purpose": Booking.Purpose.WORK}, 0, False),
        ({"purpose": ""}, 0, False),
        ({"purpose": Booking.Purpose.SELF, "total": Decimal(0)}, 0, False),
    ],
)
def test_a_consumer_is_told_of_the_right_as_long_as_it_lasts(
    fields: dict[str, Any], days_later: int, is_said: bool
) -> None:
    placed = datetime(2026, 11, 1, 10, tzinfo=UTC)
    booking = make_booking(make_session(starts_at=STARTS_AT + timedelta(days=60)), created_at=placed, **fields)
    sentences = plans_for(booking, date(2026, 11, 1) + timedelta(days=days_later))
    right = "Because you’re booking for yourself, you can also cancel for any reason by Sunday 15 November 2026"
    assert [sentence.startswith(right) for sentence in sentences] == [False] * 3 + [True] * is_said


@pytest.mark.django_db
def test_a_course_within_the_fortnight_can_be_cancelled_until_it_starts() -> None:
    placed = datetime(2026, 12, 1, 10, tzinfo=UTC)
    booking = make_booking(make_session(starts_at=STARTS_AT), created_at=placed, purpose=Booking.Purpose.SELF)
    assert plans_for(booking, date(2026, 12, 2))[-1].startswith(
        "Because you’re booking for yourself, you can also cancel for any reason until the course starts"
    )
