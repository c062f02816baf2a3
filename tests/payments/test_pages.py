"""The pages around paying: what they show, where they lead, and what stays shut."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from bookings.flows.ordering import PlacedOrder
from bookings.models import Booking
from config.kernel import clock
from invoicing.models import Invoice
from payments.flows.completing import complete_free_order
from payments.flows.paying import open_checkout
from payments.models import Discrepancy, Payment
from tests.factories import make_session
from tests.factories.at_stripe import OpenStandIn
from tests.factories.orders import place_an_order

pytestmark = pytest.mark.django_db

CHECKING = "We’re checking your payment"
PAGES = ["pay", "paid"]


@pytest.fixture
def placed(client: Client) -> PlacedOrder:
    """An order whose booker's browser is `client`."""
    order, _ = place_an_order(make_session())
    client.cookies["access"] = order.access_token
    return order


def address(placed: PlacedOrder, page: str) -> str:
    return f"/bookings/{placed.booking.reference}/{page}/"


def booking_page(placed: PlacedOrder) -> str:
    return f"/bookings/{placed.booking.reference}/"


def test_the_page_shows_the_sum_and_leads_to_stripe(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder
) -> None:
    shown = client.get(address(placed, "pay"))
    assert shown.status_code == 200
    assert "Pay £90" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    assert Payment.objects.get().stripe_checkout_id is None

    pressed = client.post(address(placed, "pay"))
    assert (pressed.status_code, pressed.headers["Location"]) == (
        302,
        open_checkout(payment=Payment.objects.get()),
    )
    assert client.post(address(placed, "pay")).headers["Location"] == pressed.headers["Location"]


def test_there_and_back(stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder) -> None:
    page = client.post(address(placed, "pay")).headers["Location"]
    assert client.get(address(placed, "paid")).headers["Location"] == address(placed, "pay")
    back = stripe_stand_in.pay(page).location
    assert back == "http://testserver" + address(placed, "paid")
    for _ in range(2):
        response = client.get(back)
        assert (response.status_code, response.headers["Location"]) == (302, booking_page(placed))
    assert Booking.objects.get().status == Booking.Status.CONFIRMED
    # Paid: there is nothing to pay any more.
    for send in (client.get, client.post):
        assert send(address(placed, "pay")).headers["Location"] == booking_page(placed)
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("page", ["pay", "pay/more-time", "paid"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_the_key_every_page_is_shut(client: Client, placed: PlacedOrder, page: str, method: str) -> None:
    strangers = [Client(), Client()]
    strangers[1].cookies["access"] = place_an_order(make_session())[0].access_token
    before = list(Payment.objects.values())
    for stranger in strangers:
        there = getattr(stranger, method)(address(placed, page))
        nowhere = getattr(stranger, method)(f"/bookings/RFT-ZZZZ-ZZ/{page}/")
        assert there.status_code == nowhere.status_code
        assert there.status_code in {404, 405}
        assert there.content == nowhere.content
    assert list(Payment.objects.values()) == before


@pytest.mark.parametrize("page", PAGES)
def test_a_free_order_has_nothing_to_pay(client: Client, page: str) -> None:
    free, _ = place_an_order(make_session(price=Decimal("0.00")))
    complete_free_order(booking_id=free.booking.pk)
    client.cookies["access"] = free.access_token
    assert client.get(address(free, page)).headers["Location"] == booking_page(free)
    assert client.post(address(free, "pay/more-time")).status_code == 302


def test_more_time(client: Client, placed: PlacedOrder) -> None:
    soon = clock.now() + timedelta(minutes=1)
    Booking.objects.update(lapses_at=soon)
    response = client.post(address(placed, "pay/more-time"))
    assert (response.status_code, response.headers["Location"]) == (302, address(placed, "pay"))
    assert Booking.objects.filter(lapses_at__gt=soon + timedelta(minutes=15)).count() == 1


def test_an_order_that_lapsed_is_told_on_its_own_page(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder
) -> None:
    Booking.objects.update(lapses_at=clock.now() - timedelta(seconds=1))
    assert client.post(address(placed, "pay")).headers["Location"] == booking_page(placed)
    assert stripe_stand_in.state()["objects"] == {}


@pytest.mark.parametrize("kind, status", [("503", 503), ("429", 503)])
def test_with_stripe_out_of_reach_the_page_says_so_and_nothing_is_lost(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder, kind: str, status: int
) -> None:
    stripe_stand_in.control("faults", path="/v1/checkout/sessions$", kind=kind, times=2)
    response = client.post(address(placed, "pay"))
    assert response.status_code == status
    assert "We can’t reach our payment service" in response.text
    assert Booking.objects.get().status == Booking.Status.PENDING
    stripe_stand_in.request("DELETE", "/_control/faults")
    assert client.post(address(placed, "pay")).status_code == 302


def test_when_stripe_refuses_the_page_says_so(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder
) -> None:
    Payment.objects.update(amount=Decimal("0.10"))
    response = client.post(address(placed, "pay"))
    assert response.status_code == 502
    assert "We can’t reach our payment service" in response.text


def test_nobody_is_asked_to_pay_again_while_stripe_cannot_be_asked(client: Client, placed: PlacedOrder) -> None:
    # Nobody listens at Stripe's address in this test.
    Payment.objects.update(stripe_checkout_id="cs_1")
    shown = client.get(address(placed, "paid"))
    assert shown.status_code == 200
    assert CHECKING in shown.text


@pytest.mark.parametrize("what", ["processing", "discrepancy"])
def test_a_payment_in_the_balance_is_not_asked_for_again(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder, what: str
) -> None:
    if what == "processing":
        Payment.objects.update(status="processing")
    else:
        Discrepancy.objects.create(kind="amount", stripe_object_id="pi_1", payment=Payment.objects.get())
    assert CHECKING in client.get(address(placed, "paid")).text
    shown = client.get(address(placed, "pay"))
    assert "We’re checking a payment you made" in shown.text
    assert "Continue to Stripe to pay" not in shown.text
    assert client.post(address(placed, "pay")).headers["Location"] == booking_page(placed)
    assert stripe_stand_in.state()["objects"] == {}


def test_a_finished_payment_needs_no_answer_from_stripe(client: Client, placed: PlacedOrder) -> None:
    Payment.objects.update(status="cancelled", stripe_checkout_id="cs_1")
    assert client.get(address(placed, "paid")).headers["Location"] == booking_page(placed)
