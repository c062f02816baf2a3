"""What the payment page's script asks of our server, and what the page says of the last attempt."""

import logging
import re
from datetime import timedelta

import pytest
import stripe
from django.test import Client

from bookings.flows.ordering import PlacedOrder
from bookings.models import Booking
from config.kernel import clock
from payments.models import Discrepancy, Payment
from tests.factories import make_session
from tests.factories.at_stripe import OpenStandIn, confirm_form, open_at_stripe
from tests.factories.orders import let_lapse, place_an_order
from tests.system.stand_in import PUBLISHABLE_KEY

pytestmark = pytest.mark.django_db

DECLINED, ASKED_BY_BANK = "4000000000000002", "4000002760003184"


@pytest.fixture
def placed(client: Client) -> PlacedOrder:
    """An order of two places whose booker's browser is `client`."""
    order, _ = place_an_order(make_session(), places=2)
    client.cookies["access"] = order.access_token
    return order


def address(placed: PlacedOrder, page: str) -> str:
    return f"/bookings/{placed.booking.reference}/{page}/"


def open_by_script(client: Client, placed: PlacedOrder) -> str:
    answer = client.post(address(placed, "pay/form"))
    assert (answer.status_code, list(answer.json())) == (200, ["client_secret"])
    assert "no-store" in answer.headers["Cache-Control"]
    return str(answer.json()["client_secret"])


def decline(client: Client, stand_in: OpenStandIn, placed: PlacedOrder) -> None:
    with pytest.raises(stripe.CardError):
        confirm_form(stand_in, open_by_script(client, placed), DECLINED)


def test_the_page_asks_stripe_nothing_and_holds_no_secret(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder
) -> None:
    shown = client.get(address(placed, "pay"))
    assert (shown.status_code, stripe_stand_in.state()["objects"]) == (200, {})
    assert PUBLISHABLE_KEY in shown.text
    secret = open_by_script(client, placed)
    assert secret not in client.get(address(placed, "pay")).text


def test_the_page_shows_the_sum_the_basket_and_until_when_the_places_are_kept(
    client: Client, placed: PlacedOrder
) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", client.get(address(placed, "pay")).text))
    for words in ("Pay £180", "2 places", "2 places at £75.00", "£150.00", "£30.00", "£180.00", "Step 5 of 5: Payment"):
        assert words in text
    assert re.search(r"We’re holding your 2 places until \d{1,2}(:\d\d)?[ap]m", text)
    assert "Continue to Stripe to pay" in text


def test_the_basket_shows_what_was_agreed(client: Client, placed: PlacedOrder) -> None:
    placed.booking.session.price *= 2
    placed.booking.session.save(update_fields=["price"])
    assert "2 places at £75.00" in client.get(address(placed, "pay")).text


def test_without_vat_none_is_shown(client: Client, placed: PlacedOrder) -> None:
    Booking.objects.update(vat_rate=0)
    text = client.get(address(placed, "pay")).text
    assert "2 places at £90.00" in text
    assert "VAT at" not in text


@pytest.mark.parametrize("page", ["pay/form", "pay/ask"])
def test_the_scripts_addresses_are_shut_to_strangers_and_to_other_sites(
    stripe_stand_in: OpenStandIn, placed: PlacedOrder, client: Client, page: str
) -> None:
    assert Client().post(address(placed, page)).status_code == 404
    assert client.get(address(placed, page)).status_code == 405
    forged = Client(enforce_csrf_checks=True)
    forged.cookies["access"] = placed.access_token
    assert forged.post(address(placed, page)).status_code == 403
    assert stripe_stand_in.state()["objects"] == {}


def test_paying_in_the_form_ends_on_the_booking_page(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder
) -> None:
    confirm_form(stripe_stand_in, open_by_script(client, placed))
    back = client.get(address(placed, "paid"))
    assert (back.status_code, back.headers["Location"]) == (302, f"/bookings/{placed.booking.reference}/")
    assert Booking.objects.get().status == Booking.Status.CONFIRMED
    # A tab that was left open is led to the truth.
    assert client.post(address(placed, "pay/form")).json() == {"go": address(placed, "paid")}


@pytest.mark.parametrize("state", ["lapsed", "processing", "question", "no payment"])
def test_when_nothing_is_payable_the_script_is_told_where_to_go(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder, state: str
) -> None:
    payment = Payment.objects.get()
    if state == "lapsed":
        let_lapse(payment)
    elif state == "question":
        Discrepancy.objects.create(kind="amount", stripe_object_id="pi_1", payment=payment)
    elif state == "processing":
        Payment.objects.update(status="processing")
    else:
        payment.allocations.all().delete()
    answer = client.post(address(placed, "pay/form"))
    assert (answer.status_code, answer.json()) == (200, {"go": address(placed, "paid")})
    assert stripe_stand_in.state()["objects"] == {}


def test_a_lapsed_order_is_not_offered_for_payment(client: Client, placed: PlacedOrder) -> None:
    let_lapse(Payment.objects.get())
    shown = client.get(address(placed, "pay"))
    assert (shown.status_code, shown.headers["Location"]) == (302, f"/bookings/{placed.booking.reference}/")


def test_a_declined_card_keeps_the_places_and_is_told_on_the_page(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder
) -> None:
    decline(client, stripe_stand_in, placed)
    answer = client.post(address(placed, "pay/ask"))
    until = answer.json()["held_until"]
    told = f"You have not been charged and your places are still held until {until}."
    lapses_at = Booking.objects.get().lapses_at
    assert lapses_at is not None
    held = {"held_until": clock.format_time(lapses_at), "ends": int(lapses_at.timestamp())}
    assert answer.json() == {"outcome": "open", "not_charged": told} | held
    shown = client.get(address(placed, "pay"))
    assert "<title>Error: Pay £180." in shown.text
    assert f"{told} Check the details, or try a different card." in shown.text
    assert "Your bank declined that card" in shown.text


def test_more_time_for_who_is_typing(client: Client, placed: PlacedOrder) -> None:
    Booking.objects.update(lapses_at=clock.now() + timedelta(minutes=1))
    answer = client.post(address(placed, "pay/more-time"), headers={"Accept": "application/json"})
    lapses_at = Booking.objects.get().lapses_at
    assert lapses_at is not None
    held = {"held_until": clock.format_time(lapses_at), "ends": int(lapses_at.timestamp())}
    assert (answer.status_code, answer.json()) == (200, held)
    assert lapses_at > clock.now() + timedelta(minutes=15)


def test_one_place_is_still_held(stripe_stand_in: OpenStandIn, client: Client) -> None:
    order, _ = place_an_order(make_session())
    client.cookies["access"] = order.access_token
    assert "and your place is still held until" in client.post(address(order, "pay/ask")).json()["not_charged"]


def test_without_an_end_no_time_is_told(stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder) -> None:
    Booking.objects.update(lapses_at=None)
    expected = {"outcome": "open", "held_until": "", "ends": 0, "not_charged": "You have not been charged."}
    assert client.post(address(placed, "pay/ask")).json() == expected
    assert "We’re holding" not in client.get(address(placed, "pay")).text


def test_a_bank_that_was_not_convinced_is_told_on_the_page(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder
) -> None:
    Payment.objects.update(last_decline_code="payment_intent_authentication_failure")
    shown = client.get(address(placed, "pay"))
    assert "Your bank could not confirm that it was you" in shown.text
    assert "Try again, or use a different card." in shown.text


def test_in_doubt_the_server_asks_and_closes_before_one_may_pay_again(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder
) -> None:
    first = open_by_script(client, placed)
    assert client.post(address(placed, "pay/ask"), {"doubt": "1"}).json()["outcome"] == "open"
    assert open_at_stripe(stripe_stand_in) == []
    second = open_by_script(client, placed)
    assert first != second
    confirm_form(stripe_stand_in, second)
    assert client.post(address(placed, "pay/ask"), {"doubt": "1"}).json()["outcome"] == "paid"


def test_without_doubt_the_form_stays_open(stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder) -> None:
    open_by_script(client, placed)
    assert client.post(address(placed, "pay/ask")).json()["outcome"] == "open"
    assert len(open_at_stripe(stripe_stand_in)) == 1


def test_without_a_payment_there_is_nothing_to_ask(client: Client, placed: PlacedOrder) -> None:
    Payment.objects.get().allocations.all().delete()
    assert client.post(address(placed, "pay/ask")).json()["outcome"] == "cancelled"


def test_while_stripe_cannot_be_asked_nothing_is_said(client: Client, placed: PlacedOrder) -> None:
    # Nobody listens at Stripe's address in this test.
    Payment.objects.update(stripe_form_id="pi_1", way="form")
    for page in ("pay/form", "pay/ask"):
        answer = client.post(address(placed, page))
        assert (answer.status_code, answer.json()) == (503, {})


def test_when_stripe_refuses_a_form_the_log_has_it_without_the_person(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder, caplog: pytest.LogCaptureFixture
) -> None:
    Payment.objects.update(amount="0.10")
    with caplog.at_level(logging.ERROR, logger="payments.views"):
        answer = client.post(address(placed, "pay/form"))
    assert (answer.status_code, answer.json()) == (502, {})
    ours = [record.getMessage() for record in caplog.records if record.name == "payments.views"]
    assert ours == ["Stripe refused to open a form (amount_too_small)."]


def test_the_secret_is_in_no_log(
    stripe_stand_in: OpenStandIn, client: Client, placed: PlacedOrder, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        secret = open_by_script(client, placed)
        client.get(address(placed, "paid"))
    ours = [record for record in caplog.records if not record.name.startswith(("stripe", "urllib3"))]
    assert [record for record in ours if secret in record.getMessage()] == []
