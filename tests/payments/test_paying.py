"""Opening the page at Stripe: one a payment, whatever gets lost on the way."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bookings.models import Booking
from config.kernel import clock
from payments.flows import paying, ways
from payments.flows.paying import NotPayable, extend_order, open_checkout
from payments.flows.settling import Outcome, settle_payment
from payments.models import Discrepancy, Payment, PaymentEvent
from payments.services.opening import AlreadyOpen, booking_label, open_payment, start_round
from payments.stripe_gateway import GatewayRefused, GatewayUnavailable
from tests.factories import make_booking, make_payment, make_session
from tests.factories.at_stripe import OpenStandIn
from tests.factories.orders import a_paid_order, an_unpaid_order, booking_of, expire, let_lapse

pytestmark = pytest.mark.django_db

SESSIONS = "/v1/checkout/sessions$"


def pages_at(stand_in: OpenStandIn) -> int:
    return int(stand_in.state()["objects"].get("checkout.session", 0))


def test_the_page_asks_for_what_was_ordered(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order(make_session(price=Decimal("73.05")), places=2)
    page = open_checkout(payment=payment)
    payment.refresh_from_db()
    booking = booking_of(payment)
    there = stripe_stand_in.stripe.v1.checkout.sessions.retrieve(str(payment.stripe_checkout_id))
    assert (there.url, there.amount_total, there.currency) == (page, 14610, "gbp")
    assert there.metadata is not None
    assert there.metadata.to_dict() == {"payment_id": str(payment.pk), "booking": booking.reference}
    assert there.customer_email == booking.contact_email
    assert there.success_url == f"http://testserver/bookings/{booking.reference}/paid/"
    assert there.cancel_url == f"http://testserver/bookings/{booking.reference}/pay/"
    assert [event.kind for event in PaymentEvent.objects.all()] == ["opened"]


def test_an_open_page_is_used_again(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    assert len({open_checkout(payment=payment) for _ in range(3)}) == 1
    assert pages_at(stripe_stand_in) == 1
    assert PaymentEvent.objects.count() == 1


def test_without_an_address_none_is_given(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    Booking.objects.update(contact_email="")
    open_checkout(payment=payment)
    payment.refresh_from_db()
    there = stripe_stand_in.stripe.v1.checkout.sessions.retrieve(str(payment.stripe_checkout_id))
    assert there.customer_email is None


# The library repeats a request by itself once after a lost connection and after a 5xx, and not after a 429.
@pytest.mark.parametrize("kind, times", [("timeout_after", 2), ("timeout_before", 2), ("429", 1)])
def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    stripe_stand_in: OpenStandIn, kind: str, times: int
) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.control("faults", path=SESSIONS, kind=kind, times=times)
    with pytest.raises(GatewayUnavailable):
        open_checkout(payment=payment)
    payment.refresh_from_db()
    assert (payment.stripe_checkout_id, payment.checkout_round) == (None, 1)
    assert booking_of(payment).status == Booking.Status.PENDING

    stripe_stand_in.pay(open_checkout(payment=payment))
    assert pages_at(stripe_stand_in) == 1
    payment.refresh_from_db()
    assert payment.checkout_round == 1
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    assert len(stripe_stand_in.state()["charges"]) == 1


@pytest.mark.parametrize("kind, times", [("500", 1), ("500_after", 1), ("503", 2)])
def test_a_broken_answer_is_kept_under_its_key_so_the_next_press_takes_another(
    stripe_stand_in: OpenStandIn, kind: str, times: int
) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.control("faults", path=SESSIONS, kind=kind, times=times)
    with pytest.raises(GatewayUnavailable):
        open_checkout(payment=payment)
    stripe_stand_in.pay(open_checkout(payment=payment))
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    assert len(stripe_stand_in.state()["charges"]) == 1
    payment.refresh_from_db()
    assert payment.checkout_round == 2


def test_a_refusal_takes_another_key_too(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    # Less than the least that Stripe takes.
    Payment.objects.update(amount=Decimal("0.10"))
    with pytest.raises(GatewayRefused):
        open_checkout(payment=payment)
    Payment.objects.update(amount=Decimal("90.00"))
    assert open_checkout(payment=payment).startswith("http")
    payment.refresh_from_db()
    assert payment.checkout_round == 2


def test_a_page_that_closed_by_time_is_replaced(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    first = open_checkout(payment=payment)
    payment.refresh_from_db()
    stripe_stand_in.stripe.v1.checkout.sessions.expire(str(payment.stripe_checkout_id))
    second = open_checkout(payment=payment)
    assert second != first
    assert [event.kind for event in PaymentEvent.objects.all()] == ["opened", "opened"]


def test_a_payment_made_in_another_tab_is_found_instead_of_a_new_page(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment))
    with pytest.raises(NotPayable):
        open_checkout(payment=payment)
    assert booking_of(payment).status == Booking.Status.CONFIRMED
    assert pages_at(stripe_stand_in) == 1


def test_a_page_that_another_tab_opened_in_between_is_used(
    stripe_stand_in: OpenStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = an_unpaid_order()
    begin = paying._begin_round
    seen: list[str] = []

    def begin_late(*args):
        if not seen:
            # The other tab is quicker, between this one's look and its lock.
            seen.append("first")
            seen.append(open_checkout(payment=payment))
        return begin(*args)

    monkeypatch.setattr(paying, "_begin_round", begin_late)
    assert open_checkout(payment=payment) == seen[1]
    assert pages_at(stripe_stand_in) == 1


def test_nobody_is_sent_to_a_page_of_an_order_that_closed_meanwhile(
    stripe_stand_in: OpenStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = an_unpaid_order()
    ask = ways._ask

    def ask_slowly(*args):
        page = ask(*args)
        Payment.objects.filter(pk=payment.pk).update(status="cancelled")
        return page

    monkeypatch.setattr(ways, "_ask", ask_slowly)
    with pytest.raises(NotPayable):
        open_checkout(payment=payment)
    payment.refresh_from_db()
    assert payment.stripe_checkout_id is None


def not_payable(payment: Payment) -> bool:
    pages = Payment.objects.values_list("checkout_round", "stripe_checkout_id").get(pk=payment.pk)
    with pytest.raises(NotPayable):
        open_checkout(payment=payment)
    return pages == Payment.objects.values_list("checkout_round", "stripe_checkout_id").get(pk=payment.pk)


def test_a_lapsed_order_is_not_payable_even_before_anybody_noticed(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    open_checkout(payment=payment)
    let_lapse(payment)
    assert not_payable(payment)
    expire(payment)
    assert not_payable(payment)


def test_a_paid_order_is_not_payable(stripe_stand_in: OpenStandIn) -> None:
    assert not_payable(a_paid_order(stripe_stand_in))


def test_a_payment_with_a_question_is_not_payable(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    Discrepancy.objects.create(kind="amount", stripe_object_id="pi_1", payment=payment)
    assert not_payable(payment)
    assert pages_at(stripe_stand_in) == 0


def test_a_payment_the_bank_works_on_is_not_payable(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    Payment.objects.update(status="processing")
    assert not_payable(payment)
    assert pages_at(stripe_stand_in) == 0


def test_an_order_that_has_no_end_is_payable(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    Booking.objects.update(lapses_at=None)
    assert open_checkout(payment=payment).startswith("http")


def test_a_second_payment_of_one_booking_is_refused() -> None:
    booking = make_booking(status=Booking.Status.PENDING)
    open_payment(booking=booking, amount=booking.total)
    with pytest.raises(AlreadyOpen):
        open_payment(booking=booking, amount=booking.total)
    assert Payment.objects.count() == 1


def test_a_round_is_repeated_while_stripe_would_still_take_its_end(frozen_now: datetime) -> None:
    payment = make_payment(make_booking(status=Booking.Status.PENDING), status=Payment.Status.OPEN)
    first = start_round(payment=payment, way=Payment.Way.PAGE, now=frozen_now)
    assert first.expires_at == (frozen_now + timedelta(minutes=45)).replace(microsecond=0)
    assert start_round(payment=payment, way=Payment.Way.PAGE, now=frozen_now + timedelta(minutes=13)) == first
    # Half an hour is the least that Stripe takes: after 14 minutes the same end would be refused.
    later = start_round(payment=payment, way=Payment.Way.PAGE, now=frozen_now + timedelta(minutes=15))
    assert (later.idempotency_key, first.idempotency_key) == (f"checkout-{payment.pk}-2", f"checkout-{payment.pk}-1")
    assert later.expires_at == first.expires_at + timedelta(minutes=15)


def test_more_time_for_an_order(frozen_now: datetime) -> None:
    payment = an_unpaid_order()
    Booking.objects.update(lapses_at=frozen_now + timedelta(minutes=1))
    extend_order(payment_id=payment.pk)
    assert booking_of(payment).lapses_at == frozen_now + timedelta(minutes=20)


def test_more_time_gives_no_end_to_an_order_that_waits_for_the_bank(frozen_now: datetime) -> None:
    payment = an_unpaid_order()
    Booking.objects.update(lapses_at=None)
    extend_order(payment_id=payment.pk)
    assert booking_of(payment).lapses_at is None


def test_a_payment_for_several_bookings_names_the_first_and_counts_the_others() -> None:
    bookings = [make_booking(make_session(), reference=name) for name in ("RFT-B", "RFT-A", "RFT-C")]
    assert booking_label(bookings) == "RFT-A and 2 more"
    assert booking_label(bookings[:1]) == "RFT-B"


def test_the_clock_decides_not_the_sweeper(stripe_stand_in: OpenStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    payment = an_unpaid_order()
    lapses_at = booking_of(payment).lapses_at
    assert lapses_at is not None
    monkeypatch.setattr(clock, "now", lambda: lapses_at)
    assert not_payable(payment)
