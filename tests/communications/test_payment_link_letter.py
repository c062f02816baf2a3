"""The letter that asks for a payment."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bookings.models import Booking
from communications.flows.delivering import deliver
from communications.models import Message
from communications.payment_letters import NothingToPay
from communications.rendering import Letter, render
from communications.retrying import Action, strategy_for
from communications.selectors import with_subject
from communications.services.payment_links import queue_payment_link
from config.kernel import clock
from tests.communications.builders import HANNAH, PRIYA, TOM, Book

pytestmark = pytest.mark.django_db

LINK = "https://example.org/access/secret/"
UNTIL = datetime(2026, 11, 23, 11, 50, tzinfo=UTC)


@pytest.fixture(autouse=True)
def saturday(monkeypatch: pytest.MonkeyPatch) -> None:
    now = UNTIL - timedelta(hours=48)
    monkeypatch.setattr(clock, "now", lambda: now)


def letter_about(booking: Booking, amount: str = "270.00") -> Letter:
    message = queue_payment_link(booking=booking, amount=Decimal(amount))
    assert message is not None
    return render(with_subject(message.pk), link_url=LINK)


def waiting(book: Book, lapses_at: datetime | None = UNTIL) -> Booking:
    return book([HANNAH, TOM, PRIYA], status=Booking.Status.PENDING, confirmed_at=None, lapses_at=lapses_at)


def test_it_says_what_costs_how_much_until_when_and_leads_there(book: Book) -> None:
    letter = letter_about(waiting(book))
    assert letter.subject == "Pay £270 for Emergency First Aid at Work, Thu 3 December"
    assert len(letter.subject) < 60
    for facts in (
        "We’re keeping 3 places on Emergency First Aid at Work for you until 11:50am on Monday 23 November 2026.",
        "When: Thursday 3 December 2026, from 9am",
        "Where: Kelham Works, Green Lane, Sheffield S3 8SE",
        "To pay: £270.00",
        "Pay by: 11:50am on Monday 23 November 2026",
        f"Pay £270: {LINK}?to=pay",
        "IF YOUR PLANS CHANGE",
    ):
        assert facts in " ".join(letter.text.split())
    # One button, with the same facts around it; nobody else on the booking is in it.
    assert letter.html.count(f'href="{LINK}?to=pay"') == 1
    assert "11:50am on Monday 23 November 2026" in letter.html
    # As a word: the secret in the link is made of any letters.
    assert not re.search(r"\bTom\b", letter.text + letter.html)
    assert letter.attachments == ()


def test_a_booking_without_an_end_says_none(book: Book) -> None:
    letter = letter_about(waiting(book, lapses_at=None), "1080.50")
    assert letter.subject == "Pay £1,080.50 for Emergency First Aid at…, Thu 3 December"
    assert "Pay by" not in letter.text
    assert "until" not in letter.text.partition("IF YOUR PLANS")[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Booking.Status.CONFIRMED, "confirmed_at": UNTIL},
        {"status": Booking.Status.EXPIRED},
        {"lapses_at": UNTIL - timedelta(hours=48)},
    ],
)
def test_what_was_settled_meanwhile_is_not_asked_for(book: Book, fields: dict[str, object]) -> None:
    booking = waiting(book)
    message = queue_payment_link(booking=booking, amount=booking.total)
    assert message is not None
    Booking.objects.filter(pk=booking.pk).update(**fields)
    with pytest.raises(NothingToPay):
        render(with_subject(message.pk), link_url=LINK)
    assert strategy_for(NothingToPay()).action is Action.GIVE_UP

    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.last_error) == (
        "failed",
        "The booking is paid, cancelled or out of time: there is nothing to pay.",
    )


def test_a_letter_without_its_sum_is_a_mistake(book: Book) -> None:
    booking = waiting(book)
    message = queue_payment_link(booking=booking, amount=booking.total)
    assert message is not None
    Message.objects.update(amount=None)
    with pytest.raises(ValueError, match="without its sum"):
        render(with_subject(message.pk), link_url=LINK)
