"""Downloading the printed confirmation: for who holds the booking's cookie, and only while it is booked."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Attendee, Booking
from invoicing.flows.rendering import render_confirmation_pdf
from invoicing.models import BookingConfirmation
from tests.factories import make_booking
from tests.invoicing.test_views import cookie_for, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage", "started", "today")]


def address(booking: Booking) -> str:
    return f"/bookings/{booking.reference}/confirmation.pdf"


def make_the_pdf() -> None:
    render_confirmation_pdf(confirmation_id=BookingConfirmation.objects.get().pk)


@pytest.fixture
def client(booking: Booking) -> Client:
    return visitor(cookie_for(booking))


def test_it_is_being_made_and_then_there(client: Client, booking: Booking, storage: Path) -> None:
    waiting = client.get(address(booking))
    assert waiting.status_code == 202
    assert waiting.headers["Retry-After"] == "60"
    assert "<h1>Your booking confirmation is being made</h1>" in waiting.content.decode()
    make_the_pdf()
    response = client.get(address(booking))
    assert response.status_code == 200
    assert response.content == (storage / BookingConfirmation.objects.get().pdf_path).read_bytes()
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="Booking-{booking.reference}.pdf"'
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_download_takes_five_queries(
    client: Client, booking: Booking, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(address(booking))
    make_the_pdf()
    # The booking by its cookie, its people, its days, the paper, the seller.
    with django_assert_num_queries(5):
        assert client.get(address(booking)).status_code == 200


def test_a_changed_name_is_never_given_out_as_it_was(client: Client, booking: Booking) -> None:
    client.get(address(booking))
    make_the_pdf()
    Attendee.objects.filter(position=2).update(first_name="Tomasz")
    assert client.get(address(booking)).status_code == 202
    make_the_pdf()
    assert client.get(address(booking)).status_code == 200


def test_one_that_failed_says_so(client: Client, booking: Booking) -> None:
    client.get(address(booking))
    BookingConfirmation.objects.update(pdf_state="failed")
    page = client.get(address(booking))
    assert page.status_code == 200
    assert "We couldn’t make the PDF of your booking confirmation</h1>" in page.content.decode()
    assert f"say {booking.reference}" in page.content.decode()


def test_a_file_that_is_gone_is_made_again(client: Client, booking: Booking, storage: Path) -> None:
    client.get(address(booking))
    make_the_pdf()
    (storage / BookingConfirmation.objects.get().pdf_path).unlink()
    assert client.get(address(booking)).status_code == 202
    make_the_pdf()
    assert client.get(address(booking)).status_code == 200


@pytest.mark.parametrize("status", [Booking.Status.PENDING, Booking.Status.CANCELLED, Booking.Status.EXPIRED])
def test_what_is_not_booked_has_none(status: Booking.Status) -> None:
    other = make_booking(status=status)
    assert visitor(cookie_for(other)).get(address(other)).status_code == 404
    assert not BookingConfirmation.objects.exists()


def test_everybody_else_is_told_the_same_nothing(booking: Booking) -> None:
    other = make_booking()
    pages = [
        visitor().get(address(booking)),
        visitor(cookie_for(other)).get(address(booking)),
        visitor("wrong").get("/bookings/RFT-9999-99/confirmation.pdf"),
    ]
    assert [page.status_code for page in pages] == [404] * 3
    assert len({page.content for page in pages}) == 1
    assert not BookingConfirmation.objects.exists()
