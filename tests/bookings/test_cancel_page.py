"""The page that cancels a booking: what it says for each kind of booking, and the press."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking
from communications.models import Message
from config.kernel import clock
from payments.models import Payment, Refund
from tests.factories import make_booking, make_payment, make_refund, make_session, make_staff

pytestmark = pytest.mark.django_db

CANCEL, REFUND = "bookings.cancel_booking", "payments.add_refund"
PEOPLE = [("Hannah", "Okafor", ""), ("Tom", "Ackroyd", "tom@example.org"), ("", "", "")]


def address(booking: Booking) -> str:
    return reverse("admin:bookings_booking_cancel", args=[booking.pk])


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def words(client: Client, booking: Booking) -> str:
    answer = client.get(address(booking))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def typed(client: Client, booking: Booking, **fields: str) -> dict[str, str]:
    """What somebody sends who opened the page just now and changed nothing but these."""
    shown = client.get(address(booking)).context
    return {"figures": shown["effect"].figures, "refund": str(shown["effect"].suggested), "reason": "customer"} | fields


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_staff(CANCEL, REFUND))
    return client


def a_paid_booking(**fields: Any) -> Booking:
    booking = make_booking(people=PEOPLE, **fields)
    make_payment(booking, stripe_intent_id=f"pi_{booking.reference}")
    return booking


def test_it_says_what_will_happen_and_then_does_it(office: Client) -> None:
    booking = a_paid_booking()
    page = words(office, booking)
    for sentence in (
        "3 places are free again at once: Hannah Okafor, Tom Ackroyd, Person 3.",
        "The sum below goes back to what it was paid with.",
        f"Hannah Okafor ({booking.contact_email}) is told, with a file that takes the course out of their calendar.",
        "Tom Ackroyd (tom@example.org) is told that their place was cancelled.",
        'value="270.00"',
        "The booking terms give everything back until",
    ):
        assert sentence in page, sentence
    booking.refresh_from_db()
    assert (booking.status, Refund.objects.count(), Message.objects.count()) == ("confirmed", 0, 0)
    answer = office.post(address(booking), typed(office, booking, refund="£135"))
    assert answer.status_code == 302
    assert said(answer) == [f"Booking {booking.reference} is cancelled. £135.00 is on its way back."]
    booking.refresh_from_db()
    assert (booking.status, Refund.objects.get().amount, Message.objects.count()) == ("cancelled", Decimal(135), 2)


def test_the_same_press_twice(office: Client) -> None:
    booking = a_paid_booking()
    sent = typed(office, booking, refund="0")
    assert said(office.post(address(booking), sent)) == [f"Booking {booking.reference} is cancelled."]
    again = f"Booking {booking.reference} was cancelled already. Nothing was done."
    assert again in said(office.post(address(booking), sent))
    assert (Refund.objects.count(), Message.objects.count()) == (0, 2)


def test_what_changed_meanwhile_is_said_with_the_new_figures(office: Client) -> None:
    booking = a_paid_booking()
    sent = typed(office, booking)
    make_refund(Payment.objects.get(), amount=Decimal("20.00"), status=Refund.Status.PENDING)
    answer = office.post(address(booking), sent)
    page = answer.content.decode()
    assert "Nothing was done." in page
    assert 'value="250.00"' in page
    booking.refresh_from_db()
    assert (booking.status, Refund.objects.count(), Message.objects.count()) == ("confirmed", 1, 0)


@pytest.mark.parametrize(
    "fields, field, sentence",
    [
        ({"refund": "270.01"}, "refund", "At most £270.00 can go back"),
        ({"refund": "-1"}, "refund", "Enter 0 or more"),
        ({"refund": ""}, "refund", "Enter the sum in pounds, like 135 or 135.50"),
        ({"reason": ""}, "reason", "Choose why it is cancelled"),
        ({"reason": "\0"}, "reason", "Choose one of the reasons"),
    ],
)
def test_what_is_typed_wrongly_is_said_at_the_field(
    office: Client, fields: dict[str, str], field: str, sentence: str
) -> None:
    booking = a_paid_booking()
    answer = office.post(address(booking), typed(office, booking, **fields))
    assert (answer.status_code, answer.context["form"].errors[field]) == (200, [sentence])
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_who_may_not_refund_cancels_without_money(client: Client) -> None:
    client.force_login(make_staff(CANCEL))
    booking = a_paid_booking()
    page = words(client, booking)
    assert "<strong>No money goes back with this.</strong> Ask somebody who may refund: £270.00" in page
    assert 'name="refund"' not in page
    client.post(address(booking), typed(client, booking, refund="270"))
    booking.refresh_from_db()
    assert (booking.status, Refund.objects.count()) == ("cancelled", 0)


def test_who_may_not_cancel_gets_nothing(client: Client) -> None:
    client.force_login(make_staff("bookings.view_booking", "bookings.change_booking", REFUND))
    booking = a_paid_booking()
    assert (client.get(address(booking)).status_code, client.post(address(booking)).status_code) == (403, 403)
    booking.refresh_from_db()
    assert booking.status == "confirmed"


@pytest.mark.parametrize(
    "status, sentence",
    [
        (Booking.Status.PENDING, "Nothing was paid, so no money goes back."),
        (Booking.Status.EXPIRED, "This booking ran out of time"),
        (Booking.Status.CANCELLED, "There is nothing left to cancel."),
    ],
)
def test_each_kind_of_booking_has_its_words(office: Client, status: Booking.Status, sentence: str) -> None:
    booking = make_booking(status=status)
    assert sentence in words(office, booking)
    assert ('name="figures"' in words(office, booking)) is (status == Booking.Status.PENDING)


def test_open_payments_and_money_that_stripe_never_had(office: Client) -> None:
    waiting = make_booking(status=Booking.Status.PENDING)
    make_payment(waiting, status=Payment.Status.OPEN)
    assert "Paying £90.00 is closed." in words(office, waiting)
    at_bank = make_booking(status=Booking.Status.PENDING)
    make_payment(at_bank, status=Payment.Status.PROCESSING)
    assert "The bank is still working on £90.00." in words(office, at_bank)
    in_cash = make_booking()
    make_payment(in_cash, method=Payment.Method.CASH)
    assert "£90.00 was not paid through Stripe and has to be given back by hand." in words(office, in_cash)
    gone = make_booking()
    make_refund(make_payment(gone, stripe_intent_id="pi_gone"), amount=Decimal(90))
    assert "All of the money has gone back already" in words(office, gone)


def test_a_course_that_began_and_nobody_to_write_to(office: Client) -> None:
    booking = make_booking(make_session(starts_at=clock.now() - timedelta(hours=1)), total=Decimal(0), contact_email="")
    booking.customer.email = ""
    booking.customer.save()
    page = words(office, booking)
    assert "This course began on" in page
    assert "<strong>Nobody is told by email:</strong>" in page
    assert "The course is free" in page


def test_an_unknown_booking_is_not_found(office: Client) -> None:
    key = "00000000-0000-4000-8000-000000000000"
    assert office.get(reverse("admin:bookings_booking_cancel", args=[key])).status_code == 404


def test_the_page_costs_the_same_for_one_person_and_for_three(office: Client) -> None:
    def queries(booking: Booking) -> int:
        with CaptureQueriesContext(connection) as captured:
            office.get(address(booking))
        return len(captured)

    one, three = make_booking(), a_paid_booking()
    make_payment(one, stripe_intent_id="pi_one")
    queries(one)
    assert queries(one) == queries(three)
