"""From a telephone call to a paid booking: the office books, the letter's link opens the payment, Stripe is paid."""

import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from communications.flows.delivering import deliver
from communications.models import MailboxMessage, Message
from config.kernel import clock
from customers.flows.statistics import recalculate
from customers.models import AccessLink, CustomerStatistics
from customers.services import access
from invoicing.models import Invoice
from payments.models import Payment
from tests.factories import make_booking, make_session, make_staff, make_user
from tests.system.stand_in import StandIn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mailbox(settings: LazySettings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "communications.mailbox.MailboxBackend"}}


@pytest.mark.usefixtures("mailbox")
def test_three_places_booked_by_telephone_are_paid_by_the_link(client: Client, stripe_stand_in: StandIn) -> None:
    session, hannah = make_session(), make_user("hannah@example.org")
    client.force_login(make_staff("bookings.add_booking", "bookings.view_booking"))
    said = {"customer": hannah.pk, "session": f"{session.pk}~90.00", "places": "3", "source": "phone"}
    client.post(
        reverse("admin:bookings_booking_new"),
        said | {"purpose": "work", "terms": "on", "sends_link": "on", "book": "1"},
    )
    booking = Booking.objects.get()
    (message,) = Message.objects.all()
    deliver(message_id=message.pk)

    mail = MailboxMessage.objects.get()
    found = re.search(
        r"http://\S+/access/[\w-]+/\?to=pay", bytes(mail.raw).decode().replace("=\n", "").replace("=3D", "=")
    )
    assert found is not None
    assert mail.subject.startswith("Pay £270 for Emergency First Aid at Work")
    # The copy that staff see holds no secret.
    message.refresh_from_db()
    assert "/access/(secret)/?to=pay" in message.body_text
    parts = urlsplit(found[0])
    link = f"{parts.path}?{parts.query}"

    customer = Client()
    pay = reverse("payments:pay", args=[booking.reference])
    assert customer.get(link).status_code == 200
    assert customer.get(pay).status_code == 404
    assert customer.post(link)["Location"] == pay
    page = customer.get(pay)
    assert page.status_code == 200
    # Two days on, a clock time alone would say nothing.
    assert re.search(r"We’re holding your 3 places until <strong data-held-until>\S+ on \w+day ", page.content.decode())
    stripe_stand_in.pay(customer.post(pay)["Location"])
    customer.get(reverse("payments:returned", args=[booking.reference]))

    booking.refresh_from_db()
    assert (booking.status, Payment.objects.get().status) == (Booking.Status.CONFIRMED, "succeeded")
    assert (Invoice.objects.get().total, Invoice.objects.get().paid) == (Decimal("270.00"), Decimal("270.00"))
    recalculate(user_ids=[hannah.pk])
    figures = CustomerStatistics.objects.get(user=hannah)
    assert (figures.bookings_count, figures.places_count, figures.net_paid_total) == (1, 3, Decimal("270.00"))
    # The link goes on opening the booking, which is paid.
    assert Client().post(link)["Location"] == pay
    assert customer.get(pay)["Location"] == reverse("bookings:booking", args=[booking.reference])


def test_only_a_booking_is_paid_by_a_link_and_it_leads_nowhere_else(client: Client) -> None:
    booking = make_booking()
    place = booking.attendees.get()
    for purpose, key, page in (
        (AccessLink.Purpose.ATTENDEE, place.pk, reverse("bookings:place", args=[place.pk])),
        (AccessLink.Purpose.BOOKING, booking.pk, reverse("bookings:booking", args=[booking.reference])),
    ):
        url = access.link_url(
            access.make_access_link(purpose=purpose, subject_key=str(key), expires_at=clock.now() + timedelta(days=1))
        )
        to = "pay" if purpose == AccessLink.Purpose.ATTENDEE else "https://evil.example/"
        assert client.post(f"{urlsplit(url).path}?to={to}")["Location"] == page
