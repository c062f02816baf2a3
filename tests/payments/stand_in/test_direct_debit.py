"""Bacs Direct Debit on the hosted page: the payer leaves while the bank still works on it."""

import pytest
import stripe

from tests.payments.stand_in.conftest import Parameters
from tests.system.stand_in import Page, StandIn


@pytest.fixture
def session(stand_in: StandIn, session_parameters: Parameters) -> stripe.checkout.Session:
    stand_in.control("payment_methods", bacs_debit=True)
    return stand_in.stripe.v1.checkout.sessions.create(session_parameters)


def debit(stand_in: StandIn, session: stripe.checkout.Session, number: str, **fields: str) -> Page:
    typed = {"method": "bacs_debit", "sort_code": "10-88-00", "account_number": number, "holder": "Ada Example"}
    return stand_in.submit(str(session.url), **(typed | fields))


def now(stand_in: StandIn, session: stripe.checkout.Session) -> tuple[str | None, str, str]:
    """The session's status, its payment status, and its intent's status."""
    seen = stand_in.stripe.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert isinstance(seen.payment_intent, stripe.PaymentIntent)
    return seen.status, seen.payment_status, seen.payment_intent.status


def test_the_bank_pays_later(stand_in: StandIn, session: stripe.checkout.Session) -> None:
    assert session.payment_method_types == ["card", "bacs_debit"]

    page = debit(stand_in, session, "90012345")

    assert (page.status, page.location) == (303, f"https://shop.example/done/?session={session.id}")
    assert now(stand_in, session) == ("complete", "unpaid", "processing")
    assert [(item["status"], item["amount_captured"]) for item in stand_in.state()["charges"]] == [("pending", 0)]
    assert stand_in.event_types() == [
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "checkout.session.completed",
    ]

    assert stand_in.control("settle") == {"settled": 1}

    assert now(stand_in, session) == ("complete", "paid", "succeeded")
    assert [item["amount_captured"] for item in stand_in.state()["charges"]] == [9000]
    assert stand_in.event_types()[4:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


@pytest.mark.parametrize("number,code", [("33333335", "debit_not_authorized"), ("92222227", "insufficient_funds")])
def test_the_bank_refuses_later(stand_in: StandIn, session: stripe.checkout.Session, number: str, code: str) -> None:
    debit(stand_in, session, number)
    assert now(stand_in, session) == ("complete", "unpaid", "processing")

    stand_in.control("settle")

    assert now(stand_in, session) == ("complete", "unpaid", "requires_payment_method")
    [intent] = stand_in.stripe.v1.payment_intents.list({"expand": ["data.latest_charge"]}).data
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == code
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert (intent.latest_charge.status, intent.latest_charge.failure_code) == ("failed", code)
    assert stand_in.event_types()[-3:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]


def test_it_settles_by_itself(stand_in: StandIn, session: stripe.checkout.Session) -> None:
    stand_in.control("clock", now=session.created)
    debit(stand_in, session, "90012345")

    stand_in.control("clock", now=session.created + 179)
    assert now(stand_in, session) == ("complete", "unpaid", "processing")
    stand_in.control("clock", now=session.created + 180)

    assert now(stand_in, session) == ("complete", "paid", "succeeded")


def test_what_the_bank_works_on_is_neither_paid_twice_nor_cancelled_nor_refunded(
    stand_in: StandIn, session: stripe.checkout.Session
) -> None:
    debit(stand_in, session, "90012345")
    [intent] = stand_in.stripe.v1.payment_intents.list().data

    assert "Already paid" in stand_in.pay(str(session.url)).text
    with pytest.raises(stripe.InvalidRequestError):
        stand_in.stripe.v1.payment_intents.cancel(intent.id)
    with pytest.raises(stripe.InvalidRequestError):
        stand_in.stripe.v1.checkout.sessions.expire(session.id)
    with pytest.raises(stripe.InvalidRequestError):
        stand_in.stripe.v1.refunds.create({"payment_intent": intent.id})

    assert len(stand_in.state()["charges"]) == 1
    assert stand_in.state()["refunds"] == []


def test_a_debit_is_given_back_slowly(stand_in: StandIn, session: stripe.checkout.Session) -> None:
    debit(stand_in, session, "00012345")
    stand_in.control("settle")
    [intent] = stand_in.stripe.v1.payment_intents.list().data

    refund = stand_in.stripe.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "pending"
    stand_in.control("settle")

    assert stand_in.stripe.v1.refunds.retrieve(refund.id).status == "succeeded"


@pytest.mark.parametrize(
    "typed,field",
    [({"holder": ""}, "holder"), ({"sort_code": "200000"}, "sort_code"), ({"account_number": "1"}, "account_number")],
)
def test_mistyped_accounts(
    stand_in: StandIn, session: stripe.checkout.Session, typed: dict[str, str], field: str
) -> None:
    page = debit(stand_in, session, "00012345", **typed)

    assert page.status == 402
    assert f"<a href='#{field}'>" in page.text
    assert "payment_intent" not in stand_in.state()["objects"]


def test_it_is_offered_only_where_it_is_switched_on(stand_in: StandIn, session_parameters: Parameters) -> None:
    session = stand_in.stripe.v1.checkout.sessions.create(session_parameters)
    assert session.payment_method_types == ["card"]
    assert "Direct Debit</legend>" not in stand_in.request("GET", str(session.url)).text

    assert debit(stand_in, session, "00012345").status == 402

    assert stand_in.state()["charges"] == []
