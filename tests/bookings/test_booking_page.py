"""A booking's page in the office: all of it, at one price, with what this person may do and see."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking, SpecialRequirement
from communications.models import Message
from config.kernel import clock
from customers.services.timeline import record_activity
from invoicing.services.issuing import issue_invoice
from payments.models import Refund
from tests.factories import make_booking, make_payment, make_refund, make_requirement, make_staff, make_user

pytestmark = pytest.mark.django_db

SENTINEL = "sentinel-epilepsy"


def page_of(booking: Booking, page: str = "page") -> str:
    return reverse(f"admin:bookings_booking_{page}", args=[booking.pk])


def needs_of(booking: Booking) -> SpecialRequirement:
    return make_requirement(booking.attendees.order_by("position")[0], own_words=SENTINEL)


def a_full_booking(people: int = 1) -> Booking:
    """Paid in so many payments, part of each refunded, with an invoice, letters and lines of its story."""
    booking = make_booking(
        customer=make_user(first_name="Hannah", last_name="O’Kafor <b>"),
        people=[("Tom", f"Ackroyd {n}", f"tom{n}@example.org") for n in range(people)],
        created_by=make_staff(first_name="Jas", last_name="Bains"),
        notes="Rang <i>twice</i>",
        referral_source="A friend",
    )
    issue_invoice(booking=booking, paid=booking.total, paid_on=clock.london_today(), payment_note="")
    for n in range(people):
        payment = make_payment(booking, amount=Decimal(90), stripe_intent_id=f"pi_{booking.pk}_{n}")
        make_refund(payment, amount=Decimal(10))
        Message.objects.create(
            dedupe_key=f"{booking.pk}-{n}", kind=Message.Kind.INVOICE, booking=booking, to_email="tom@example.org"
        )
        for kind, key in (("booking", booking.pk), ("payment", payment.pk)):
            record_activity(
                user_id=booking.customer_id, kind=kind, summary=f"About {n}", subject_kind=kind, subject_key=str(key)
            )
    needs_of(booking)
    return booking


def test_everything_is_there_and_typed_text_is_only_text(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True))
    booking = a_full_booking()

    page = client.get(page_of(booking)).content.decode()

    for words in (
        booking.reference,
        "O’Kafor &lt;b&gt;",
        "Rang &lt;i&gt;twice&lt;/i&gt;",
        "tom0@example.org",
        "On record",
        "Part refunded",
        "Payment of £90.00",
        "Refund of £10.00",
        "Kelham Works, 12 Green Lane, Sheffield S3 8SE",
        "Jas Bains",
        "A friend",
        "Invoice INV-",
        ">Queued</span>",
    ):
        assert words in page, words
    assert page.count("About 0") == 2
    assert SENTINEL not in page


def test_twelve_people_cost_no_more_than_one(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True))
    counts = []
    for people in (1, 12):
        booking = a_full_booking(people)
        client.get(page_of(booking))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page_of(booking)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def actions_of(client: Client, booking: Booking) -> list[str]:
    page = client.get(page_of(booking)).content.decode()
    places = {
        "notes": page_of(booking, "change"),
        "cancel": page_of(booking, "cancel"),
        "link": page_of(booking, "payment_link"),
        "new": f"{reverse('admin:bookings_booking_new')}?customer={booking.customer_id}",
    }
    offered = [name for name, address in places.items() if f'{address}"' in page]
    return [*offered, *(["refund"] if re.search(r"/payments/payment/[^/]+/refund/", page) else [])]


def test_only_what_can_be_done_is_offered(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True))
    due, cancelled = make_booking(status=Booking.Status.PENDING), make_booking(status=Booking.Status.CANCELLED)
    paid, sent_back = make_booking(), make_booking(status=Booking.Status.CANCELLED)
    make_payment(paid, stripe_intent_id="pi_1")
    back = make_payment(sent_back, stripe_intent_id="pi_2")
    make_refund(back, amount=back.amount, status=Refund.Status.PENDING)
    by_hand = make_booking()
    make_payment(by_hand, method="cash")

    assert actions_of(client, due) == ["notes", "cancel", "link", "new"]
    assert actions_of(client, paid) == ["notes", "cancel", "new", "refund"]
    assert actions_of(client, cancelled) == ["notes", "new"]
    assert actions_of(client, sent_back) == ["notes", "new"]
    assert actions_of(client, by_hand) == ["notes", "cancel", "new"]


def test_a_payment_link_that_is_out_is_offered_again_and_not_first(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True))
    booking = make_booking(status=Booking.Status.PENDING)
    letter = Message.objects.create(kind=Message.Kind.PAYMENT_LINK, booking=booking, to_email="tom@example.org")
    again, first = "Send payment link again</a>", "Send payment link</a>"

    page = client.get(page_of(booking)).content.decode()
    assert (again in page, first in page) == (True, False)

    Message.objects.filter(pk=letter.pk).update(state=Message.State.BOUNCED)
    page = client.get(page_of(booking)).content.decode()
    assert (again in page, first in page) == (False, True)


def test_who_may_only_look_at_bookings_sees_no_money_letters_or_needs(client: Client) -> None:
    booking = a_full_booking()
    client.force_login(make_staff("bookings.view_booking"))

    page = client.get(page_of(booking)).content.decode()

    assert actions_of(client, booking) == []
    for words in ("Payment of", "INV-", "Queued", "On record", "Requirement"):
        assert words not in page, words
    assert page.count("About 0") == 1


def test_who_may_not_look_at_bookings_sees_nothing(client: Client) -> None:
    booking = make_booking()
    client.force_login(make_staff("bookings.view_coursesession", "bookings.view_attendee"))
    assert client.get(page_of(booking)).status_code == 403
    assert client.get(page_of(booking, "confirmation")).status_code == 403


def test_the_confirmation_is_there_for_what_is_confirmed(client: Client) -> None:
    client.force_login(make_staff("bookings.view_booking"))
    booking = make_booking()
    waiting = client.get(page_of(booking, "confirmation"))
    assert (waiting.status_code, booking.confirmation.pdf_state) == (202, "pending")
    assert client.get(page_of(make_booking(status=Booking.Status.PENDING), "confirmation")).status_code == 404
