"""A booking becomes final: free of charge, on account, or paid, with an invoice that says so."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.models import Booking
from communications.models import Message
from config.kernel import clock
from invoicing.models import Invoice
from payments.flows.completing import NotFree, PlacesGone, complete, complete_free_order
from payments.flows.paying import open_checkout
from payments.flows.settling import Outcome, settle_intent
from payments.models import Payment
from payments.stripe_gateway import fetch_intent
from tests.factories import make_booking, make_session
from tests.factories.at_stripe import OpenStandIn, intent_id_of
from tests.factories.orders import a_paid_order, an_unpaid_order, booking_of, place_an_order

pytestmark = pytest.mark.django_db

FREE = Decimal("0.00")


def test_a_free_order_is_confirmed_without_payment_or_invoice() -> None:
    placed, _ = place_an_order(make_session(price=FREE), places=2)
    assert placed.payment_id is None
    assert complete_free_order(booking_id=placed.booking.pk)
    assert not complete_free_order(booking_id=placed.booking.pk)
    booking = Booking.objects.get()
    assert (booking.status, booking.lapses_at) == (Booking.Status.CONFIRMED, None)
    assert (Payment.objects.count(), Invoice.objects.count(), Message.objects.count()) == (0, 0, 1)


def test_an_order_that_costs_something_is_not_free() -> None:
    booking = booking_of(an_unpaid_order())
    with pytest.raises(NotFree):
        complete_free_order(booking_id=booking.pk)
    assert not Booking.objects.filter(status=Booking.Status.CONFIRMED).exists()
    assert (Invoice.objects.count(), Message.objects.count()) == (0, 0)


def test_a_free_order_that_lapsed_is_seated_only_with_room() -> None:
    session = make_session(price=FREE, capacity=1)
    first, _ = place_an_order(session)
    Booking.objects.update(lapses_at=clock.now() - timedelta(seconds=1))
    place_an_order(session)
    with pytest.raises(PlacesGone):
        complete_free_order(booking_id=first.booking.pk)
    assert not Booking.objects.filter(status=Booking.Status.CONFIRMED).exists()
    assert (Invoice.objects.count(), Message.objects.count()) == (0, 0)


def test_the_invoice_says_how_it_was_paid(stripe_stand_in: OpenStandIn) -> None:
    a_paid_order(stripe_stand_in, number="5555555555554444")
    invoice = Invoice.objects.get()
    assert (invoice.paid, invoice.payment_note) == (invoice.total, "Mastercard ending 4444")


def test_without_card_details_the_invoice_names_the_way(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment))
    intent = fetch_intent(intent_id_of(stripe_stand_in, payment))
    plain = type(intent)(**(vars(intent) | {"card_brand": "", "card_last4": ""}))
    assert settle_intent(intent=plain, payment_id=payment.pk) == Outcome.PAID
    assert Invoice.objects.get().payment_note == "Card"


def test_a_booking_confirmed_before_it_is_paid_owes_everything() -> None:
    """On account: the place is one thing, the money another."""
    booking = make_booking(status=Booking.Status.PENDING)
    now = clock.now()
    assert complete(booking=booking, payment=None, paid=FREE, now=now)
    assert not complete(booking=booking, payment=None, paid=FREE, now=now)
    invoice = Invoice.objects.get()
    assert (invoice.paid, invoice.paid_on, invoice.payment_note) == (FREE, None, "")
    assert invoice.left_to_pay == booking.total
