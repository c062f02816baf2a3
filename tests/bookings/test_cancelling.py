"""What the terms give back, and the small steps of cancelling."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bookings.models import Booking
from bookings.services.addresses import mend_contact_email, mend_place_email
from bookings.services.cancelling import refund_rule, suggested_refund
from bookings.services.lifecycle import cancel_booking
from config.kernel import clock
from config.kernel.states import ForbiddenTransition
from tests.factories import make_booking, make_session

pytestmark = pytest.mark.django_db

NOON = clock.now().replace(year=2027, month=3, day=31, hour=12, minute=0, second=0, microsecond=0)
COURSE_DAY = clock.london_date(NOON)


def days_before(number: int) -> date:
    return COURSE_DAY - timedelta(days=number)


@pytest.mark.parametrize(
    "days, percent",
    [(60, 100), (14, 100), (13, 50), (7, 50), (6, 0), (0, 0), (-3, 0)],
)
def test_the_terms_count_london_days(days: int, percent: int) -> None:
    booking = make_booking(make_session(starts_at=NOON))
    assert refund_rule(booking, days_before(days)).percent == percent


def test_it_says_why() -> None:
    booking = make_booking(make_session(starts_at=NOON))
    assert [refund_rule(booking, days_before(days)).why for days in (20, 10, 1)] == [
        "The booking terms give everything back until Wednesday 17 March 2027.",
        "The booking terms give 50% back until Wednesday 24 March 2027.",
        "It is too close to the course: the booking terms give nothing back any more.",
    ]


def test_terms_without_a_part_give_nothing_after_the_whole() -> None:
    booking = make_booking(make_session(starts_at=NOON))
    booking.policy.part_refund_percent = 0
    assert refund_rule(booking, days_before(10)).percent == 0


@pytest.mark.parametrize(
    "booked, asked, percent",
    [(3, 2, 100), (3, 0, 0), (20, 6, 100), (20, 5, 0), (60, 3, 0)],
)
def test_a_consumer_may_change_their_mind_until_the_course_begins(booked: int, asked: int, percent: int) -> None:
    """Booked and asked so many days before the course: 14 days, or up to the course where that is sooner."""
    at = NOON - timedelta(days=booked)
    booking = make_booking(make_session(starts_at=NOON), purpose=Booking.Purpose.SELF, created_at=at)
    assert refund_rule(booking, days_before(asked)).percent == percent


@pytest.mark.parametrize(
    "percent, paid, gone_back, expected",
    [
        (100, "270.00", "0.00", "270.00"),
        (50, "270.00", "0.00", "135.00"),
        (50, "73.05", "0.00", "36.53"),
        (50, "270.00", "50.00", "85.00"),
        (50, "270.00", "200.00", "0.00"),
        (0, "270.00", "0.00", "0.00"),
    ],
)
def test_the_sum_that_is_offered(percent: int, paid: str, gone_back: str, expected: str) -> None:
    found = suggested_refund(percent=percent, paid=Decimal(paid), gone_back=Decimal(gone_back))
    assert found == Decimal(expected)


def test_a_booking_is_cancelled_once_and_never_after_it_ran_out() -> None:
    booking, expired = make_booking(), make_booking(status=Booking.Status.EXPIRED)
    first, later = clock.now(), clock.now() + timedelta(hours=1)
    assert cancel_booking(booking=booking, reason=Booking.CancelReason.TWICE, now=first) is True
    assert cancel_booking(booking=booking, reason=Booking.CancelReason.OTHER, now=later) is False
    booking.refresh_from_db()
    assert (booking.cancelled_at, booking.cancel_reason) == (first, "twice")
    with pytest.raises(ForbiddenTransition):
        cancel_booking(booking=expired, reason=Booking.CancelReason.OTHER, now=first)


def test_addresses_are_put_right_once() -> None:
    booking = make_booking(people=[("Tom", "Ackroyd", "tom@exmaple.org"), ("Priya", "Sharma", "priya@example.org")])
    tom = booking.attendees.get(position=1)
    for is_new in (True, False):
        assert mend_contact_email(booking=booking, email="hannah@example.org") is is_new
        assert mend_place_email(booking=booking, attendee_id=tom.pk, email="tom@example.org") is is_new
    booking.refresh_from_db()
    assert booking.contact_email == "hannah@example.org"
    assert list(booking.attendees.order_by("position").values_list("email", flat=True)) == [
        "tom@example.org",
        "priya@example.org",
    ]
