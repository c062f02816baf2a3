"""Failed messages tried again, and letters sent a second time on purpose."""

from decimal import Decimal

import pytest
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from communications.models import Message
from communications.services import outbox
from tests.communications.builders import HANNAH, TOM, Book, Person, Started, issue

pytestmark = pytest.mark.django_db


def finish(message: Message, state: Message.State = Message.State.SENT) -> None:
    Message.objects.filter(pk=message.pk).update(state=state, attempts=8)


def test_a_failed_message_goes_back_into_the_queue_with_all_its_attempts(
    book: Book, started: Started, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    [message] = outbox.queue_booking_messages(booking=book(), invoice=None)
    finish(message, Message.State.FAILED)
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.send_again(message=message) is True
        assert outbox.send_again(message=message) is False
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)
    assert [e.detail for e in message.events.all()] == ["", "Asked for by the office"]
    assert started.take() == [([str(message.pk)], 0)]


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "bounced"])
def test_a_message_that_has_not_failed_is_left_alone(book: Book, state: str) -> None:
    [message] = outbox.queue_booking_messages(booking=book(), invoice=None)
    finish(message, Message.State(state))
    assert outbox.send_again(message=message) is False
    message.refresh_from_db()
    assert (message.state, message.attempts, message.events.count()) == (state, 8, 1)


def test_a_copy_is_a_new_message_to_the_address_on_record_now(book: Book) -> None:
    booking = book([HANNAH, TOM])
    confirmation, joining = outbox.queue_booking_messages(booking=booking, invoice=None)
    finish(confirmation)
    finish(joining)
    booking.contact_email = "hannah@mended.example"
    booking.save()
    booking.attendees.filter(position=2).update(email="tom@mended.example")
    copies = [outbox.resend(message=confirmation), outbox.resend(message=joining)]
    assert [(m.dedupe_key, m.kind, m.to_email, m.attendee, m.state) for m in copies] == [
        (f"{confirmation.dedupe_key}:resend:1", confirmation.kind, "hannah@mended.example", None, "queued"),
        (f"{joining.dedupe_key}:resend:1", joining.kind, "tom@mended.example", joining.attendee, "queued"),
    ]


def test_pressing_twice_sends_one_copy_and_later_one_more(book: Book) -> None:
    [message] = outbox.queue_booking_messages(booking=book(), invoice=None)
    assert outbox.resend(message=message) == message
    finish(message)
    copy = outbox.resend(message=message)
    assert outbox.resend(message=message) == copy
    finish(copy)
    again = outbox.resend(message=copy)
    assert again.dedupe_key == f"{message.dedupe_key}:resend:2"
    assert Message.objects.count() == 3


def test_a_copy_keeps_the_old_address_when_there_is_none_any_more(book: Book) -> None:
    booking = book([TOM])
    _, joining = outbox.queue_booking_messages(booking=booking, invoice=None)
    finish(joining)
    booking.attendees.update(email="", first_name="", last_name="")
    assert outbox.resend(message=joining).to_email == "tom@example.org"


def test_a_copy_for_who_has_no_address_any_more_goes_to_who_booked(book: Book) -> None:
    booking = book([TOM])
    _, joining = outbox.queue_booking_messages(booking=booking, invoice=None)
    finish(joining)
    booking.attendees.update(email="")
    copy = outbox.resend(message=joining)
    assert (copy.to_email, copy.to_name) == ("hannah@example.org", "Hannah Okafor")


def test_copies_of_money_letters_keep_their_invoice_and_sum(book: Book) -> None:
    booking = book()
    invoice = issue(booking)
    letter, apology = (
        outbox.queue_invoice_follow_up(invoice=invoice),
        outbox.queue_no_place_refund(booking=booking, amount=Decimal("90.00")),
    )
    assert letter is not None
    assert apology is not None
    finish(letter)
    finish(apology)
    assert outbox.resend(message=letter).invoice == invoice
    assert outbox.resend(message=apology).amount == Decimal("90.00")


def test_a_message_about_no_booking_goes_where_it_went(book: Book) -> None:
    message = Message.objects.create(dedupe_key="x", kind="invoice", state="sent", to_email="a@b.example", to_name="A")
    copy = outbox.resend(message=message)
    assert (copy.to_email, copy.to_name, copy.pk == message.pk) == ("a@b.example", "A", False)


def test_a_hostile_name_stays_a_name(book: Book) -> None:
    person = Person("Win\r\nBcc: x@evil.example", "http://evil.example/a", "v@example.org")
    _, joining = outbox.queue_booking_messages(booking=book([person]), invoice=None)
    assert joining.to_name == "Win Bcc: x evil. example http: evil. example a"
