"""The development mailbox keeps whole letters, and staff read them without being able to run what is in them."""

import pytest
from django.core.mail import EmailMessage, mailers
from django.test import Client
from django.urls import reverse

from communications import mailbox as mailboxes
from communications.flows.delivering import deliver
from communications.models import MailboxMessage, Message
from communications.services import outbox
from customers.models import User
from tests.communications.builders import PDF, Book, issue, store_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mailbox")]


@pytest.fixture
def stored(book: Book) -> MailboxMessage:
    booking = book()
    invoice = issue(booking)
    [message] = outbox.queue_booking_messages(booking=booking, invoice=invoice)
    store_pdf(invoice)
    outbox.invoice_ready(invoice=invoice)
    deliver(message_id=message.pk)
    return MailboxMessage.objects.get()


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("office@example.org", "a long password"))
    return client


def test_a_letter_is_kept_whole(stored: MailboxMessage) -> None:
    assert stored.sender == "React Fast Training <bookings@reactfast.example>"
    assert stored.recipients == "Hannah Okafor <hannah@example.org>"
    assert stored.subject == "You're booked: Emergency First Aid at Work, Thu 3 December"
    letter = mailboxes.read(stored)
    headers = dict(letter.headers)
    assert headers["Message-ID"] == f"<{Message.objects.get().pk}@testserver>"
    assert letter.text.startswith("You’re booked, Hannah\n")
    assert letter.html.startswith("<!DOCTYPE html>\n")
    assert [(a.content_type, a.content[:15]) for a in letter.attachments] == [
        ("application/pdf", PDF[:15]),
        ("text/calendar", b"BEGIN:VCALENDAR"),
    ]


def test_a_plain_message_from_elsewhere_is_kept_too() -> None:
    message = EmailMessage("Hello", "Body", "a@example.org", ["b@example.org"])
    message.attach(content=b"x", mimetype="application/octet-stream")
    assert mailers.default.send_messages([message]) == 1
    letter = mailboxes.read(MailboxMessage.objects.get())
    assert (letter.text, letter.html) == ("Body\n", "")
    assert [(a.filename, a.content) for a in letter.attachments] == [("attachment", b"x")]


def test_a_message_attached_to_a_message_can_be_taken_out() -> None:
    message = EmailMessage("Outer", "Body", "a@example.org", ["b@example.org"])
    message.attach("inner.eml", EmailMessage("Inner", "x").message(), "message/rfc822")
    mailers.default.send_messages([message])
    [attachment] = mailboxes.read(MailboxMessage.objects.get()).attachments
    assert attachment.content_type == "message/rfc822"
    assert b"Subject: Inner" in attachment.content


def test_staff_read_it_as_text(stored: MailboxMessage, office: Client) -> None:
    assert office.get(reverse("admin:communications_mailboxmessage_changelist")).status_code == 200
    response = office.get(reverse("admin:communications_mailboxmessage_change", args=[stored.pk]))
    assert response.status_code == 200
    page = response.content.decode()
    assert "<pre>You’re booked, Hannah\n" in page
    assert "&lt;!DOCTYPE html&gt;" in page
    assert "<h1>You’re booked" not in page
    assert "To: Hannah Okafor &lt;hannah@example.org&gt;" in page
    assert "Save" not in page


def test_attachments_are_downloads(stored: MailboxMessage, office: Client) -> None:
    name = "admin:communications_mailboxmessage_attachment"
    response = office.get(reverse(name, args=[stored.pk, 0]))
    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="INV-')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert office.get(reverse(name, args=[stored.pk, 2])).status_code == 404
    assert office.get(reverse(name, args=[stored.pk + 1, 0])).status_code == 404


def test_a_message_without_attachments_says_so(office: Client) -> None:
    mailers.default.send_messages([EmailMessage("Hello", "Body", "a@example.org", ["b@example.org"])])
    response = office.get(reverse("admin:communications_mailboxmessage_change", args=[MailboxMessage.objects.get().pk]))
    assert "Nothing" in response.content.decode()


def test_others_read_nothing(stored: MailboxMessage, client: Client) -> None:
    staff = User.objects.create_user("s@example.org", kind=User.Kind.ADMIN, is_staff=True)
    addresses = [
        reverse("admin:communications_mailboxmessage_attachment", args=[stored.pk, 0]),
        reverse("admin:communications_mailboxmessage_change", args=[stored.pk]),
    ]
    assert [client.get(address).status_code for address in addresses] == [302, 302]
    client.force_login(staff)
    assert [client.get(address).status_code for address in addresses] == [403, 403]
