"""The confirmation again, for who booked: to their own address, one at a time, and not too often."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from bookings.models import Attendee, Booking
from bookings.selectors import booking_with_details
from communications.models import Message
from communications.selectors import CopyStanding, copy_standing, letters_about
from communications.services import outbox
from communications.services.copies import ask_for_copy, send_copy
from config.kernel import clock
from invoicing.flows.rendering import render_confirmation_pdf
from invoicing.models import BookingConfirmation
from tests.communications.builders import HANNAH, TOM, Book, Person, Started

pytestmark = pytest.mark.django_db

TOO_SOON = timedelta(minutes=2)


@pytest.fixture
def booking(book: Book) -> Booking:
    """Booked an hour ago, its letters sent."""
    booking = book([HANNAH, TOM])
    outbox.queue_booking_messages(booking=booking, invoice=None)
    Message.objects.update(state="sent", created_at=clock.now() - timedelta(hours=1))
    return booking_with_details(booking.pk)


def standing(booking: Booking) -> CopyStanding:
    return copy_standing(letters_about(booking), clock.now())


def age(by: timedelta) -> None:
    """Everything queued so far was sent, so much earlier."""
    for message in Message.objects.all():
        Message.objects.filter(pk=message.pk).update(state="sent", created_at=message.created_at - by)


def letters(booking: Booking) -> list[Message]:
    """The confirmation, then Tom's joining instructions."""
    return sorted(letters_about(booking), key=lambda letter: letter.kind)


def copies() -> int:
    return Message.objects.filter(dedupe_key__contains=":resend:").count()


def test_it_goes_again_to_the_address_on_the_booking(booking: Booking) -> None:
    assert standing(booking) == CopyStanding(None, None, is_used_up=False)
    assert ask_for_copy(booking=booking)
    copy = Message.objects.get(dedupe_key=f"booking:{booking.pk}:confirmation:resend:1")
    assert (copy.kind, copy.to_email, copy.state) == ("booking_confirmation", "hannah@example.org", "queued")
    assert standing(booking) == CopyStanding(copy.created_at, copy.created_at + TOO_SOON, is_used_up=False)


def test_a_second_press_sends_nothing_until_two_minutes_are_over(booking: Booking) -> None:
    assert ask_for_copy(booking=booking)
    assert not ask_for_copy(booking=booking)
    age(TOO_SOON - timedelta(seconds=10))
    assert not ask_for_copy(booking=booking)
    assert copies() == 1
    age(timedelta(seconds=10))
    assert ask_for_copy(booking=booking)
    assert copies() == 2


def test_right_after_booking_the_first_one_is_waited_for(book: Book) -> None:
    booking = booking_with_details(book().pk)
    [first] = outbox.queue_booking_messages(booking=booking, invoice=None)
    assert not ask_for_copy(booking=booking)
    assert standing(booking) == CopyStanding(None, first.created_at + TOO_SOON, is_used_up=False)
    assert copies() == 0


def test_five_in_a_day_are_enough(booking: Booking) -> None:
    for _ in range(5):
        assert ask_for_copy(booking=booking)
        age(timedelta(minutes=10))
    assert standing(booking) == CopyStanding(None, None, is_used_up=True)
    assert not ask_for_copy(booking=booking)
    assert copies() == 5
    age(timedelta(days=1))
    assert ask_for_copy(booking=booking)


def test_what_staff_sent_counts_too(booking: Booking) -> None:
    outbox.resend(message=letters(booking)[0])
    assert not ask_for_copy(booking=booking)


def test_joining_instructions_do_not_count(booking: Booking) -> None:
    outbox.resend(message=letters(booking)[1])
    assert standing(booking).may_ask


def test_its_paper_is_made_and_waited_for_a_moment(booking: Booking) -> None:
    assert ask_for_copy(booking=booking)
    paper = BookingConfirmation.objects.get()
    copy = Message.objects.get(dedupe_key__contains=":resend:")
    assert copy.send_after > clock.now() + timedelta(seconds=2)
    render_confirmation_pdf(confirmation_id=paper.pk)
    age(timedelta(hours=1))
    assert ask_for_copy(booking=booking_with_details(booking.pk))
    assert Message.objects.latest("created_at").send_after <= clock.now()
    age(timedelta(hours=1))
    Attendee.objects.filter(booking=booking, position=2).update(first_name="Tomasz")
    assert ask_for_copy(booking=booking_with_details(booking.pk))
    paper.refresh_from_db()
    assert paper.pdf_state == "pending"
    assert Message.objects.latest("created_at").send_after > clock.now() + timedelta(seconds=2)


def test_what_staff_send_again_has_a_paper_that_says_what_is_so(booking: Booking) -> None:
    confirmation, joining = letters(booking)
    assert send_copy(message=joining).attendee == joining.attendee
    assert not BookingConfirmation.objects.exists()
    assert send_copy(message=confirmation).dedupe_key.endswith(":resend:1")
    assert BookingConfirmation.objects.get().booking == booking
    age(timedelta(hours=1))
    Booking.objects.update(status="cancelled", cancelled_at=clock.now())
    BookingConfirmation.objects.all().delete()
    assert send_copy(message=confirmation).dedupe_key.endswith(":resend:2")
    assert not BookingConfirmation.objects.exists()


def test_a_booking_that_came_without_letters_gets_its_first(book: Book) -> None:
    booking = booking_with_details(book().pk)
    assert ask_for_copy(booking=booking)
    assert [message.dedupe_key for message in Message.objects.all()] == [f"booking:{booking.pk}:confirmation"]


def test_without_an_address_nothing_is_queued(book: Book) -> None:
    booking = booking_with_details(book(contact=Person("Sam", "Roe")).pk)
    assert not ask_for_copy(booking=booking)
    assert not Message.objects.exists()


@pytest.mark.parametrize("status", ["pending", "cancelled", "expired"])
def test_what_is_not_booked_is_not_confirmed_again(booking: Booking, status: str) -> None:
    booking.status = Booking.Status(status)
    assert not ask_for_copy(booking=booking)
    assert (copies(), BookingConfirmation.objects.exists()) == (0, False)


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_sends(booking: Booking, started: Started) -> None:
    def press() -> bool:
        try:
            return ask_for_copy(booking=booking_with_details(booking.pk))
        finally:
            connection.close()

    work: Callable[[object], bool] = lambda _number: press()  # noqa: E731
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]
    assert copies() == 1


def test_a_later_now_is_all_it_takes() -> None:
    assert copy_standing([], datetime.now(tz=clock.LONDON)) == CopyStanding(None, None, is_used_up=False)
