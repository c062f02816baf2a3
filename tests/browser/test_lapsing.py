"""Time runs out, or somebody else is quicker: what was typed stays, and the page says what can be done."""

from datetime import timedelta

import pytest
from django.db import transaction

from bookings.flows.lapsing import release_booking
from bookings.models import Booking, CourseSession, Hold
from config.kernel import clock
from payments.models import Payment
from tests.browser.journey import PEOPLE, SESSION, Journey
from tests.browser.walking import Walk
from tests.factories import make_booking
from tests.system.site import RunningSite

FILLED_UP = "That session just filled up. Your details are saved."


@pytest.fixture
def journey(person: Walk, session: CourseSession) -> Journey:
    return Journey(person, session)


def fill_up(session: CourseSession) -> None:
    """Somebody else books all there is."""
    make_booking(session, people=[("Tom", "Ackroyd", "")] * session.capacity)


def let_lapse(session: CourseSession) -> None:
    Hold.objects.filter(session=session).update(expires_at=clock.now() - timedelta(seconds=1))


def test_places_that_lapsed_are_taken_again(journey: Journey) -> None:
    journey.begin()
    journey.choose_places()
    let_lapse(journey.session)

    journey.walk.open(journey.walk.path)
    journey.walk.arrives(PEOPLE)
    journey.walk.has_words("Your answers are saved. When you continue, we’ll try to take the place again.")
    journey.name_people()

    assert Hold.objects.get(session=journey.session).is_live(clock.now())


def test_places_that_lapsed_and_went_to_somebody_else(journey: Journey) -> None:
    journey.begin()
    journey.choose_places()
    let_lapse(journey.session)
    fill_up(journey.session)

    journey.fill_in_booker()
    journey.walk.press("Continue")

    journey.walk.arrives(PEOPLE, at="div.banner")
    journey.walk.has_words(FILLED_UP)
    assert journey.walk.page.get_by_label("Phone").input_value() == "07700 900142"
    assert not Hold.objects.get(session=journey.session).is_live(clock.now())


def test_an_order_that_was_not_paid_in_time(journey: Journey, site: RunningSite, has_script: bool) -> None:
    order = journey.find_payment(site)
    if has_script:
        journey.walk.page.get_by_role("button", name=journey.pay_page).wait_for()
    # In one: the worker's sweeper, which sees it at the end, finds nothing left to do.
    with transaction.atomic():
        Booking.objects.filter(pk=order.pk).update(lapses_at=clock.now() - timedelta(seconds=1))
        release_booking(booking_id=order.pk)

    if has_script:
        journey.pay_here("4242424242424242")
        journey.walk.page.wait_for_url("**/bookings/RFT-*/")
    else:
        journey.walk.press("Continue to Stripe to pay")

    journey.walk.arrives("This booking ran out of time", at="section.panel")
    assert not Payment.objects.filter(allocations__booking=order, status=Payment.Status.SUCCEEDED).exists()


def test_a_session_that_fills_up_while_somebody_chooses(journey: Journey) -> None:
    journey.begin()
    fill_up(journey.session)

    journey.walk.press("Continue")

    journey.walk.arrives(SESSION, at="div.banner")
    journey.walk.has_words("That session just filled up.")
    assert not Hold.objects.filter(session=journey.session).exists()


def test_a_session_that_is_full(journey: Journey) -> None:
    fill_up(journey.session)

    journey.walk.open(f"/sessions/{journey.session.code}/book/")

    journey.walk.arrives(SESSION)
    journey.walk.has_words("is full.")
    assert journey.walk.page.get_by_role("button", name="Continue").count() == 0
