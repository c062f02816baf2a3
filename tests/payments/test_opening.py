"""What is opened at Stripe, noted once; and a payment is never open in two ways."""

import pytest
from django.db import IntegrityError

from config.kernel import clock
from payments.models import Payment, PaymentEvent
from payments.services.opening import Round, abandon_round, record_opening, start_round, unanswered_round
from tests.factories import make_booking, make_payment

pytestmark = pytest.mark.django_db

PAGE, FORM = Payment.Way.PAGE, Payment.Way.FORM


@pytest.fixture
def payment() -> Payment:
    return make_payment(make_booking(), status=Payment.Status.OPEN)


def begin(payment: Payment, way: Payment.Way) -> Round:
    return start_round(payment=payment, way=way, now=clock.now())


@pytest.mark.parametrize("way, column", [(PAGE, "stripe_checkout_id"), (FORM, "stripe_form_id")])
def test_what_two_tabs_were_given_is_noted_once(payment: Payment, way: Payment.Way, column: str) -> None:
    begun = begin(payment, way)
    for _ in range(2):
        assert record_opening(payment=payment, number=begun.number, way=way, stripe_id="x_1")
    payment.refresh_from_db()
    assert getattr(payment, column) == "x_1"
    assert [(event.kind, event.detail) for event in PaymentEvent.objects.all()] == [("opened", way.label)]


def test_the_answer_of_a_round_that_is_over_is_not_noted(payment: Payment) -> None:
    page = begin(payment, PAGE)
    form = begin(payment, FORM)
    assert not record_opening(payment=payment, number=page.number, way=PAGE, stripe_id="cs_1")
    assert record_opening(payment=payment, number=form.number, way=FORM, stripe_id="pi_1")
    payment.refresh_from_db()
    assert (payment.stripe_checkout_id, payment.stripe_form_id, payment.way) == (None, "pi_1", "form")
    assert PaymentEvent.objects.count() == 1


def test_a_form_is_asked_for_with_the_same_key_until_it_is_answered(payment: Payment) -> None:
    first = begin(payment, FORM)
    assert (first.idempotency_key, first.expires_at) == (f"form-{payment.pk}-1", None)
    assert begin(payment, FORM) == first == unanswered_round(payment)
    record_opening(payment=payment, number=first.number, way=FORM, stripe_id="pi_1")
    assert unanswered_round(payment) is None
    assert begin(payment, FORM).idempotency_key == f"form-{payment.pk}-2"
    assert payment.stripe_form_id is None


def test_the_other_way_has_a_key_of_its_own(payment: Payment) -> None:
    keys = [begin(payment, way).idempotency_key for way in (PAGE, FORM, PAGE)]
    assert keys == [f"checkout-{payment.pk}-1", f"form-{payment.pk}-2", f"checkout-{payment.pk}-3"]


def test_a_refusal_ends_its_own_round_only(payment: Payment) -> None:
    first = begin(payment, PAGE)
    second = begin(payment, FORM)
    abandon_round(payment=payment, number=first.number)
    assert unanswered_round(payment) == second
    abandon_round(payment=payment, number=second.number)
    assert unanswered_round(payment) is None
    payment.refresh_from_db()
    assert (payment.way, payment.checkout_round) == ("", 2)


def test_the_database_lets_no_payment_be_open_in_two_ways(payment: Payment) -> None:
    Payment.objects.update(stripe_checkout_id="cs_1")
    with pytest.raises(IntegrityError, match="payment_one_way_open"):
        Payment.objects.update(stripe_form_id="pi_1")
