"""Letters sent through Django's SMTP backend to a real server: once, again by cause, never in a transaction."""

import email
import email.policy
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage as ParsedMessage
from uuid import uuid4

import pytest
from django.conf import LazySettings, settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from bookings.models import Booking, CourseSession
from communications import tasks
from communications.flows.delivering import deliver
from communications.models import Message
from communications.services import outbox
from config.kernel import clock
from customers.models import AccessLink
from customers.services.access import find_live_link, link_token
from invoicing.models import Invoice
from tests.communications.builders import HANNAH, TOM, Book, Sink, Started, issue, store_pdf, use_smtp
from tests.system.servers import free_port

pytestmark = pytest.mark.django_db


def queue(book: Book) -> Message:
    return outbox.queue_booking_messages(booking=book(), invoice=None)[0]


def parsed(sink: Sink, index: int = 0) -> ParsedMessage:
    content = sink.received[index].content
    assert isinstance(content, bytes)
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, ParsedMessage)
    return message


def test_it_sends_a_letter(book: Book, sink: Sink) -> None:
    message = queue(book)
    deliver(message_id=message.pk)
    [envelope] = sink.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("bookings@reactfast.example", ["hannah@example.org"])
    mail = parsed(sink)
    assert mail["To"] == "Hannah Okafor <hannah@example.org>"
    assert mail["Reply-To"] == "React Fast Training <hello@reactfast.example>"
    assert mail["Subject"] == "You're booked: Emergency First Aid at Work, Thu 3 December"
    assert mail["Message-ID"] == f"<{message.pk}@testserver>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/png",
        "text/calendar",
    ]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("sent", 1, "")
    assert message.provider_message_id == f"<{message.pk}@testserver>"
    assert message.sent_at is not None
    assert list(message.events.values_list("kind", flat=True)) == ["queued", "claimed", "sent"]


def test_a_second_delivery_sends_nothing(book: Book, sink: Sink) -> None:
    message = queue(book)
    tasks.deliver_message(str(message.pk))
    tasks.deliver_message(str(message.pk))
    deliver(message_id=uuid4())
    assert len(sink.received) == 1


def test_a_message_whose_time_has_not_come_waits(book: Book, sink: Sink) -> None:
    booking = book()
    [message] = outbox.queue_booking_messages(booking=booking, invoice=issue(booking))
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (sink.received, message.state, message.attempts) == ([], "queued", 0)


def test_an_invoice_whose_file_is_gone_is_made_anew_while_its_letter_waits(book: Book, sink: Sink) -> None:
    booking = book()
    invoice = issue(booking)
    [confirmation] = outbox.queue_booking_messages(booking=booking, invoice=invoice)
    store_pdf(invoice)
    outbox.invoice_ready(invoice=invoice)
    (settings.STORAGE_PATH / Invoice.objects.get().pdf_path).unlink()

    deliver(message_id=confirmation.pk)

    confirmation.refresh_from_db()
    assert (confirmation.state, sink.received) == ("queued", [])
    assert Invoice.objects.get().pdf_state == Invoice.PdfState.PENDING


def test_the_invoice_is_attached_when_it_is_ready(book: Book, sink: Sink) -> None:
    booking = book([HANNAH, TOM])
    invoice = issue(booking)
    confirmation, joining = outbox.queue_booking_messages(booking=booking, invoice=invoice)
    store_pdf(invoice)
    outbox.invoice_ready(invoice=invoice)
    deliver(message_id=confirmation.pk)
    deliver(message_id=joining.pk)
    names = [[part.get_filename() for part in parsed(sink, index).iter_attachments()] for index in (0, 1)]
    assert names == [[f"{invoice.number}.pdf", "emergency-first-aid.ics"], ["emergency-first-aid.ics"]]
    pdf = next(parsed(sink).iter_attachments())
    assert (pdf.get_content_type(), pdf.get_content()) == ("application/pdf", b"%PDF-1.7 not really")


def test_the_letter_holds_the_secret_link_and_the_copy_kept_does_not(
    book: Book, make_session: Callable[..., CourseSession], sink: Sink
) -> None:
    booking = book([HANNAH, TOM], on=make_session(clock.london_today() + timedelta(days=30), code="M2QK7H"))
    confirmation, joining = outbox.queue_booking_messages(booking=booking, invoice=None)
    for number, (message, purpose, subject) in enumerate(
        [(confirmation, "booking", booking.pk), (joining, "attendee", booking.attendees.get(position=2).pk)]
    ):
        deliver(message_id=message.pk)
        link = AccessLink.objects.get(purpose=purpose, subject_key=str(subject))
        token = link_token(link)
        assert find_live_link(token) == link
        assert link.expires_at == booking.session.ends_at + timedelta(days=90)
        bodies = [parsed(sink, number).get_body((kind,)) for kind in ("plain", "html")]
        assert [body.get_content().count(f"http://testserver/access/{token}/") for body in bodies if body] == [1, 1]
        message.refresh_from_db()
        assert message.body_text.count("http://testserver/access/(secret)/") == 1
        assert message.body_html.count("http://testserver/access/(secret)/") == 1
        for value in Message.objects.filter(pk=message.pk).values()[0].values():
            assert token not in str(value)


def test_an_apology_carries_no_link_and_makes_none(book: Book, sink: Sink) -> None:
    message = outbox.queue_no_place_refund(booking=book(), amount=Decimal("90.00"))
    assert message is not None
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.subject) == ("sent", parsed(sink)["Subject"])
    assert (AccessLink.objects.count(), "/access/" in message.body_text) == (0, False)


def test_a_provider_names_the_message_itself(book: Book, settings: LazySettings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "anymail.backends.test.EmailBackend"}}
    message = queue(book)
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("sent", "")
    assert message.provider_message_id == "0"


@pytest.mark.parametrize(
    "answer, state, reason",
    [
        ("450 Mailbox busy", "queued", "The mail server asked us to try later (450)."),
        ("550 No such user", "failed", "The mail server refused the recipient (550)."),
    ],
)
def test_a_refused_recipient(book: Book, sink: Sink, answer: str, state: str, reason: str) -> None:
    message = queue(book)
    sink.answer = answer
    before = clock.now()
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (state, 1, reason)
    assert (sink.received, message.sent_at, message.body_text) == ([], None, "")
    if state == "queued":
        assert before + timedelta(minutes=1) <= message.send_after <= clock.now() + timedelta(minutes=1)
    assert [e.detail for e in message.events.all()] == ["", "", reason]


@pytest.mark.parametrize(
    "answer, state, reason",
    [
        ("451 Local error", "queued", "The mail server asked us to try later (451)."),
        ("554 Looks like spam", "failed", "The mail server refused the message (554)."),
    ],
)
def test_a_refused_message(book: Book, sink: Sink, answer: str, state: str, reason: str) -> None:
    message = queue(book)
    sink.data_answer = answer
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.last_error, sink.received) == (state, reason, [])


def test_a_letter_put_back_goes_out_with_the_next_attempt(book: Book, sink: Sink) -> None:
    message = queue(book)
    sink.answer = "450 Mailbox busy"
    deliver(message_id=message.pk)
    sink.answer = ""
    deliver(message_id=message.pk)
    assert sink.received == []
    Message.objects.update(send_after=clock.now())
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (len(sink.received), message.state, message.attempts, message.last_error) == (1, "sent", 2, "")


def test_a_server_that_is_not_there_is_tried_eight_times(book: Book, settings: LazySettings) -> None:
    use_smtp(settings, free_port())
    message = queue(book)
    waits = []
    for _ in range(8):
        now = clock.now()
        Message.objects.update(send_after=now)
        deliver(message_id=message.pk)
        message.refresh_from_db()
        waits.append((message.state, round((message.send_after - now).total_seconds() / 60)))
    assert waits == [
        ("queued", 1),
        ("queued", 5),
        ("queued", 15),
        ("queued", 60),
        ("queued", 120),
        ("queued", 240),
        ("queued", 480),
        ("failed", 0),
    ]
    assert message.last_error == "The mail server could not be reached (ConnectionRefusedError). Tried 8 times."


@pytest.mark.parametrize("address", ["no address", "a@b@c", "a@example.org, b@example.org", "ü@example.org", "@"])
def test_an_address_that_is_none_fails_at_once(book: Book, sink: Sink, address: str) -> None:
    message = queue(book)
    Message.objects.update(to_email=address)
    Booking.objects.update(contact_email=address)
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts, sink.received) == ("failed", 1, [])
    assert message.last_error == "This is not an address that mail can be sent to."


def test_wrong_settings_fail_the_message_and_say_so(
    book: Book, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "no.such.Backend"}}
    message = queue(book)
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("failed", "The mail settings are wrong (InvalidMailer).")
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [("ERROR", "A message could not be sent.")]
    assert "hannah" not in caplog.text


def test_a_letter_that_cannot_be_written_is_tried_again_and_logged(
    book: Book, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    message = queue(book)
    Message.objects.update(kind="no_place_refund")
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("queued", "Something unexpected happened (ValueError).")
    [record] = caplog.records
    assert (record.levelname, bool(record.exc_info)) == ("ERROR", True)


def test_a_worker_that_took_too_long_marks_nothing(
    book: Book, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.SlowBackend"}}
    message = queue(book)
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.body_text) == ("queued", 1, "")
    assert [r.getMessage() for r in caplog.records] == ["A message took longer than its claim."]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction(book: Book, settings: LazySettings, started: Started) -> None:
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.RecordingBackend"}}
    RecordingBackend.in_transaction.clear()
    deliver(message_id=queue(book).pk)
    assert RecordingBackend.in_transaction == [False]


class RecordingBackend(BaseEmailBackend):
    """Notes whether a transaction was open."""

    in_transaction: list[bool] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.in_transaction.append(connection.in_atomic_block)
        return len(email_messages)


class SlowBackend(BaseEmailBackend):
    """So slow that the sweeper has freed the message before it is back."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        Message.objects.update(state=Message.State.QUEUED)
        return len(email_messages)
