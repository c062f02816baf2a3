"""The button on the booking page: one copy, and words that say what happened or when it can."""

from datetime import timedelta

import pytest
from django.test import Client

from bookings.models import Booking
from communications.models import Message
from communications.services import outbox
from config.kernel import clock
from customers.models import AccessLink
from customers.services import access
from tests.communications.builders import HANNAH, Book

pytestmark = pytest.mark.django_db

BUTTON = "Email me the confirmation again</button>"


@pytest.fixture
def booking(book: Book) -> Booking:
    booking = book([HANNAH])
    outbox.queue_booking_messages(booking=booking, invoice=None)
    Message.objects.update(state="sent", sent_at=clock.now(), created_at=clock.now() - timedelta(hours=1))
    return booking


@pytest.fixture
def opened(client: Client, booking: Booking) -> Client:
    link = access.make_access_link(
        purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk), expires_at=clock.now() + timedelta(days=1)
    )
    client.post(f"/access/{access.link_token(link)}/")
    return client


def page(client: Client, booking: Booking) -> str:
    return client.get(f"/bookings/{booking.reference}/").content.decode()


def test_it_is_sent_and_the_page_says_so(opened: Client, booking: Booking) -> None:
    before = page(opened, booking)
    assert BUTTON in before
    assert before.count(" autofocus") == before.count('tabindex="-1" autofocus>') == 1
    response = opened.post(f"/bookings/{booking.reference}/email/")
    assert (response.status_code, response.headers["Location"]) == (302, f"/bookings/{booking.reference}/")
    after = page(opened, booking)
    assert "<strong>We’re sending the confirmation again.</strong> It goes to hannah@example.org" in after
    assert BUTTON not in after
    assert 'role="status" tabindex="-1" autofocus' in after
    assert after.count(" autofocus") == 1
    copy = Message.objects.latest("created_at")
    again_at = clock.format_time(copy.created_at + timedelta(minutes=2))
    assert f"If the confirmation hasn’t come by {again_at}, open this page again" in after


def test_a_second_press_sends_nothing_more(opened: Client, booking: Booking) -> None:
    for _ in range(2):
        assert opened.post(f"/bookings/{booking.reference}/email/").status_code == 302
    assert Message.objects.filter(kind="booking_confirmation").count() == 2


def test_after_five_in_a_day_it_says_whom_to_call(opened: Client, booking: Booking) -> None:
    for number in range(5):
        outbox.resend(message=Message.objects.get(dedupe_key=outbox.confirmation_key(booking)))
        Message.objects.filter(state="queued").update(
            state="sent", created_at=clock.now() - timedelta(minutes=5 + number)
        )
    shown = page(opened, booking)
    assert "We’ve sent the confirmation as often as we can in one day." in shown
    assert BUTTON not in shown


def test_a_booking_without_an_address_offers_nothing(opened: Client, booking: Booking) -> None:
    Booking.objects.update(contact_email="")
    type(booking.customer).objects.filter(pk=booking.customer_id).update(email="", email_key=None)
    assert BUTTON not in page(opened, booking)


def test_it_is_a_post_and_only_for_who_may_see_the_booking(opened: Client, booking: Booking) -> None:
    address = f"/bookings/{booking.reference}/email/"
    assert opened.get(address).status_code == 405
    strangers = [Client().post(address), Client().post("/bookings/RFT-9999-99/email/")]
    assert [response.status_code for response in strangers] == [404, 404]
    assert len({response.content for response in strangers}) == 1
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403
    assert Message.objects.filter(kind="booking_confirmation").count() == 1
