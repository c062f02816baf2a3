"""The whole story once, through the flows and the real `stripe` library."""

import pytest

from bookings.models import Booking
from communications.models import Message
from invoicing.models import Invoice
from payments.flows.paying import open_checkout
from payments.flows.settling import Outcome, settle_payment
from payments.models import Payment, PaymentEvent
from tests.factories import make_session
from tests.factories.orders import place_an_order
from tests.system.stand_in import StandIn

pytestmark = pytest.mark.django_db


def test_an_order_is_paid_and_everything_follows(stripe_stand_in: StandIn) -> None:
    placed, _ = place_an_order(make_session(), places=2)
    assert placed.payment_id is not None

    page = open_checkout(payment=Payment.objects.get(pk=placed.payment_id))
    assert settle_payment(payment_id=placed.payment_id) == Outcome.OPEN
    stripe_stand_in.pay(page)
    assert settle_payment(payment_id=placed.payment_id) == Outcome.PAID
    assert settle_payment(payment_id=placed.payment_id) == Outcome.PAID

    booking = Booking.objects.get()
    payment = Payment.objects.get()
    assert booking.status == Booking.Status.CONFIRMED
    assert (payment.status, payment.card_brand, payment.card_last4) == ("succeeded", "visa", "4242")
    assert [event.kind for event in PaymentEvent.objects.all()] == ["opened", "succeeded"]
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.paid, invoice.payment_note) == (booking.total, booking.total, "Visa ending 4242")
    assert [message.kind for message in Message.objects.all()] == ["booking_confirmation"]
