"""The page that sends a payment link."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from communications.models import Message
from tests.factories import make_booking, make_staff, make_user
from tests.factories.orders import an_unpaid_order, booking_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_staff("bookings.add_booking", "bookings.view_booking"))
    return client


def page_of(booking: Booking) -> str:
    return reverse("admin:bookings_booking_payment_link", args=[booking.pk])


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_it_says_to_whom_and_what_and_sends_once(office: Client) -> None:
    booking = booking_of(an_unpaid_order(places=2))
    page = office.get(page_of(booking))
    shown = page.content.decode()
    assert "Hannah Okafor, hannah@example.org" in shown
    assert "£180.00" in shown
    assert "Send the payment link" in shown
    assert not Message.objects.exists()

    assert said(office.post(page_of(booking), follow=True)) == ["A payment link is on its way to hannah@example.org."]
    assert "is on its way to hannah@example.org already" in office.get(page_of(booking)).content.decode()
    again = office.post(page_of(booking), follow=True)
    assert said(again) == ["A payment link is on its way to hannah@example.org already. No other was sent."]
    assert Message.objects.count() == 1


def test_a_missing_address_is_asked_for(office: Client) -> None:
    booking = make_booking(status=Booking.Status.PENDING, customer=make_user(""))
    assert "Hannah Okafor has no email address on record." in office.get(page_of(booking)).content.decode()
    make_user("taken@example.org")
    for typed, sentence in (
        ("", "Enter an email address like name@example.com"),
        ("taken@example.org", "Somebody else has this address. Type another one, or make the booking theirs"),
    ):
        answer = office.post(page_of(booking), {"email": typed})
        assert dict(answer.context["form"].errors) == {"email": [sentence]}
    assert not Message.objects.exists()
    office.post(page_of(booking), {"email": "ada@example.org"})
    assert Message.objects.get().to_email == "ada@example.org"


def test_what_is_booked_already_needs_no_link(office: Client) -> None:
    booking = make_booking()
    for answer in (office.get(page_of(booking)), office.post(page_of(booking))):
        assert answer.status_code == 200
        assert "It is booked already: nobody has to pay before the course." in answer.content.decode()
        assert "Send the payment link" not in answer.content.decode()
    assert not Message.objects.exists()


def test_only_who_books_for_customers_sends_links_and_only_for_sessions_they_see(client: Client) -> None:
    booking = booking_of(an_unpaid_order())
    for rights, status in ((["bookings.view_booking"], 403), (["bookings.add_booking"], 404)):
        client.force_login(make_staff(*rights))
        assert client.get(page_of(booking)).status_code == status
        assert client.post(page_of(booking)).status_code == status
    assert not Message.objects.exists()
