"""From the catalogue to the letters, over HTTP, with a real worker."""

import re
from email.message import EmailMessage
from io import BytesIO

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from bookings.models import Booking
from communications.models import Message
from customers.models import CustomerStatistics, User
from invoicing.models import Invoice
from payments.models import Payment, StripeEvent
from tests.factories import make_session
from tests.system.servers import until
from tests.system.site import RunningSite
from tests.system.visitor import book, order_places, pay_at_stripe

pytestmark = pytest.mark.django_db(transaction=True)

TOM = {"person-2-first_name": "Tom", "person-2-last_name": "Ackroyd", "person-2-email": "tom@example.org"}


def all_sent() -> bool:
    return not Message.objects.exclude(state=Message.State.SENT).exists()


def attachments(mail: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): bytes(part.get_payload(decode=True)) for part in mail.iter_attachments()}


def mails_to(name: str, site: RunningSite) -> list[EmailMessage]:
    return [mail for mail in site.mail.messages if f"{name}@example.org" in str(mail["To"])]


def files_for(name: str, site: RunningSite) -> dict[str, bytes]:
    """Everything that was attached to this person's mail."""
    return {file: body for mail in mails_to(name, site) for file, body in attachments(mail).items()}


def link_in(mail: EmailMessage, site: str) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"{re.escape(site)}(/access/[\w-]+/)", body.get_content())
    assert found is not None
    return found[1]


def test_a_customer_books_three_places_and_holds_everything_a_moment_later(site: RunningSite) -> None:
    session = make_session()
    site.start_worker()

    page = book(site.visitor(), session.code, 3, TOM)

    booking = Booking.objects.get()
    assert (page.status, booking.status) == (200, Booking.Status.CONFIRMED)
    assert booking.reference in page.text
    until(lambda: all_sent() and f"{Invoice.objects.get().number}.pdf" in files_for("hannah", site))
    files = files_for("hannah", site)
    invoice = Invoice.objects.get()
    # The printed confirmation goes along when it was made in time; if not, the booking's page has it.
    printed = f"Booking-{booking.reference}.pdf"
    assert {name for name in files if name.endswith(".pdf")} - {printed} == {f"{invoice.number}.pdf"}
    # The invoice rides along when it was made in time, else it follows in a message of its own.
    assert invoice.number in PdfReader(BytesIO(files[f"{invoice.number}.pdf"])).pages[0].extract_text()
    calendars = [Calendar.from_ical(body) for name, body in files.items() if name.endswith(".ics")]
    assert [len(calendar.walk("VTIMEZONE")) for calendar in calendars] == [1]

    (toms,) = mails_to("tom", site)
    assert "Hannah" in toms.as_string()
    assert booking.reference not in toms.as_string()
    assert [name.rpartition(".")[2] for name in attachments(toms)] == ["ics"]

    payment = Payment.objects.get()
    assert (payment.status, payment.amount) == (Payment.Status.SUCCEEDED, booking.total)
    until(lambda: not StripeEvent.objects.filter(state=StripeEvent.State.RECEIVED).exists())
    assert not StripeEvent.objects.filter(state=StripeEvent.State.FAILED).exists()
    until(lambda: CustomerStatistics.objects.filter(paid_total=booking.total, places_count=3).exists())


def test_the_mailed_link_opens_the_booking_in_another_browser_and_nothing_else_does(site: RunningSite) -> None:
    site.start_worker()
    book(site.visitor(), make_session().code)
    booking = Booking.objects.get()
    until(all_sent)
    link = link_in(site.mail.messages[0], site.url)
    other = site.visitor()

    assert other.get(f"/bookings/{booking.reference}/").status == 404
    asked = other.get(link)
    assert (asked.status, other.get(f"/bookings/{booking.reference}/").status) == (200, 404)
    opened = other.follow(other.post(asked))

    assert (opened.status, booking.reference in opened.text) == (200, True)
    assert other.get(f"/bookings/{booking.reference}/calendar.ics").status == 200
    until(lambda: Invoice.objects.filter(pdf_state=Invoice.PdfState.READY).exists())
    invoice = Invoice.objects.get()
    assert other.get(f"/bookings/{booking.reference}/invoices/{invoice.number}.pdf").body.startswith(b"%PDF")


def test_a_second_booking_joins_the_person_and_reveals_nothing(site: RunningSite) -> None:
    session = make_session()
    first = book(site.visitor(), session.code)
    stranger = site.visitor()

    typed = {"email": "HANNAH@Example.org ", "first_name": "Hanna", "phone": "0114 496 0999"}
    second = book(stranger, session.code, typed=typed)

    person = User.objects.get(email_key="hannah@example.org")
    assert Booking.objects.filter(customer=person).count() == 2
    assert (person.first_name, person.phone) == ("Hannah", "07700 900142")
    assert "07700 900142" not in second.text
    references = list(Booking.objects.order_by("created_at").values_list("reference", flat=True))
    assert references[0] in first.text
    assert references[0] not in second.text
    assert stranger.get(f"/bookings/{references[0]}/").status == 404


def test_a_declined_card_can_be_followed_by_one_that_works(site: RunningSite) -> None:
    visitor = site.visitor()
    payment_page = order_places(visitor, make_session().code)
    sent = visitor.post(payment_page)
    stripe = site.visitor(sent.location)

    hosted = stripe.get(sent.location)
    declined = stripe.post(hosted, number="4000000000000002", expiry="12 / 34", cvc="123", name="Hannah Okafor")
    assert declined.status in {200, 402}
    assert visitor.get(payment_page.path).status == 200
    again = visitor.follow(pay_at_stripe(visitor, visitor.get(payment_page.path)))

    assert again.status == 200
    assert Booking.objects.get().status == Booking.Status.CONFIRMED
    assert Payment.objects.count() == 1
    assert len([charge for charge in site.stripe.state()["charges"] if charge["status"] == "succeeded"]) == 1
