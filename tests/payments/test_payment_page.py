"""One payment on a page, and what staff do there: refund, look at Stripe again, send a failed refund again."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from config.kernel import clock
from payments.admin.payment_page import dashboard_address
from payments.models import Discrepancy, Payment, PaymentAllocation, PaymentEvent, Refund, StripeEvent
from payments.services.history import record_event
from payments.services.recording import record_discrepancy
from tests.factories import make_booking, make_payment, make_refund, make_staff
from tests.factories.at_stripe import OpenStandIn, charge_at_stripe

pytestmark = pytest.mark.django_db

LOOK, REFUND = "payments.view_payment", "payments.add_refund"


def page(name: str, key: object) -> str:
    return reverse(f"admin:payments_{name}", args=[key])


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def a_payment(**fields: Any) -> Payment:
    fields = {
        "stripe_intent_id": "pi_1",
        "stripe_charge_id": "ch_1",
        "card_brand": "visa",
        "card_last4": "4242",
    } | fields
    payment = make_payment(make_booking(), **fields)
    record_event(payment=payment, kind=PaymentEvent.Kind.SUCCEEDED, stripe_object_id="pi_1")
    return payment


@pytest.fixture
def finance(client: Client) -> Client:
    client.force_login(make_staff(LOOK, REFUND, "payments.change_refund"))
    return client


def test_everything_about_a_payment_stands_on_its_page(finance: Client) -> None:
    payment = a_payment()
    make_refund(
        payment, amount=Decimal("10.00"), stripe_refund_id="re_1", last_error="Lost.", status=Refund.Status.FAILED
    )
    StripeEvent.objects.create(
        id="evt_1", type="refund.failed", object_id="re_1", happened_at=clock.now(), state="applied"
    )
    StripeEvent.objects.create(id="evt_2", type="refund.failed", object_id="re_2", happened_at=clock.now())
    record_discrepancy(
        kind=Discrepancy.Kind.AMOUNT, stripe_object_id="pi_1", payment=payment, expected="9000", found="8000"
    )
    shown = finance.get(page("payment_page", payment.pk))
    text = shown.content.decode()
    for words in (
        "Payment of £90.00",
        "Visa ending 4242",
        payment.allocations.get().booking.reference,
        "£90.00 can go back",
        "Stripe said: Lost.",
        "Send it again",
        "Stripe told us: refund.failed",
        "Another amount than asked",
        "Does not match",
        "ch_1",
    ):
        assert words in text, words
    assert "dashboard.stripe.com" not in text
    assert [line.stripe_id for line in shown.context["lines"] if line.stripe_id.startswith("evt")] == ["evt_1"]


def test_it_costs_the_same_whatever_happened(finance: Client) -> None:
    payment = a_payment()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert finance.get(page("payment_page", payment.pk)).status_code == 200
        return len(captured)

    queries()
    before = queries()
    for number in range(3):
        make_refund(payment, amount=Decimal(1), stripe_refund_id=f"re_{number}", requested_by=payment.payer)
        record_event(payment=payment, kind=PaymentEvent.Kind.REFUND_SUCCEEDED, stripe_object_id=f"re_{number}")
    for other in (make_booking(), make_booking()):
        PaymentAllocation.objects.create(payment=payment, booking=other, amount=Decimal(1))
    assert queries() == before


@pytest.mark.parametrize("name", ["payment_page", "payment_refund", "payment_look", "refund_again"])
def test_every_page_asks_for_its_right(client: Client, name: str) -> None:
    payment = a_payment()
    refund = make_refund(payment, amount=Decimal(1), status=Refund.Status.FAILED)
    address = page(name, refund.pk if name == "refund_again" else payment.pk)
    needed = {"payment_page": LOOK, "refund_again": "payments.change_refund"}.get(name, REFUND)
    others = {LOOK, REFUND, "payments.change_refund", "bookings.view_booking"} - {needed}
    client.force_login(make_staff(*others))
    assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    assert list(Refund.objects.values_list("status", flat=True)) == ["failed"]


def test_who_may_only_look_finds_nothing_to_press(client: Client) -> None:
    client.force_login(make_staff(LOOK))
    payment = a_payment()
    make_refund(payment, amount=Decimal(1), status=Refund.Status.FAILED)
    text = client.get(page("payment_page", payment.pk)).content.decode()
    assert page("payment_refund", payment.pk) not in text
    assert page("payment_look", payment.pk) not in text
    assert "Send it again" not in text


@pytest.mark.parametrize("key", ["00000000-0000-4000-8000-000000000000"])
@pytest.mark.parametrize("name", ["payment_page", "payment_refund"])
def test_an_unknown_payment_is_not_found(finance: Client, name: str, key: str) -> None:
    assert finance.get(page(name, key)).status_code == 404


def test_refunding_shows_the_sums_first_and_then_does_it(finance: Client) -> None:
    payment = a_payment()
    address = page("payment_refund", payment.pk)
    shown = finance.get(address)
    assert "at most £90.00" in shown.content.decode()
    assert Refund.objects.count() == 0
    booking = payment.allocations.get().booking_id
    typed = {"figures": shown.context["standing"].figures, "booking": booking, "amount": "£20.50", "reason": "goodwill"}
    answer = finance.post(address, typed)
    assert (answer.status_code, answer["Location"]) == (302, page("payment_page", payment.pk))
    assert said(answer) == ["£20.50 is on its way back."]
    refund = Refund.objects.get()
    assert (refund.amount, refund.status, refund.requested_by is None) == (Decimal("20.50"), "requested", False)
    # The same press again: the figures are not those any more.
    again = finance.post(address, typed)
    assert (again.status_code, Refund.objects.count()) == (200, 1)
    assert "Nothing was sent." in again.content.decode()


@pytest.mark.parametrize(
    "amount, sentence",
    [
        ("", "Enter the sum in pounds, like 135 or 135.50"),
        ("ten", "Enter the sum in pounds, like 135 or 135.50"),
        ("NaN", "Enter the sum in pounds, like 135 or 135.50"),
        ("1\0", "Enter the sum in pounds, like 135 or 135.50"),
        ("1e9999999", "Enter a sum like 135.50"),
        ("0", "Enter more than nothing"),
        ("-5", "Enter more than nothing"),
        ("1.005", "Enter whole pence, like 135.50"),
        ("99999999999", "Enter a sum like 135.50"),
        ("90.01", "At most £90.00 can go back"),
    ],
)
def test_a_sum_that_can_not_be_is_said_at_the_field(finance: Client, amount: str, sentence: str) -> None:
    payment = a_payment()
    figures = finance.get(page("payment_refund", payment.pk)).context["standing"].figures
    booking = payment.allocations.get().booking_id
    typed = {"figures": figures, "booking": booking, "amount": amount, "reason": "goodwill"}
    answer = finance.post(page("payment_refund", payment.pk), typed)
    assert (answer.status_code, answer.context["form"].errors["amount"]) == (200, [sentence])
    assert Refund.objects.count() == 0


@pytest.mark.parametrize("typed", [{"reason": "no_place"}, {"reason": ""}, {"booking": "x"}, {"figures": "\0"}])
def test_tampered_choices_send_nothing(finance: Client, typed: dict[str, str]) -> None:
    payment = a_payment()
    figures = finance.get(page("payment_refund", payment.pk)).context["standing"].figures
    booking = str(payment.allocations.get().booking_id)
    whole = {"figures": figures, "booking": booking, "amount": "1", "reason": "goodwill"} | typed
    assert finance.post(page("payment_refund", payment.pk), whole).status_code == 200
    assert Refund.objects.count() == 0


def test_of_several_bookings_one_is_chosen(finance: Client) -> None:
    payment = a_payment(amount=Decimal(60))
    other = make_booking()
    Payment.objects.update(amount=Decimal(100))
    PaymentAllocation.objects.create(payment=payment, booking=other, amount=Decimal(40))
    shown = finance.get(page("payment_refund", payment.pk))
    typed = {"figures": shown.context["standing"].figures, "amount": "40.01", "reason": "duplicate"}
    for booking in ("", str(other.pk)):
        answer = finance.post(page("payment_refund", payment.pk), typed | {"booking": booking})
        assert (answer.status_code, Refund.objects.count()) == (200, 0)
    finance.post(page("payment_refund", payment.pk), typed | {"booking": str(other.pk), "amount": "40"})
    assert Refund.objects.get().booking == other


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"stripe_intent_id": None}, "It was not paid through Stripe."),
        ({"status": Payment.Status.OPEN}, "This payment was never made"),
    ],
)
def test_where_nothing_can_go_back_the_page_says_why(finance: Client, fields: dict[str, Any], sentence: str) -> None:
    payment = a_payment(**fields)
    assert sentence in finance.get(page("payment_refund", payment.pk)).content.decode()


def test_looking_at_stripe_again(finance: Client, stripe_stand_in: OpenStandIn) -> None:
    payment = a_payment(stripe_intent_id=charge_at_stripe(stripe_stand_in, amount=9000))
    stripe_stand_in.stripe.v1.refunds.create({"payment_intent": str(payment.stripe_intent_id), "amount": 500})
    assert finance.get(page("payment_look", payment.pk)).status_code == 405
    answer = finance.post(page("payment_look", payment.pk))
    assert (said(answer), Refund.objects.get().amount) == (["This is how it stands at Stripe now."], Decimal("5.00"))


@pytest.mark.parametrize(
    "kind, sentence",
    [
        ("503", "Stripe does not answer just now. Nothing was changed; try again in a minute."),
        ("", "Stripe refused to answer (resource_missing). Nothing was changed."),
    ],
)
def test_stripe_down_or_unwilling(finance: Client, stripe_stand_in: OpenStandIn, kind: str, sentence: str) -> None:
    payment = a_payment(status=Payment.Status.OPEN, stripe_form_id="pi_of_nobody")
    if kind:
        stripe_stand_in.control("faults", method="GET", path="/v1/", kind=kind, times=4)
    assert said(finance.post(page("payment_look", payment.pk))) == [sentence]


def test_a_failed_refund_is_sent_again_from_the_page(finance: Client) -> None:
    payment = a_payment()
    failed = make_refund(payment, amount=Decimal("50.00"), status=Refund.Status.FAILED)
    for sentence in (
        "The refund is on its way again.",
        "Nothing was sent: this refund has not failed, or is tried again",
    ):
        assert said(finance.post(page("refund_again", failed.pk)))[-1].startswith(sentence)
    other = make_refund(payment, amount=Decimal("50.00"), status=Refund.Status.FAILED)
    sentence = "Nothing was sent: only £40.00 can still go back."
    assert said(finance.post(page("refund_again", other.pk)))[-1] == sentence
    assert list(Refund.objects.order_by("created_at").values_list("status", flat=True)) == ["requested", "failed"]


def test_links_to_the_dashboard_are_for_real_keys(settings: Settings) -> None:
    settings.STRIPE_API_BASE = "https://api.stripe.com"
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    assert dashboard_address("pi_1") == "https://dashboard.stripe.com/test/payments/pi_1"
    settings.STRIPE_SECRET_KEY = "sk_live_x"
    assert dashboard_address("ch_1") == "https://dashboard.stripe.com/payments/ch_1"
    assert dashboard_address("cs_1") == ""
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert dashboard_address("pi_1") == ""
