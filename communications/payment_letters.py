"""Letters that ask for money."""

from bookings.models import Booking
from bookings.services.plans import plans_for
from communications.letter_parts import Content, Row, booking_of, course_facts
from communications.models import Message
from communications.wording import SUBJECT_LENGTH, plain_name, shortened
from config.kernel import clock
from config.kernel.money import format_money


class NothingToPay(ValueError):
    """By the time the letter was to go, the booking was paid, cancelled or out of time."""


def payment_link(message: Message, link: str) -> Content:
    """For who booked with the office: what was booked, what it costs, until when to pay, and the way there."""
    booking = booking_of(message)
    if booking.status != Booking.Status.PENDING or (booking.lapses_at and booking.lapses_at <= clock.now()):
        raise NothingToPay("A letter about a payment that is not wanted any more.")
    if message.amount is None:
        raise ValueError("A letter about a payment without its sum.")
    session, places = booking.session, len(booking.attendees.all())
    course, until = course_facts(session), _until(booking)
    amount = format_money(message.amount, whole=True)
    facts = [
        Row("Course", (session.course.name,)),
        Row("When", (f"{course['dates']}, from {clock.format_time(session.starts_at)}",)),
        *([Row("Where", (session.venue.full_address,))] if session.venue else []),
        Row("Places", (str(places),)),
        Row("To pay", (format_money(message.amount),)),
        *([Row("Pay by", (until,))] if until else []),
    ]
    context = course | {
        "booking": booking,
        "facts": facts,
        "first_name": plain_name(booking.contact_first_name),
        "places": places,
        "amount": amount,
        "short_course": shortened(
            session.course.name, SUBJECT_LENGTH - len(f"Pay {amount} for , {course['short_dates']}")
        ),
        "button": f"Pay {amount}",
        "plans": plans_for(booking, clock.london_today()),
        "until": until,
        "link": f"{link}?to=pay",
    }
    return Content(context)


def _until(booking: Booking) -> str:
    """A letter is read later than it is written, so the day is always said; empty for an order without an end."""
    if booking.lapses_at is None:
        return ""
    return f"{clock.format_time(booking.lapses_at)} on {clock.format_date(clock.london_date(booking.lapses_at))}"
