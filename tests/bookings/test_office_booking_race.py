"""The last places, wanted by the office and on the website at one moment."""

import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from bookings import selectors
from bookings.exceptions import NotEnoughPlaces
from bookings.flows.booking_for_customer import Made, book_for_customer
from bookings.models import Booking
from config.kernel import clock
from customers.models import User
from payments.models import Payment
from tests.bookings.test_office_booking_flow import a_wish
from tests.factories import make_session, make_staff
from tests.factories.orders import place_an_order
from tests.factories.together import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def slow_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment passes between counting and writing, in which a race has room to happen."""
    places_left = selectors.places_left

    def count_slowly(*args: Any, **kwargs: Any) -> int:
        left = places_left(*args, **kwargs)
        time.sleep(0.05)
        return left

    monkeypatch.setattr(selectors, "places_left", count_slowly)


@pytest.mark.usefixtures("slow_count")
@pytest.mark.parametrize("because, sold", [("", 4), ("The room is big enough", 7)])
def test_exactly_the_capacity_is_sold_but_for_who_may_go_beyond(because: str, sold: int) -> None:
    session, staff = make_session(capacity=4), make_staff()
    desk: list[Callable[[], Any]] = [
        partial(book_for_customer, wish=a_wish(session, places=1, staff=staff, exceed_because=because))
        for _ in range(3)
    ]
    web: list[Callable[[], Any]] = [partial(place_an_order, session, places=1)] * 4
    # Whoever may go beyond comes last, so that the website sells what there is.
    results = all_at_once(web) + all_at_once(desk) if because else all_at_once(desk + web)
    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(one) for one in refused] == [NotEnoughPlaces] * (len(results) - sold)
    assert selectors.places_taken([session.pk], clock.now()) == {session.pk: sold}
    assert Booking.objects.count() == sold


def test_one_form_pressed_by_many_fingers_is_one_booking_and_one_new_customer() -> None:
    wish = a_wish(make_session(), places=2, form_key=uuid.uuid4())
    made = all_at_once([partial(book_for_customer, wish=wish)] * 6)
    assert [result for result in made if not isinstance(result, Made)] == []
    assert sorted(result.is_new for result in made) == [False] * 5 + [True]
    assert (Booking.objects.count(), Payment.objects.count(), User.objects.filter(kind="customer").count()) == (1, 1, 1)
