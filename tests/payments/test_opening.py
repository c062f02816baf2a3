"""The page at Stripe, noted once."""

import pytest

from payments.models import Payment, PaymentEvent
from payments.services.opening import record_page
from tests.factories import make_booking, make_payment

pytestmark = pytest.mark.django_db


def test_a_page_that_two_tabs_were_given_is_noted_once() -> None:
    payment = make_payment(make_booking(), status=Payment.Status.OPEN)

    for _ in range(2):
        record_page(payment=payment, checkout_id="cs_1")

    assert Payment.objects.get().stripe_checkout_id == "cs_1"
    assert [event.kind for event in PaymentEvent.objects.all()] == ["opened"]
