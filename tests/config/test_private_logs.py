"""A whole booking, from the first page to the letters, leaves nobody in the logs."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from bookings.models import Attendee, Booking, SpecialRequirement
from communications.flows.delivering import deliver
from communications.models import MailboxMessage, Message
from config.kernel.logs import JsonFormatter, MaskPersonalData
from customers.models import AccessLink
from customers.services.access import link_token
from invoicing.flows.rendering import render_invoice_pdf
from invoicing.models import Invoice
from payments import stripe_gateway
from tests.bookings.answers import HANNAH, agreed, say_needs, take_places
from tests.factories import make_session, make_staff
from tests.system.stand_in import StandIn

pytestmark = pytest.mark.django_db

OWN_WORDS = "My left knee gives way on stairs"
ARRANGED = "The room is on the ground floor"
AGAIN = "The ground floor is flooded"
ANSWERS = HANNAH | {
    "coming": "on",
    "person-2-first_name": "Tomasz",
    "person-2-last_name": "Ackroyd",
    "person-2-email": "tomasz@example.org",
}


OWN_NEEDS = {"you-answer": "helps", "you-own_words": OWN_WORDS, "you-own_words_consent": "on"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What production would print, at production's level and a step below."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(MaskPersonalData())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def book_and_pay(client: Client, stand_in: StandIn) -> Booking:
    session = make_session()
    take_places(client, session, places=2)
    assert client.post(f"/sessions/{session.code}/book/people/", ANSWERS).status_code == 302
    say_needs(client, session, **OWN_NEEDS)
    payment_page = client.post(f"/sessions/{session.code}/book/check/", agreed(session, 2)).headers["Location"]
    hosted = client.post(payment_page).headers["Location"]
    assert stand_in.pay(hosted, "4000000000000002").status in {200, 402}
    assert stand_in.pay(hosted).status in {302, 303}
    client.get(payment_page.replace("/pay/", "/paid/"))
    return Booking.objects.get(status=Booking.Status.CONFIRMED)


def test_a_booking_its_letters_and_its_office_leave_nobody_in_the_log(
    client: Client, stripe_stand_in: StandIn, log: io.StringIO, settings: Settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "communications.mailbox.MailboxBackend"}}
    booking = book_and_pay(client, stripe_stand_in)
    render_invoice_pdf(invoice_id=Invoice.objects.get().pk)
    for message in Message.objects.all():
        Message.objects.update(send_after=message.created_at)
        deliver(message_id=message.pk)
    assert MailboxMessage.objects.count() == Message.objects.count() == 2
    link = AccessLink.objects.get(purpose=AccessLink.Purpose.BOOKING)
    other = Client()
    assert other.get(f"/access/{link_token(link)}/").status_code == 200
    assert other.post(f"/access/{link_token(link)}/").status_code == 302
    assert other.get(f"/bookings/{booking.reference}/").status_code == 200
    assert other.get(f"/access/{link_token(link)}x/").status_code == 404
    office = Client()
    office.force_login(make_staff(is_superuser=True))
    assert office.get("/admin/customers/user/", {"q": HANNAH["email"]}).status_code == 200
    said = SpecialRequirement.objects.get()
    page = f"/admin/bookings/specialrequirement/{said.pk}/"
    assert OWN_WORDS in office.post(page).content.decode()
    marked = {"arranged": ARRANGED, "said_at": said.said_at.isoformat()}
    assert office.post(f"{page}arranged/", marked).status_code == 302
    assert office.post(f"{page}again/", {"reason": AGAIN}).status_code == 302

    assert [line["route"] for line in lines(log)] == [
        "bookings:book",
        "bookings:people",
        "bookings:requirements",
        "bookings:check",
        "payments:pay",
        "payments:returned",
        "customers:open_link",
        "customers:open_link",
        "bookings:booking",
        "customers:open_link",
        "admin:customers_user_changelist",
        "admin:bookings_specialrequirement_page",
        "admin:bookings_specialrequirement_page_arranged",
        "admin:bookings_specialrequirement_page_again",
    ]
    assert_nobody_is_in(log, booking, client)


def test_trouble_with_stripe_and_with_mail_leaves_nobody_in_the_log(
    client: Client, stripe_stand_in: StandIn, log: io.StringIO, settings: Settings
) -> None:
    booking = book_and_pay(client, stripe_stand_in)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 9, "timeout": 1},
        }
    }
    stripe_gateway.forget_client()
    for message in Message.objects.all():
        Message.objects.update(send_after=message.created_at)
        deliver(message_id=message.pk)
    session = make_session()
    take_places(client, session)
    assert client.post(f"/sessions/{session.code}/book/people/", HANNAH).status_code == 302
    say_needs(client, session)
    payment_page = client.post(f"/sessions/{session.code}/book/check/", agreed(session)).headers["Location"]
    assert client.post(payment_page).status_code == 503

    refused = [line for line in lines(log) if line["message"] == "A message could not be sent yet."]
    assert len(refused) == 2
    assert {line["reason"] for line in refused} == {"The mail server could not be reached (ConnectionRefusedError)."}
    assert_nobody_is_in(log, booking, client)


def test_a_call_under_another_name_is_one_line_and_no_error(client: Client, log: io.StringIO) -> None:
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400
    assert [(line["level"], line["route"], line["status"]) for line in lines(log)] == [("INFO", "(none)", 400)]


def assert_nobody_is_in(log: io.StringIO, booking: Booking, client: Client) -> None:
    """No name, address, telephone, company or own words; no secret of a link, a hold or a session."""
    text = log.getvalue()
    typed = [value for answer in ANSWERS.values() if len(answer) > 4 for value in answer.split("\n")]
    secrets = [link_token(link) for link in AccessLink.objects.all()]
    secrets += [cookie.value for cookie in client.cookies.values()]
    assert len(typed) >= 12
    assert len(secrets) >= 3
    for value in [*typed, *secrets, OWN_WORDS, ARRANGED, AGAIN, booking.reference, str(booking.customer_id)]:
        assert value not in text
    assert Attendee.objects.filter(first_name="Tomasz").count() == 1
    assert re.findall(r"[\w.]+@[\w.]+", text) == []
    assert re.findall(r"07700\W?900", text) == []
