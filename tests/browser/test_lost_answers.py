"""The network is lost while somebody pays, or they pay in two tabs: they are told what is so, and nobody pays twice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from bookings.models import Booking, CourseSession
from payments.models import Payment
from tests.browser.journey import PAID_CARD, Journey
from tests.browser.walking import Walk
from tests.system.site import RunningSite

CONFIRM, ASK = "**/v1/payment_intents/*/confirm", "**/pay/ask/"
UNKNOWN = "We don’t know yet if that worked."
SECONDS_IN_VAIN = 20
"""For so long what does not come is waited for."""


@pytest.fixture
def journey(walk: Callable[..., Walk], session: CourseSession, site: RunningSite) -> Journey:
    """Somebody with scripts at the payment step. What is cut off, the console says; that is these tests' own doing."""
    journey = Journey(walk(), session)
    journey.find_payment(site)
    return journey


def is_charged_once(journey: Journey, site: RunningSite) -> None:
    journey.is_booked()
    payment = Payment.objects.get(allocations__booking__session=journey.session)
    charges = [one for one in site.stripe.state()["charges"] if one["payment_intent"] == payment.stripe_intent_id]
    assert [charge["status"] for charge in charges] == ["succeeded"]
    assert payment.status == Payment.Status.SUCCEEDED
    assert Booking.objects.get(session=journey.session).status == Booking.Status.CONFIRMED
    journey.walk.said.clear()


def test_an_answer_that_is_lost_after_the_charge(journey: Journey, site: RunningSite) -> None:
    page = journey.walk.page

    def charge_and_lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(CONFIRM, charge_and_lose)
    # Our own server can't be reached either, at first.
    page.route(ASK, lambda route: route.abort(), times=1)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/pay/ask/")):
        journey.pay_here(PAID_CARD)

    doubt = page.get_by_role("status").filter(has_text=UNKNOWN)
    doubt.wait_for()
    assert "Don’t pay again" in doubt.inner_text()
    assert page.title().startswith("We don’t know yet – ")
    assert page.evaluate("document.activeElement.dataset.part") == "doubt"
    assert not page.locator("#pay-form").is_visible()

    # The connection is back.
    page.evaluate("window.dispatchEvent(new Event('online'))")
    is_charged_once(journey, site)


def test_a_payment_that_never_arrived_is_closed_before_one_may_pay_again(journey: Journey, site: RunningSite) -> None:
    page = journey.walk.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(CONFIRM, hold, times=1)
    with page.expect_request(CONFIRM):
        journey.pay_here(PAID_CARD)

    button = page.get_by_role("button", name="Paying…")
    assert button.get_attribute("aria-busy") == "true"
    # An impatient second press sends nothing.
    button.press("Enter")
    held[0].abort()

    problem = page.get_by_role("alert").filter(has_text="That payment did not go through")
    problem.wait_for()
    assert "You have not been charged" in problem.inner_text()
    assert "You can pay again now." in problem.inner_text()
    assert not page.get_by_text(UNKNOWN).is_visible()
    assert len(held) == 1
    first = Payment.objects.get(allocations__booking__session=journey.session)

    journey.pay_here(PAID_CARD)
    is_charged_once(journey, site)
    again = Payment.objects.get(pk=first.pk)
    # What may still have been on its way was closed: it is another attempt that paid.
    assert again.checkout_round == first.checkout_round > 1


def test_a_form_that_another_tab_closed_takes_no_money_until_it_is_typed_again(
    journey: Journey, site: RunningSite
) -> None:
    page = journey.walk.page
    page.get_by_role("button", name=journey.pay_page).wait_for()
    other = page.context.new_page()
    other.goto(page.url)
    with other.expect_navigation(url="**/c/pay/**"):
        other.get_by_role("button", name="Pay on Stripe’s page instead").click()
    assert other.get_by_label("Card number").is_visible()

    journey.pay_here(PAID_CARD)
    problem = page.get_by_role("alert").filter(has_text="This form had been closed in another tab")
    problem.wait_for()
    assert "You have not been charged. Type your card details again." in problem.inner_text()
    # Now the other tab's way is the one that is closed.
    other.reload()
    assert other.get_by_label("Card number").count() == 0
    other.close()

    journey.pay_here(PAID_CARD)
    is_charged_once(journey, site)


def test_a_card_form_that_never_comes_makes_way_for_stripes_own_page(
    walk: Callable[..., Walk], session: CourseSession, site: RunningSite
) -> None:
    person = walk()
    person.page.clock.install()
    person.page.route("**/js/card.js", lambda route: route.abort())
    Journey(person, session).find_payment(site)
    person.page.locator("[data-part=slot] iframe").wait_for(state="attached")
    panel = person.page.locator("[data-part=panel]")
    assert panel.is_visible()

    person.page.clock.fast_forward(SECONDS_IN_VAIN * 1000)
    panel.wait_for(state="hidden")
    person.press("Continue to Stripe to pay", leads_to="**/c/pay/**")
    # That the form did not come is what the console says.
    person.said.clear()
