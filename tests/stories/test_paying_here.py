"""Paying in the form on our own page, over HTTP, with a real worker: what the script sends, sent by hand."""

import json

import pytest
import stripe

from bookings.models import Booking
from communications.models import Message
from invoicing.models import Invoice
from payments.models import Payment, StripeEvent
from tests.factories import make_session
from tests.factories.at_stripe import answer_bank, confirm_form, open_at_stripe
from tests.system.servers import until
from tests.system.site import RunningSite
from tests.system.visitor import Answer, Visitor, order_places, pay_at_stripe

pytestmark = pytest.mark.django_db(transaction=True)

DECLINED, ASKED_BY_BANK = "4000000000000002", "4000002760003184"


def script_asks(visitor: Visitor, page: Answer, what: str, **fields: str) -> dict[str, str]:
    answer = visitor.post(page, f"{page.path}{what}/", **fields)
    assert answer.status == 200, answer.text[:2000]
    told: dict[str, str] = json.loads(answer.text)
    return told


def everything_applied() -> bool:
    return not StripeEvent.objects.filter(state=StripeEvent.State.RECEIVED).exists()


def test_a_card_is_declined_and_another_one_pays(site: RunningSite) -> None:
    site.start_worker()
    visitor = site.visitor()
    page = order_places(visitor, make_session().code)
    secret = script_asks(visitor, page, "form")["client_secret"]

    with pytest.raises(stripe.CardError):
        confirm_form(site.stripe, secret, DECLINED)
    told = script_asks(visitor, page, "ask")
    assert told["outcome"] == "open"
    assert told["not_charged"].startswith("You have not been charged and your place is still held until ")
    assert "Your bank declined that card" in visitor.get(page.path).text

    assert script_asks(visitor, page, "form")["client_secret"] == secret
    confirm_form(site.stripe, secret)
    back = visitor.follow(visitor.get(page.path.replace("/pay/", "/paid/")))
    assert (back.status, "You’re booked" in back.text) == (200, True)

    until(lambda: Message.objects.filter(state=Message.State.SENT).exists() and everything_applied())
    assert not StripeEvent.objects.filter(state=StripeEvent.State.FAILED).exists()
    assert Booking.objects.get().status == Booking.Status.CONFIRMED
    assert (Payment.objects.count(), Invoice.objects.count()) == (1, 1)
    assert [charge["status"] for charge in site.stripe.state()["charges"]] == ["succeeded", "failed"]


def test_who_never_comes_back_from_the_bank_is_booked_by_the_webhook(site: RunningSite) -> None:
    site.start_worker()
    visitor = site.visitor()
    page = order_places(visitor, make_session().code)
    asked = confirm_form(site.stripe, script_asks(visitor, page, "form")["client_secret"], ASKED_BY_BANK)

    answer_bank(site.stripe, asked)

    until(lambda: Booking.objects.get().status == Booking.Status.CONFIRMED)
    assert script_asks(visitor, page, "form") == {"go": page.path.replace("/pay/", "/paid/")}


def test_two_tabs_one_with_the_form_and_one_at_stripe(site: RunningSite) -> None:
    visitor = site.visitor()
    page = order_places(visitor, make_session().code)
    secret = script_asks(visitor, page, "form")["client_secret"]
    paid = pay_at_stripe(visitor, page)

    assert paid.status == 302
    with pytest.raises(stripe.InvalidRequestError):
        confirm_form(site.stripe, secret)
    assert Booking.objects.get().status == Booking.Status.CONFIRMED
    assert open_at_stripe(site.stripe) == []
    assert [charge["status"] for charge in site.stripe.state()["charges"]] == ["succeeded"]
