"""Paying when the bank has something to say. Nothing is charged that was refused, and the next try works."""

import pytest

from bookings.models import Booking, CourseSession
from payments.models import Payment
from tests.browser.journey import CARD_WITH_CHECK, COMPLETE, DECLINED_CARD, FAIL, PAID_CARD, Journey
from tests.browser.walking import Walk
from tests.system.site import RunningSite

DECLINED, NOT_CONFIRMED = "Your bank declined that card", "Your bank could not confirm that it was you"


@pytest.fixture
def journey(person: Walk, session: CourseSession, site: RunningSite) -> Journey:
    """Somebody at the payment step."""
    journey = Journey(person, session)
    journey.find_payment(site)
    return journey


def is_paid_once(journey: Journey) -> None:
    journey.is_booked()
    payment = Payment.objects.get(allocations__booking__session=journey.session)
    assert payment.status == Payment.Status.SUCCEEDED
    assert Booking.objects.get(session=journey.session).status == Booking.Status.CONFIRMED


def says_here(journey: Journey, what: str) -> None:
    """The problem is said on our page, and has the focus."""
    journey.walk.page.get_by_role("link", name=what).wait_for()
    journey.walk.arrives(journey.pay_page, at="div.banner", is_error=True)
    journey.walk.has_words("You have not been charged and your place is still held until")


def test_a_declined_card_then_another(journey: Journey) -> None:
    journey.pay(DECLINED_CARD)

    if journey.walk.has_script:
        says_here(journey, DECLINED)
        journey.pay_here(PAID_CARD)
    else:
        journey.retry_at_stripe(PAID_CARD)
    is_paid_once(journey)


def test_the_bank_asks_and_is_answered(journey: Journey) -> None:
    journey.pay(CARD_WITH_CHECK, COMPLETE)

    is_paid_once(journey)


def test_the_bank_asks_and_is_not_convinced(journey: Journey) -> None:
    journey.pay(CARD_WITH_CHECK, FAIL)

    if journey.walk.has_script:
        says_here(journey, NOT_CONFIRMED)
        journey.pay_here(PAID_CARD)
    else:
        journey.retry_at_stripe(PAID_CARD)
    is_paid_once(journey)
