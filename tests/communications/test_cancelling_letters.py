"""What is written when a booking is cancelled or money goes back, and what it takes out of calendars."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from icalendar import Calendar

from bookings.models import Booking, CourseSession
from bookings.services.calendars import booking_calendar, place_calendar
from communications import selectors
from communications.models import Message
from communications.rendering import Letter, render
from communications.services import outbox
from communications.services.cancelling import tell_of_cancelling
from communications.services.links import link_for
from communications.services.money_letters import queue_refund_sent
from config.kernel import clock
from payments.models import Payment, Refund
from tests.communications.builders import HANNAH, PRIYA, TOM, Book
from tests.communications.reading import LINK, written
from tests.factories import make_payment, make_refund

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_first_of_november")]


def call_off(booking: Booking, refunded: str = "0.00") -> list[Message]:
    booking.status, booking.cancelled_at = Booking.Status.CANCELLED, clock.now()
    booking.save()
    return tell_of_cancelling(booking=booking, refunded=Decimal(refunded))


def paid(booking: Booking, amount: str = "180.00", **fields: Any) -> Payment:
    return make_payment(booking, amount=Decimal(amount), **({"card_brand": "visa", "card_last4": "4242"} | fields))


def events(letter: Letter) -> Any:
    [attachment] = letter.attachments
    assert dict(attachment.params) == {"charset": "utf-8", "method": "CANCEL"}
    return Calendar.from_ical(attachment.content)


def test_who_booked_reads_what_goes_back_and_whom_to_tell(book: Book) -> None:
    booking = book([HANNAH, TOM, PRIYA])
    payment = paid(booking)
    make_refund(payment, amount=Decimal("135.00"), status=Refund.Status.REQUESTED, reason=Refund.Reason.CANCELLED)
    message = call_off(booking, "135.00")[0]
    letter = written(message)
    assert letter.subject == "Cancelled: Emergency First Aid at Work, Thu 3 December"
    for sentence in (
        f"Booking reference: {booking.reference}\n",
        "Who: Hannah Okafor\nWho: Tom Ackroyd, told by email\nWho: Priya Sharma, to be told by you\n",
        "Refund: £135.00 to Visa ending 4242\n",
        "We are sending £135.00 back to what you paid with. Banks usually take 5",
        LINK,
    ):
        assert sentence in letter.text, sentence
    assert "Tom Ackroyd, told by email" in letter.html


def test_several_cards_are_named_one_by_one(book: Book) -> None:
    booking = book()
    for number, amount in (("1111", "10.00"), ("2222", "20.00")):
        payment = paid(booking, card_last4=number)
        make_refund(payment, amount=Decimal(amount), reason=Refund.Reason.CANCELLED)
    text = written(call_off(booking, "30.00")[0]).text
    assert "Refund: £10.00 to Visa ending 1111\nRefund: £20.00 to Visa ending 2222\n" in text


def test_a_sum_that_is_no_longer_by_the_rows_stands_alone(book: Book) -> None:
    booking = book()
    make_refund(paid(booking), amount=Decimal("10.00"), reason=Refund.Reason.CANCELLED)
    assert "Refund: £30.00\n" in written(call_off(booking, "30.00")[0]).text


@pytest.mark.parametrize(
    "is_paid, total, sentence",
    [
        (True, "90.00", "No money goes back with this cancellation."),
        (False, "90.00", "Nothing was paid, and there is nothing to pay any more."),
        (False, "0.00", "Nobody on it is expected any more."),
    ],
)
def test_without_a_refund(book: Book, is_paid: bool, total: str, sentence: str) -> None:
    booking = book(total=Decimal(total))
    if is_paid:
        paid(booking)
    text = written(call_off(booking)[0]).text
    assert sentence in text
    assert ("£" in text, "paid" in text) == (False, "Nothing was paid" in sentence)


def test_one_place_says_nothing_of_money_or_of_the_others(book: Book) -> None:
    booking = book([HANNAH, TOM, PRIYA])
    paid(booking)
    message = call_off(booking, "90.00")[1]
    assert (message.kind, message.to_email, link_for(message)) == ("place_cancelled", "tom@example.org", None)
    letter = written(message)
    assert "Hello Tom. Hannah Okafor had booked a place for you" in letter.text
    for body in (letter.text, letter.html):
        assert not {word for word in ("£", "Priya", booking.reference, LINK) if word in body}


def test_it_takes_the_days_out_of_calendars_again(book: Book, make_session: Callable[..., CourseSession]) -> None:
    booking = book([HANNAH, TOM], on=make_session(date(2026, 12, 3), date(2026, 12, 4), code="X2"))
    tom = booking.attendees.get(email="tom@example.org")
    tom.booking = booking
    before = [booking_calendar(booking, now=clock.now()), place_calendar(tom, now=clock.now())]
    for message, earlier in zip(call_off(booking), before, strict=True):
        sent: Any = events(written(message))
        published: Any = Calendar.from_ical(earlier)
        assert sent["METHOD"] == "CANCEL"
        rows = [(str(e["UID"]), e["SEQUENCE"], str(e["STATUS"])) for e in sent.walk("VEVENT")]
        assert rows == [(str(e["UID"]), e["SEQUENCE"] + 1, "CANCELLED") for e in published.walk("VEVENT")]
        assert len(rows) == 2


def test_who_never_had_a_calendar_gets_none(book: Book) -> None:
    [message] = call_off(book([HANNAH, TOM], status=Booking.Status.PENDING, confirmed_at=None))
    letter = written(message)
    assert letter.attachments == ()
    assert "Who: Tom Ackroyd\n" in letter.text


@pytest.mark.parametrize(
    "reason, why",
    [
        (Refund.Reason.GOODWILL, "To put something right."),
        (Refund.Reason.DUPLICATE, "It was paid twice."),
        (Refund.Reason.NO_PLACE, "Your payment reached us after the booking had been cancelled."),
        (Refund.Reason.DASHBOARD, ""),
    ],
)
def test_a_refund_alone_says_how_much_why_and_where_to(book: Book, reason: Refund.Reason, why: str) -> None:
    booking = book()
    refund = make_refund(paid(booking), amount=Decimal("20.00"), reason=reason)
    message = queue_refund_sent(refund=refund)
    assert queue_refund_sent(refund=refund) == message
    letter = written(message)
    assert letter.subject == f"Refund of £20.00, {booking.reference}"
    assert "Refund: £20.00\nGoes back to: Visa ending 4242\n" in letter.text
    assert ("Why: " in letter.text) is bool(why)
    assert why in letter.text
    assert "Your booking stays as it is." in letter.text


def test_a_refund_of_no_booking_goes_to_who_paid(book: Book) -> None:
    booking = book()
    refund = make_refund(paid(booking), amount=Decimal("20.00"))
    Refund.objects.update(booking=None)
    refund.refresh_from_db()
    message = queue_refund_sent(refund=refund)
    assert message is not None
    assert (message.to_email, message.booking, link_for(message)) == ("hannah@example.org", None, None)
    letter = render(selectors.with_subject(message.pk), link_url="")
    assert letter.subject == "Refund of £20.00"
    assert "Hello Hannah." in letter.text
    assert "View your booking" not in letter.text + letter.html


def test_money_letters_without_their_sum_are_a_mistake(book: Book) -> None:
    messages = call_off(book())
    Message.objects.update(amount=None)
    with pytest.raises(ValueError, match="without its sum"):
        written(messages[0])


def test_told_once(book: Book) -> None:
    booking = book([HANNAH, TOM])
    outbox.queue_booking_messages(booking=booking, invoice=None)
    Message.objects.update(state=Message.State.SENT)
    assert call_off(booking) == call_off(booking)
    assert Message.objects.count() == 4
