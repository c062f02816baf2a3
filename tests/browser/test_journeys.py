"""The whole journey by keyboard alone, on a phone and a desk, with scripts and without."""

import pytest

from bookings.models import Booking, CourseSession
from tests.browser.journey import Journey
from tests.browser.walking import Walk


@pytest.mark.parametrize("places", [1, 12])
def test_somebody_books_and_pays(person: Walk, session: CourseSession, places: int) -> None:
    journey = Journey(person, session, places)

    journey.come_to_payment()
    journey.pay()
    journey.is_booked()

    booking = Booking.objects.get(session=session)
    assert (booking.status, booking.attendees.count()) == (Booking.Status.CONFIRMED, places)
