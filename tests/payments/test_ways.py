"""The form on our page beside Stripe's page: each opened once, and never both at once."""

from typing import Any

import pytest
import stripe

from bookings.models import Booking
from payments.flows import paying, ways
from payments.flows.paying import MOST_TURNS, NotPayable, open_checkout, open_form
from payments.flows.settling import Outcome, settle_payment
from payments.models import Discrepancy, Payment, PaymentEvent
from payments.stripe_gateway import GatewayUnavailable, fetch_intent
from tests.factories import make_session
from tests.factories.at_stripe import OpenStandIn, answer_bank, charges, confirm_form, open_at_stripe
from tests.factories.orders import an_unpaid_order, booking_of, fresh, let_lapse

pytestmark = pytest.mark.django_db

INTENTS = "/v1/payment_intents$"
DECLINED, ASKED_BY_BANK = "4000000000000002", "4000002760003184"


@pytest.fixture
def payment() -> Payment:
    return an_unpaid_order(places=2)


def test_the_form_asks_for_what_was_ordered(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    secret = open_form(payment=payment)
    known, booking = fresh(payment), booking_of(payment)
    there = stripe_stand_in.stripe.v1.payment_intents.retrieve(str(known.stripe_form_id))
    assert (there.client_secret, there.amount, there.currency) == (secret, 18000, "gbp")
    assert there.metadata.to_dict() == {"payment_id": str(payment.pk), "booking": booking.reference}
    assert there.description == f"{booking.session.course.name}, booking {booking.reference}"
    assert there.automatic_payment_methods is not None
    assert (there.automatic_payment_methods.enabled, there.receipt_email) == (True, None)
    assert (known.way, known.stripe_checkout_id, known.stripe_intent_id) == ("form", None, None)
    assert [(event.kind, event.detail) for event in PaymentEvent.objects.all()] == [("opened", "Form on our page")]


def test_the_secret_is_kept_nowhere(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    secret = open_form(payment=payment)
    kept = [str(row) for model in (Payment, PaymentEvent) for row in model.objects.values()]
    assert [row for row in kept if "_secret_" in row] == []
    assert secret not in repr(fetch_intent(str(fresh(payment).stripe_form_id)))
    assert secret not in repr(ways.find(Payment.Way.FORM, str(fresh(payment).stripe_form_id)))


def test_an_open_form_is_used_again(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    assert len({open_form(payment=fresh(payment)) for _ in range(3)}) == 1
    assert stripe_stand_in.state()["objects"]["payment_intent"] == 1
    assert PaymentEvent.objects.count() == 1


def test_after_a_decline_the_same_form_takes_another_card(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    secret = open_form(payment=payment)
    with pytest.raises(stripe.CardError):
        confirm_form(stripe_stand_in, secret, DECLINED)
    assert settle_payment(payment_id=payment.pk) == Outcome.OPEN
    assert fresh(payment).last_decline_code == "generic_decline"
    assert open_form(payment=fresh(payment)) == secret
    confirm_form(stripe_stand_in, secret)
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    paid = fresh(payment)
    assert (paid.status, paid.stripe_intent_id, paid.card_last4) == ("succeeded", paid.stripe_form_id, "4242")
    assert booking_of(payment).status == Booking.Status.CONFIRMED
    assert [event.kind for event in PaymentEvent.objects.all()] == ["opened", "declined", "succeeded"]


@pytest.mark.parametrize("outcome, result", [("complete", Outcome.PAID), ("fail", Outcome.OPEN)])
def test_when_the_bank_asks(stripe_stand_in: OpenStandIn, payment: Payment, outcome: str, result: Outcome) -> None:
    secret = open_form(payment=payment)
    asked = confirm_form(stripe_stand_in, secret, ASKED_BY_BANK)
    assert settle_payment(payment_id=payment.pk) == Outcome.OPEN
    assert open_form(payment=fresh(payment)) == secret
    answer_bank(stripe_stand_in, asked, outcome)
    assert settle_payment(payment_id=payment.pk) == result
    code = "" if outcome == "complete" else "payment_intent_authentication_failure"
    assert fresh(payment).last_decline_code == code


def test_going_to_stripes_page_closes_the_form_and_back_again(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    first = open_form(payment=payment)
    page = open_checkout(payment=fresh(payment))
    assert open_at_stripe(stripe_stand_in) == [fresh(payment).stripe_checkout_id]
    with pytest.raises(stripe.InvalidRequestError):
        confirm_form(stripe_stand_in, first)
    second = open_form(payment=fresh(payment))
    assert open_at_stripe(stripe_stand_in) == [fresh(payment).stripe_form_id]
    assert stripe_stand_in.pay(page).status == 410
    assert first != second
    assert charges(stripe_stand_in) == []
    assert fresh(payment).checkout_round == 3
    confirm_form(stripe_stand_in, second)
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID


@pytest.mark.parametrize("first", [open_form, open_checkout])
def test_what_was_paid_one_way_is_not_payable_the_other_way(
    stripe_stand_in: OpenStandIn, payment: Payment, first: Any
) -> None:
    key = first(payment=payment)
    if first is open_form:
        confirm_form(stripe_stand_in, key)
    else:
        stripe_stand_in.pay(key)
    other = open_checkout if first is open_form else open_form
    with pytest.raises(NotPayable):
        other(payment=fresh(payment))
    assert fresh(payment).status == Payment.Status.SUCCEEDED
    assert (charges(stripe_stand_in), open_at_stripe(stripe_stand_in)) == (["succeeded"], [])


def test_a_decline_on_the_page_is_known_when_the_form_opens(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    stripe_stand_in.pay(open_checkout(payment=payment), DECLINED)
    open_form(payment=fresh(payment))
    assert fresh(payment).last_decline_code == "generic_decline"
    assert [event.kind for event in PaymentEvent.objects.all()] == ["opened", "declined", "opened"]


def test_a_form_that_was_closed_at_stripe_is_replaced(stripe_stand_in: OpenStandIn, payment: Payment) -> None:
    first = open_form(payment=payment)
    stripe_stand_in.stripe.v1.payment_intents.cancel(str(fresh(payment).stripe_form_id))
    assert open_form(payment=fresh(payment)) != first
    assert len(open_at_stripe(stripe_stand_in)) == 1


@pytest.mark.parametrize("opens", [open_form, open_checkout])
@pytest.mark.parametrize("state", ["lapsed", "processing", "cancelled", "question"])
def test_what_is_not_payable_opens_nothing(
    stripe_stand_in: OpenStandIn, payment: Payment, opens: Any, state: str
) -> None:
    if state == "lapsed":
        let_lapse(payment)
    elif state == "question":
        Discrepancy.objects.create(kind="amount", stripe_object_id="pi_1", payment=payment)
    else:
        Payment.objects.update(status=state)
    with pytest.raises(NotPayable):
        opens(payment=fresh(payment))
    assert (fresh(payment).checkout_round, stripe_stand_in.state()["objects"]) == (0, {})


def test_who_pays_while_the_other_way_opens_is_seated(
    stripe_stand_in: OpenStandIn, payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = open_form(payment=payment)
    close = ways._close

    def close_late(known):
        confirm_form(stripe_stand_in, secret)
        return close(known)

    monkeypatch.setattr(ways, "_close", close_late)
    with pytest.raises(NotPayable):
        open_checkout(payment=fresh(payment))
    assert booking_of(payment).status == Booking.Status.CONFIRMED
    assert open_at_stripe(stripe_stand_in) == []


@pytest.mark.parametrize("mine, theirs", [(open_form, open_checkout), (open_checkout, open_form)])
def test_the_tab_that_came_last_has_the_way_that_is_open(
    stripe_stand_in: OpenStandIn, payment: Payment, monkeypatch: pytest.MonkeyPatch, mine: Any, theirs: Any
) -> None:
    """Another tab goes the other way while Stripe is asked for this one: this one sees it, and goes on."""
    ask = ways._ask
    others: list[str] = []

    def ask_slowly(begun, story):
        opened = ask(begun, story)
        if not others:
            others.append("one is enough")
            others.append(theirs(payment=fresh(payment)))
        return opened

    monkeypatch.setattr(ways, "_ask", ask_slowly)
    key = mine(payment=payment)
    known = fresh(payment)
    assert open_at_stripe(stripe_stand_in) == [known.stripe_checkout_id or known.stripe_form_id]
    assert key != others[1]
    assert known.way == ("form" if mine is open_form else "page")


def test_a_way_that_was_left_between_look_and_lock_is_not_given_out(
    stripe_stand_in: OpenStandIn, payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_form(payment=payment)
    find = ways.find
    left: list[str] = []

    def find_slowly(*args):
        opened = find(*args)
        if not left:
            left.append(open_checkout(payment=fresh(payment)))
        return opened

    monkeypatch.setattr(ways, "find", find_slowly)
    assert open_form(payment=fresh(payment)) != first
    assert open_at_stripe(stripe_stand_in) == [fresh(payment).stripe_form_id]


def test_tabs_that_never_agree_are_asked_to_try_again(
    stripe_stand_in: OpenStandIn, payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []
    monkeypatch.setattr(paying, "_begin_round", lambda *_: turns.append(1))
    with pytest.raises(GatewayUnavailable, match="Other tabs"):
        open_form(payment=payment)
    assert (len(turns), stripe_stand_in.state()["objects"]) == (MOST_TURNS, {})


@pytest.mark.parametrize(
    "wrong, kind",
    [
        ({"amount_received": 1}, "amount"),
        ({"currency": "eur"}, "currency"),
        ({"metadata": {"payment_id": "x", "booking": "RFT-1"}}, "booking"),
    ],
)
def test_what_was_paid_in_the_form_is_compared_as_well(
    stripe_stand_in: OpenStandIn, payment: Payment, wrong: dict[str, Any], kind: str
) -> None:
    paid = confirm_form(stripe_stand_in, open_form(payment=payment))
    stripe_stand_in.amend("payment_intent", paid.id, **wrong)
    assert settle_payment(payment_id=payment.pk) == Outcome.DISCREPANCY
    assert Discrepancy.objects.get().kind == kind
    assert booking_of(payment).status == Booking.Status.PENDING


def test_one_place_too_many_cannot_be_paid_for(stripe_stand_in: OpenStandIn) -> None:
    """Late money of a form goes back, as that of a page does."""
    session = make_session(capacity=1)
    late = an_unpaid_order(session)
    secret = open_form(payment=late)
    let_lapse(late)
    an_unpaid_order(session)
    confirm_form(stripe_stand_in, secret)
    assert settle_payment(payment_id=late.pk) == Outcome.REFUNDED
