"""The whole journey by keyboard alone, on a phone and a desk, with scripts and without."""

from collections.abc import Callable

import pytest

from bookings.models import Booking, CourseSession
from tests.browser.journey import Journey
from tests.browser.walking import Walk

EVERY_WAY = pytest.mark.parametrize("width", [390, 1280])
WITH_AND_WITHOUT = pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])


@EVERY_WAY
@WITH_AND_WITHOUT
@pytest.mark.parametrize("places", [1, 12])
def test_somebody_books_and_pays(
    walk: Callable[..., Walk], session: CourseSession, width: int, has_script: bool, places: int
) -> None:
    journey = Journey(walk(width=width, has_script=has_script), session, places)

    journey.come_to_payment()
    journey.pay()
    journey.is_booked()

    booking = Booking.objects.get(session=session)
    assert (booking.status, booking.attendees.count()) == (Booking.Status.CONFIRMED, places)
