"""What the booking page says happens next: only what is so, and of people’s needs only that they are on record."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookings.models import Attendee, Booking, SpecialRequirement
from bookings.selectors import add_details_for_booker, booking_with_details, booking_with_session
from bookings.views.next_steps import PersonRow, Step, next_steps, person_rows
from communications.models import Message
from communications.selectors import letters_about
from communications.services import outbox
from tests.factories import make_booking, make_session

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
COMES_AT = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HANNAH = ("Hannah", "Okafor", "hannah@example.org")
TOM = ("Tom", "Ackroyd", "tom@example.org")
ANN = ("Ann", "Lee", "ann@example.org")
PRIYA = ("Priya", "Sharma", "")
NOBODY = ("", "", "")
COMING = Step("Come along on Thursday 3 December 2026", ("We start at 9am at Kelham Works.",))


def booked(people: Sequence[tuple[str, str, str]] = (HANNAH,), **fields: Any) -> Booking:
    """Booked by Hannah, who comes along, with letters queued."""
    session = make_session(starts_at=COMES_AT)
    booking = make_booking(session, people=people, contact_email="hannah@example.org", **fields)
    Attendee.objects.filter(booking=booking, position=1).update(is_booker=True)
    outbox.queue_booking_messages(booking=booking, invoice=None)
    return booking_with_details(booking.pk)


def steps(booking: Booking) -> list[Step]:
    whole = add_details_for_booker(booking_with_session(booking.pk))
    return next_steps(whole, letters_about(whole), NOW)


def rows(booking: Booking) -> list[PersonRow]:
    whole = booking_with_details(booking.pk)
    return person_rows(whole, letters_about(whole))


def set_state(email: str, state: str, **fields: Any) -> None:
    Message.objects.filter(to_email=email).update(state=state, **fields)


@pytest.mark.parametrize("state", ["queued", "sending"])
def test_a_letter_that_waits_is_not_called_sent(state: str) -> None:
    booking = booked()
    set_state("hannah@example.org", state)
    assert steps(booking) == [
        Step(
            "Check your email",
            ("We’re sending the confirmation to hannah@example.org now. It can take a few minutes.",),
        ),
        Step("You have your joining instructions", ("Everything about the day is in the confirmation and here.",)),
        COMING,
    ]


@pytest.mark.parametrize(
    "ago, when",
    [(timedelta(hours=1), "today at 1:30pm"), (timedelta(days=1), "on Friday 20 November 2026 at 2:30pm")],
)
def test_a_letter_that_went_says_when(ago: timedelta, when: str) -> None:
    booking = booked()
    set_state("hannah@example.org", "delivered", sent_at=NOW - ago)
    assert steps(booking)[0].sentences == (f"We sent the confirmation to hannah@example.org {when}.",)


@pytest.mark.parametrize("state", ["bounced", "failed", "suppressed", "cancelled"])
def test_a_letter_that_was_lost_says_what_to_do(state: str) -> None:
    booking = booked()
    set_state("hannah@example.org", state)
    assert steps(booking)[0] == Step(
        "Your email didn’t arrive",
        (
            "We couldn’t deliver the confirmation to hannah@example.org.",
            "Call 0114 496 0321, so that we can put the address right.",
        ),
    )


def test_without_any_letter_the_page_is_the_copy() -> None:
    booking = booking_with_details(make_booking().pk)
    assert next_steps(booking, [], NOW)[0].title == "Keep this page"


def test_the_newest_copy_counts_and_what_it_carried() -> None:
    booking = booked()
    set_state("hannah@example.org", "bounced")
    copy = outbox.resend(message=letters_about(booking)[0])
    Message.objects.filter(pk=copy.pk).update(state="sent", sent_at=NOW)
    assert steps(booking)[0].sentences == ("We sent the confirmation to hannah@example.org today at 2:30pm.",)


def test_everybody_else_is_named_by_what_became_of_their_letter() -> None:
    booking = booked([HANNAH, TOM, ANN, PRIYA, NOBODY, ("", "Bo", "bo@example.org")])
    set_state("tom@example.org", "sent")
    set_state("bo@example.org", "sent")
    assert steps(booking)[1] == Step(
        "Everyone gets joining instructions",
        (
            "We’ve emailed joining instructions to Tom and Bo.",
            "We’re emailing joining instructions to Ann now.",
            "Joining instructions for Priya come to you: pass them on.",
            "Tell us the missing names as soon as you know them.",
        ),
    )
    set_state("ann@example.org", "bounced")
    assert "We couldn’t deliver Ann’s to ann@example.org: call us to correct it." in steps(booking)[1].sentences


def test_people_and_what_became_of_their_letters() -> None:
    booking = booked([HANNAH, TOM, ANN, PRIYA, NOBODY, ("Di", "Roe", "HANNAH@example.org"), ("Bo", "Lee", "bo@b.org")])
    set_state("ann@example.org", "failed")
    set_state("bo@b.org", "delivered")
    assert rows(booking) == [
        PersonRow("Hannah Okafor", "You"),
        PersonRow("Tom Ackroyd", "tom@example.org", "Instructions on their way", "", "clock"),
        PersonRow("Ann Lee", "ann@example.org", "Email not delivered", "tag-brick", "alert"),
        PersonRow("Priya Sharma", "Emails go to you", "Instructions on their way", "", "clock"),
        PersonRow("Name to follow", "Joining instructions to pass on"),
        PersonRow("Di Roe", "Emails go to you", "Instructions on their way", "", "clock"),
        PersonRow("Bo Lee", "bo@b.org", "Instructions sent", "tag-green", "mail"),
    ]


def test_a_booking_made_without_letters_leaves_it_to_the_booker() -> None:
    booking = make_booking(make_session(starts_at=COMES_AT), people=[TOM, PRIYA], contact_email="hannah@example.org")
    assert steps(booking)[1].sentences == ("Pass on when and where to come to Tom and Priya.",)
    assert rows(booking)[1] == PersonRow("Priya Sharma", "Joining instructions to pass on")


def say(attendee: Attendee, speaker: str) -> None:
    SpecialRequirement.objects.create(
        attendee=attendee, said_by=speaker, first_said_by=speaker, delete_after=NOW.date()
    )


def test_preparing_is_said_of_whom_the_booker_told_us_and_never_what() -> None:
    booking = booked([HANNAH, TOM, ANN])
    hannah, tom, ann = booking.attendees.all()
    assert len(steps(booking)) == 3
    say(ann, "attendee")
    assert len(steps(booking)) == 3
    say(tom, "booker")
    say(hannah, "attendee")
    assert steps(booking)[2] == Step(
        "We prepare for you and Tom",
        ("What you told us is on record for Thursday 3 December 2026. We may call you to ask.",),
    )


def test_a_place_that_is_not_settled_is_not_named() -> None:
    booking = booked()
    booking.session.venue = None
    booking.session.save()
    assert steps(booking)[-1].sentences == ("We start at 9am.",)
