"""What happens after booking, said from what is on record: who has been written to, what is prepared, when to come.

Every sentence is true at the moment: a letter that waits is not called sent, and nothing is promised that nobody does.
Of what would help people only that it is on record is said, and only of those whose needs the booker told us.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookings.models import Attendee, Booking
from communications import recipients
from communications.models import Message
from communications.wording import listed
from config.brand import BRAND
from config.kernel import clock


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person on the booking. `tag` says what became of their letter; its tone and icon stand beside the words."""

    name: str
    detail: str
    tag: str = ""
    tone: str = ""
    icon: str = ""


def next_steps(booking: Booking, letters: Sequence[Message], now: datetime) -> list[Step]:
    """The numbered steps of a booking that is booked and not over, with what the booker may know of its people.

    `letters` are its own, oldest first.
    """
    people = list(booking.attendees.all())
    steps = [_confirmation(letters, now), _joining(booking, people, letters)]
    told = [person for person in people if getattr(person, "needs_known", False)]
    if told:
        steps.append(_preparing(booking, told))
    return [*steps, _coming(booking)]


def person_rows(booking: Booking, letters: Iterable[Message]) -> list[PersonRow]:
    """Everybody on the booking, in order, with what became of their joining instructions."""
    last = _joining_letters(letters)
    return [_row(booking, person, last.get(person.pk)) for person in booking.attendees.all()]


def _confirmation(letters: Iterable[Message], now: datetime) -> Step:
    sent = [letter for letter in letters if letter.kind == Message.Kind.BOOKING_CONFIRMATION]
    if not sent:
        return Step("Keep this page", ("We’ve sent no email about this booking. Save what you need from here.",))
    letter = sent[-1]
    what = "the confirmation and your invoice" if letter.invoice_id else "the confirmation"
    if letter.state in Message.ON_THE_WAY:
        return Step("Check your email", (f"We’re sending {what} to {letter.to_email} now. It can take a few minutes.",))
    if letter.state in Message.LOST:
        mend = f"Call {BRAND.phone}, so that we can put the address right."
        return Step("Your email didn’t arrive", (f"We couldn’t deliver {what} to {letter.to_email}.", mend))
    return Step("Check your email", (f"We sent {what} to {letter.to_email} {_moment(letter.sent_at or now, now)}.",))


def _joining(booking: Booking, people: Sequence[Attendee], letters: Iterable[Message]) -> Step:
    others = [person for person in people if not person.is_booker]
    if not others:
        return Step(
            "You have your joining instructions", ("Everything about the day is in the confirmation and here.",)
        )
    last = _joining_letters(letters)
    written = [(person, last[person.pk]) for person in others if person.pk in last]
    own = {person.pk for person in others if recipients.own_letter(person, booked_by=recipients.booker(booking))}
    gone = [_first_name(person) for person, letter in written if letter.state in Message.GONE and person.pk in own]
    on_the_way = [
        _first_name(person) for person, letter in written if letter.state in Message.ON_THE_WAY and person.pk in own
    ]
    to_pass_on = [
        _first_name(person) for person, letter in written if letter.state not in Message.LOST and person.pk not in own
    ]
    lost = [(person, letter) for person, letter in written if letter.state in Message.LOST]
    rest = [person for person in others if person.pk not in last]
    named = [_first_name(person) for person in rest if person.full_name]
    sentences = []
    if gone:
        sentences.append(f"We’ve emailed joining instructions to {listed(gone)}.")
    if on_the_way:
        sentences.append(f"We’re emailing joining instructions to {listed(on_the_way)} now.")
    if to_pass_on:
        sentences.append(f"Joining instructions for {listed(to_pass_on)} come to you: pass them on.")
    sentences += [
        f"We couldn’t deliver {_first_name(person)}’s to {letter.to_email}: call us to correct it."
        for person, letter in lost
    ]
    if named:
        sentences.append(f"Pass on when and where to come to {listed(named)}.")
    if len(rest) > len(named):
        sentences.append("Tell us the missing names as soon as you know them.")
    return Step("Everyone gets joining instructions", tuple(sentences))


def _preparing(booking: Booking, told: Sequence[Attendee]) -> Step:
    names = listed(["you" if person.is_booker else _first_name(person) for person in told])
    day = clock.format_date(clock.london_date(booking.session.starts_at))
    return Step(f"We prepare for {names}", (f"What you told us is on record for {day}. We may call you to ask.",))


def _coming(booking: Booking) -> Step:
    session = booking.session
    where = f" at {session.venue.name}" if session.venue else ""
    title = f"Come along on {clock.format_date(clock.london_date(session.starts_at))}"
    return Step(title, (f"We start at {clock.format_time(session.starts_at)}{where}.",))


def _row(booking: Booking, person: Attendee, letter: Message | None) -> PersonRow:
    name = person.full_name or "Name to follow"
    if person.is_booker:
        return PersonRow(name, "You")
    if letter is None:
        return PersonRow(name, "Joining instructions to pass on")
    is_own = recipients.own_letter(person, booked_by=recipients.booker(booking)) is not None
    where = letter.to_email if is_own else "Emails go to you"
    if letter.state in Message.ON_THE_WAY:
        return PersonRow(name, where, "Instructions on their way", "", "clock")
    if letter.state in Message.LOST:
        return PersonRow(name, where, "Email not delivered", "tag-brick", "alert")
    return PersonRow(name, where, "Instructions sent", "tag-green", "mail")


def _joining_letters(letters: Iterable[Message]) -> dict[UUID, Message]:
    """The newest joining instructions of each person."""
    return {
        letter.attendee_id: letter
        for letter in letters
        if letter.attendee_id and letter.kind == Message.Kind.JOINING_INSTRUCTIONS
    }


def _first_name(person: Attendee) -> str:
    return person.first_name or person.last_name or f"person {person.position}"


def _moment(instant: datetime, now: datetime) -> str:
    """ "today at 2:30pm", "on Saturday 21 November 2026 at 2:30pm"."""
    day = clock.london_date(instant)
    shown = "today" if day == clock.london_date(now) else f"on {clock.format_date(day)}"
    return f"{shown} at {clock.format_time(instant)}"
