"""The booking page and the page of one place: open to who has the cookie, and the same nothing to everybody else."""

import re
from datetime import date, time, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Attendee, Booking
from config.kernel import clock
from customers.models import AccessLink
from customers.services import access
from invoicing.models import Invoice
from invoicing.services.issuing import issue_invoice
from payments.models import Discrepancy, Payment, Refund
from tests.factories import make_booking, make_course, make_payment, make_refund, make_session, make_venue

pytestmark = pytest.mark.django_db

THREE = [("Hannah", "Okafor", "hannah@example.org"), ("Tom", "Ackroyd", "tom@example.org"), ("", "", "")]


def booking_url(booking: Booking) -> str:
    return f"/bookings/{booking.reference}/"


def open_booking(client: Client, booking: Booking) -> AccessLink:
    return _open(client, AccessLink.Purpose.BOOKING, str(booking.pk))


def open_place(client: Client, attendee: Attendee) -> AccessLink:
    return _open(client, AccessLink.Purpose.ATTENDEE, str(attendee.pk))


def _open(client: Client, purpose: AccessLink.Purpose, key: str) -> AccessLink:
    link = access.make_access_link(purpose=purpose, subject_key=key, expires_at=clock.now() + timedelta(days=1))
    response = client.post(f"/access/{access.link_token(link)}/")
    assert response.status_code == 302
    return link


def test_a_booked_booking_shows_everything_that_is_ones_own(client: Client) -> None:
    booking = make_booking(people=THREE, contact_email="hannah@example.org", po_number="RN-2208")
    make_refund(make_payment(booking), amount=Decimal("90.00"))
    open_booking(client, booking)
    response = client.get(booking_url(booking))
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    page = response.content.decode()
    for text in (
        "You’re booked, Hannah</h1>",
        booking.reference + "</b>",
        "Tom Ackroyd",
        "Name to follow",
        "RN-2208",
        "<dt>Paid</dt><dd>£270.00</dd>",
        "<dt>Refunded</dt><dd>£90.00</dd>",
        "Add to your calendar",
        "If your plans change",
        "hannah@example.org",
    ):
        assert text in page, text


@pytest.mark.parametrize(
    "status, words",
    [
        (Booking.Status.PENDING, "Waiting for payment</h1>"),
        (Booking.Status.EXPIRED, "This booking ran out of time</h1>"),
        (Booking.Status.CANCELLED, "This booking is cancelled</h1>"),
    ],
)
def test_every_status_has_its_words_and_no_calendar(client: Client, status: Booking.Status, words: str) -> None:
    booking = make_booking(status=status)
    open_booking(client, booking)
    page = client.get(booking_url(booking)).content.decode()
    assert words in page
    assert "calendar.ics" not in page
    assert client.get(f"{booking_url(booking)}calendar.ics").status_code == 404


def test_an_unpaid_booking_leads_to_paying_while_its_places_are_kept(client: Client) -> None:
    booking = make_booking(status=Booking.Status.PENDING)
    open_booking(client, booking)
    assert f'href="{booking_url(booking)}pay/">Pay £90</a>' in client.get(booking_url(booking)).content.decode()
    Booking.objects.update(lapses_at=clock.now() - timedelta(minutes=1))
    page = client.get(booking_url(booking)).content.decode()
    assert "/pay/" not in page
    assert "We kept your places until" in page


@pytest.mark.parametrize("status", [Payment.Status.PROCESSING, Payment.Status.OPEN])
def test_money_that_is_on_its_way_is_not_asked_for_again(client: Client, status: Payment.Status) -> None:
    booking = make_booking(status=Booking.Status.PENDING)
    make_payment(booking, status=status)
    open_booking(client, booking)
    page = client.get(booking_url(booking)).content.decode()
    is_checking = status == Payment.Status.PROCESSING
    assert ("Your payment is on its way.</strong> Don’t pay again" in page) is is_checking
    assert ("/pay/" in page) is not is_checking


def test_money_that_a_person_has_to_look_at_is_not_asked_for_again(client: Client) -> None:
    booking = make_booking(status=Booking.Status.PENDING)
    payment = make_payment(booking, status=Payment.Status.OPEN)
    Discrepancy.objects.create(payment=payment, kind=Discrepancy.Kind.AMOUNT)
    open_booking(client, booking)
    page = client.get(booking_url(booking)).content.decode()
    assert "Don’t pay again" in page
    assert "/pay/" not in page


def test_after_the_course_it_is_kept_and_nothing_is_still_to_come(client: Client) -> None:
    booking = make_booking(make_session(starts_at=clock.now() - timedelta(days=2)))
    open_booking(client, booking)
    page = client.get(booking_url(booking)).content.decode()
    assert "Your booking, Hannah</h1>" in page
    assert "This course is over</h2>" in page
    assert f"{booking_url(booking)}confirmation.pdf" in page
    for gone in ("What happens now", "Add to your calendar", "How to get to"):
        assert gone not in page, gone


@pytest.mark.parametrize("refund, words", [(None, "Call us if you have a question"), ("90.00", "We refunded £90.00.")])
def test_a_cancelled_booking_says_what_became_of_the_money(client: Client, refund: str | None, words: str) -> None:
    booking = make_booking(status=Booking.Status.CANCELLED)
    payment = make_payment(booking)
    if refund:
        make_refund(payment, amount=Decimal(refund))
    open_booking(client, booking)
    assert words in client.get(booking_url(booking)).content.decode()


def test_a_cancelled_booking_says_what_is_on_its_way_back(client: Client) -> None:
    booking = make_booking(status=Booking.Status.CANCELLED)
    payment = make_payment(booking)
    make_refund(payment, amount=Decimal("45.00"), status=Refund.Status.REQUESTED)
    open_booking(client, booking)
    sentence = "£45.00 is on its way back to you."
    page = client.get(booking_url(booking)).content.decode()
    assert (sentence in page, "We refunded" in page, "Call us if you have" in page) == (True, False, False)
    make_refund(payment, amount=Decimal("20.00"))
    page = client.get(booking_url(booking)).content.decode()
    assert (sentence in page, "We refunded £20.00." in page) == (True, True)


def test_a_cancelled_booking_still_leads_to_its_invoice(client: Client) -> None:
    booking = make_booking()
    invoice = issue_invoice(booking=booking, paid=Decimal("90.00"), paid_on=clock.london_today(), payment_note="")
    make_payment(booking)
    Booking.objects.update(status=Booking.Status.CANCELLED, cancelled_at=clock.now())
    open_booking(client, booking)
    address = f'href="/bookings/{booking.reference}/invoices/{invoice.number}.pdf"'
    assert address not in client.get(booking_url(booking)).content.decode()
    Invoice.objects.update(pdf_state=Invoice.PdfState.READY, pdf_path="made.pdf", pdf_sha256="0" * 64)
    assert client.get(booking_url(booking)).content.decode().count(address) == 1


def test_a_booking_on_account_says_what_is_still_to_pay_and_when(client: Client) -> None:
    booking = make_booking(make_session(starts_at=clock.combine_london(date(2099, 12, 3), time(9))))
    issue_invoice(booking=booking, paid=Decimal(0), paid_on=None, payment_note="")
    open_booking(client, booking)
    page = client.get(booking_url(booking)).content.decode()
    due_on = Invoice.objects.get().due_on
    assert due_on is not None
    assert f"<dt>Still to pay, by {clock.format_plain_date(due_on)}</dt><dd>£90.00</dd>" in page
    assert "<dt>1 place, before VAT</dt><dd>£75.00</dd>" in page
    assert "It’s being made. We’ll email it to you." in page
    Invoice.objects.update(pdf_state=Invoice.PdfState.FAILED)
    page = client.get(booking_url(booking)).content.decode()
    assert "It’s being made." not in page
    assert "We couldn’t make the PDF. The office can see this and will make it again." in page


def test_a_free_booking_has_no_sums(client: Client) -> None:
    booking = make_booking(total=Decimal("0.00"))
    open_booking(client, booking)
    page = client.get(booking_url(booking)).content.decode()
    assert "This course is free.</p>" in page
    assert "£" not in page
    assert "refund" not in page


def test_reading_begins_at_the_panel_without_any_script(client: Client) -> None:
    booking = make_booking()
    open_booking(client, booking)
    page = client.get(booking_url(booking)).content.decode()
    assert '<section class="panel panel-moor booked" aria-labelledby="booked" tabindex="-1" autofocus>' in page
    assert page.count(" autofocus") == 1


def test_after_the_course_there_are_no_plans_to_change(client: Client) -> None:
    booking = make_booking(make_session(starts_at=clock.now() - timedelta(days=2)))
    open_booking(client, booking)
    assert "If your plans change" not in client.get(booking_url(booking)).content.decode()


def test_the_calendar_file(client: Client) -> None:
    booking = make_booking(make_session(days=3))
    open_booking(client, booking)
    response = client.get(f"{booking_url(booking)}calendar.ics")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{booking.reference}.ics"'
    assert response.content.count(b"BEGIN:VEVENT") == 3


@pytest.mark.parametrize("number", [1, 3])
def test_a_booking_costs_the_same_however_many_come(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    booking = make_booking(people=THREE[:number])
    open_booking(client, booking)
    # The booking, its people (and for whom something is prepared), days, invoices, money and letters.
    with django_assert_num_queries(6):
        assert client.get(booking_url(booking)).status_code == 200


def test_every_wrong_case_is_answered_alike(client: Client) -> None:
    booking, other = make_booking(), make_booking()
    attendee = booking.attendees.get()
    pages = [client.get(booking_url(booking)), client.get("/bookings/RFT-9999-99/")]
    open_booking(client, other)
    # A key to another booking, to another purpose, or revoked, opens nothing either.
    for token in (access.link_token(_link_to(other)), _place_token(attendee), _revoked_token(booking), "x", "é"):
        client.cookies["access"] = token
        pages += [client.get(booking_url(booking)), client.get(f"{booking_url(booking)}calendar.ics")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    assert b"newest email we sent you" in pages[0].content


def _link_to(booking: Booking) -> AccessLink:
    link = access.current_link(purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk))
    assert link is not None
    return link


def _place_token(attendee: Attendee) -> str:
    link = access.make_access_link(
        purpose=AccessLink.Purpose.ATTENDEE, subject_key=str(attendee.pk), expires_at=clock.now() + timedelta(days=1)
    )
    return access.link_token(link)


def _revoked_token(booking: Booking) -> str:
    link = access.make_access_link(
        purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk), expires_at=clock.now() + timedelta(days=1)
    )
    access.revoke_link(link)
    return access.link_token(link)


def test_a_place_shows_nothing_of_the_others_the_price_or_the_booking(client: Client) -> None:
    booking = make_booking(people=THREE, contact_email="hannah@example.org")
    tom = booking.attendees.get(first_name="Tom")
    open_place(client, tom)
    page = client.get(f"/places/{tom.pk}/").content.decode()
    assert "Your place, Tom</h1>" in page
    assert "Kelham Works" in page
    for secret in ("Hannah", "Okafor", "hannah@example.org", "£", booking.reference):
        assert secret not in page, secret
    # As a word: tokens are made of any letters.
    assert not re.search(r"\bVAT\b", page)
    response = client.get(f"/places/{tom.pk}/calendar.ics")
    assert response.content.count(b"BEGIN:VEVENT") == 1
    assert booking.reference.encode() not in response.content


def test_a_place_opens_only_to_its_own_key(client: Client) -> None:
    booking = make_booking(people=THREE)
    hannah, tom, _ = booking.attendees.order_by("position")
    client.cookies["access"] = _place_token(hannah)
    assert client.get(f"/places/{hannah.pk}/").status_code == 200
    for key in (tom.pk, uuid4()):
        assert client.get(f"/places/{key}/").status_code == 404
        assert client.get(f"/places/{key}/calendar.ics").status_code == 404
    assert client.get(booking_url(booking)).status_code == 404


def test_a_place_on_a_cancelled_booking_says_so(client: Client) -> None:
    attendee = make_booking(status=Booking.Status.CANCELLED).attendees.get()
    open_place(client, attendee)
    page = client.get(f"/places/{attendee.pk}/").content.decode()
    assert "This place isn’t booked any more</h1>" in page
    assert client.get(f"/places/{attendee.pk}/calendar.ics").status_code == 404


def test_who_is_on_their_way_finds_the_place_on_a_map(client: Client) -> None:
    booking = make_booking(make_session(venue=make_venue(name="Tea & Cake House", address="2 Mill Lane")))
    attendee = booking.attendees.get()
    open_booking(client, booking)
    with_place = Client()
    open_place(with_place, attendee)
    address = (
        "https://www.google.com/maps/search/?api=1&amp;query=Tea+%26+Cake+House%2C+2+Mill+Lane%2C+Sheffield+S3+8SE"
    )
    link = f'<a href="{address}">See Tea &amp; Cake House on a map</a>'
    for page in (client.get(booking_url(booking)), with_place.get(f"/places/{attendee.pk}/")):
        assert page.content.decode().count(link) == 1
    booking.session.venue = None
    booking.session.save()
    assert "on a map" not in client.get(booking_url(booking)).content.decode()
    assert "on a map" not in with_place.get(f"/places/{attendee.pk}/").content.decode()


def test_what_was_typed_is_text_not_markup(client: Client) -> None:
    session = make_session(course=make_course(bring="<img src=x>"))
    booking = make_booking(session, people=[("<b>Tom</b>", "O'Neil", "")])
    open_booking(client, booking)
    page = client.get(booking_url(booking)).content.decode()
    assert "&lt;b&gt;Tom&lt;/b&gt; O&#x27;Neil" in page
    assert "<img" not in page
