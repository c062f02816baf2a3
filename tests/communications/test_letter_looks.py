"""How letters look and travel: one frame for all, light and dark, with its pictures, the same said in both forms."""

import email
import email.policy
import re
from datetime import date
from decimal import Decimal
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings

from bookings.models import Attendee, Booking, SpecialRequirement
from communications import pictures, styling
from communications.flows.delivering import deliver
from communications.models import Message
from communications.services import outbox
from communications.services.cancelling import tell_of_cancelling
from communications.services.log_in_letters import queue_log_in_changed
from communications.services.money_letters import queue_refund_sent
from communications.services.office_letters import queue_office_letter
from communications.services.payment_links import queue_payment_link
from communications.wording import shortened
from config.kernel import clock
from invoicing.flows.rendering import render_confirmation_pdf
from invoicing.models import BookingConfirmation
from invoicing.services.confirmations import order_confirmation
from payments.models import Refund
from tests.communications.builders import HANNAH, PRIYA, TOM, Book, Person, Sink, issue, store_pdf
from tests.communications.reading import Reader, written
from tests.factories import make_payment, make_refund

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_first_of_november")]


def every_letter(book: Book) -> list[Message]:
    booking = book([HANNAH, TOM, PRIYA, Person()])
    invoice = issue(booking)
    store_pdf(invoice)
    messages = outbox.queue_booking_messages(booking=booking, invoice=invoice)
    alone = [
        outbox.queue_invoice_follow_up(invoice=invoice),
        outbox.queue_no_place_refund(booking=booking, amount=Decimal(90)),
        queue_payment_link(booking=book(status="pending", confirmed_at=None), amount=Decimal(90)),
        queue_office_letter(user=booking.customer, subject="Your parking", text="It is paid.", token=uuid4()),
        queue_log_in_changed(user=booking.customer, change=Message.LogInChange.DEVICE_REMOVED, once="1"),
    ]
    return messages + [message for message in alone if message is not None] + letters_of_money_back(book)


def letters_of_money_back(book: Book) -> list[Message]:
    """A booking cancelled with a refund, one without money, the person on it, and a refund alone."""
    booking, free = book([HANNAH, TOM]), book(total=Decimal(0))
    payment = make_payment(booking, card_brand="visa", card_last4="4242")
    by_cancelling = make_refund(payment, amount=Decimal(45), reason=Refund.Reason.CANCELLED)
    alone = queue_refund_sent(refund=make_refund(payment, amount=Decimal(20)))
    messages = tell_of_cancelling(booking=booking, refunded=by_cancelling.amount)
    messages += tell_of_cancelling(booking=free, refunded=Decimal(0))
    Booking.objects.filter(pk__in=[booking.pk, free.pk]).update(status="cancelled", cancelled_at=clock.now())
    return messages + ([alone] if alone else [])


def test_both_forms_say_the_same_in_the_same_order(book: Book) -> None:
    """Every word of the plain text, but for the addresses that the other form has behind its words, in that order."""
    for message in every_letter(book):
        letter = written(message)
        reader = Reader()
        reader.feed(letter.html)
        words = iter([word.strip(".,:").casefold() for word in reader.words])
        text = re.sub(r"https?://\S+|-{8}", "", letter.text)
        # A key that stands before each of its lines in the text stands once beside them in the HTML.
        text = re.sub(r"(?m)^(Who|When): (.*)\n(?:\1: )", r"\1: \2\n", text)
        while (again := re.sub(r"(?m)^(Who: .*(?:\n(?!\w+: ).*)*)\nWho: ", r"\1\n", text)) != text:
            text = again
        missing = [word for word in text.split() if word.strip(".,:").casefold() not in words]
        assert missing == [], message.kind


def test_the_link_word_promises_what_the_page_does(book: Book) -> None:
    for message in every_letter(book):
        letter = written(message)
        assert "change your booking" not in letter.text + letter.html


def test_it_is_drawn_in_the_colours_of_the_pages_light_and_dark(book: Book) -> None:
    html = written(every_letter(book)[0]).html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "background-color:#0b3b34" in html
    dark = html.partition("@media (prefers-color-scheme:dark){")[2].partition("</style>")[0]
    assert ".sheet{background-color:#12201d!important}" in dark
    assert ".ink{color:#edf4f0!important}" in dark
    # Everything that has a colour of its own has a class that darkens it, but for the reference on hi-vis.
    coloured = re.findall(
        r"<(?:td|p|a|h2|strong)\b[^>]*style=\"[^\"]*(?:^|;|\")(?:color:#0f211d|color:#005c43)[^>]*>", html
    )
    assert len([tag for tag in coloured if "class=" not in tag]) == 1


def test_the_pictures_lie_beside_the_html_that_shows_them(book: Book, sink: Sink) -> None:
    message = outbox.queue_booking_messages(booking=book(), invoice=None)[0]
    deliver(message_id=message.pk)
    content = sink.received[0].content
    assert isinstance(content, bytes)
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(mail, ParsedMessage)
    related = next(part for part in mail.walk() if part.get_content_type() == "multipart/related")
    shown = [part for part in related.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in shown] == ["<mark@letter>", "<beat@letter>"]
    assert {part.get_content_disposition() for part in shown} == {"inline"}
    assert all(part.get_content().startswith(b"\x89PNG") for part in shown)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["emergency-first-aid.ics"]


def test_a_provider_is_handed_the_pictures_as_inline(book: Book, settings: LazySettings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "anymail.backends.test.EmailBackend"}}
    message = outbox.queue_booking_messages(booking=book(), invoice=None)[0]
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("sent", "")


def test_the_printed_confirmation_is_attached_when_it_is_there_and_true(book: Book) -> None:
    booking = book([HANNAH, TOM])
    paper = order_confirmation(booking)
    [message, joining] = outbox.queue_booking_messages(booking=booking, invoice=None, printed=paper)
    name = f"Booking-{booking.reference}.pdf"

    def attached() -> list[str]:
        return [attachment.filename for attachment in written(message).attachments]

    assert attached() == ["emergency-first-aid.ics"]
    render_confirmation_pdf(confirmation_id=paper.pk)
    assert attached() == [name, "emergency-first-aid.ics"]
    assert f"ATTACHED\n\nBooking confirmation: {name}\nCalendar file:" in written(message).text
    assert [attachment.filename for attachment in written(joining).attachments] == ["emergency-first-aid.ics"]
    # A file that is gone is not waited for.
    BookingConfirmation.objects.update(pdf_sha256="0" * 64)
    assert attached() == ["emergency-first-aid.ics"]
    paper.refresh_from_db()
    booking.attendees.filter(position=2).update(first_name="Tomasz")
    assert attached() == ["emergency-first-aid.ics"]


def test_preparing_is_said_without_whom_and_what(book: Book) -> None:
    booking = book([HANNAH, TOM, PRIYA])
    _, tom, priya = booking.attendees.order_by("position")
    [message, joining, passed_on] = outbox.queue_booking_messages(booking=booking, invoice=None)
    say(priya, SpecialRequirement.Speaker.ATTENDEE)
    assert "Preparing" not in written(message).text
    say(tom, SpecialRequirement.Speaker.BOOKER)
    letter = written(message)
    assert "Preparing: What you told us would help is on record. We may call you to\nask.\n" in letter.text
    assert letter.html.count("Preparing") == 1
    assert "step-free-route" not in letter.text + letter.html
    assert "Preparing" not in written(joining).text + written(passed_on).text


def say(attendee: Attendee, speaker: SpecialRequirement.Speaker) -> None:
    said = SpecialRequirement(attendee=attendee, said_by=speaker, first_said_by=speaker, delete_after=date(2027, 1, 2))
    said.slugs = ("step-free-route",)
    said.save()


def test_a_long_name_leaves_the_date_in_the_subject(book: Book) -> None:
    booking = book()
    booking.session.course.name = "Requalification for First Aid at Work and Some Other Things"
    booking.session.course.save()
    [message] = outbox.queue_booking_messages(booking=booking, invoice=None)
    assert written(message).subject == "You're booked: Requalification for First…, Thu 3 December"


def test_shortening_leaves_short_texts_alone() -> None:
    assert (shortened("One  two", 8), shortened("One two three", 9)) == ("One  two", "One two…")


@pytest.mark.parametrize("read", [styling.styles, pictures.pictures])
def test_a_missing_part_of_the_brand_is_an_error(settings: LazySettings, tmp_path: Path, read: object) -> None:
    settings.STATICFILES_DIRS = [tmp_path]
    with pytest.raises(FileNotFoundError, match=r"^static/\S+ is missing\.$"):
        read.__wrapped__()  # type: ignore[attr-defined]
