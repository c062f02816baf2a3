"""Letters about what was called off and what goes back. As in `letters`, one function a kind."""

from decimal import Decimal

from django.conf import settings

from bookings.models import Booking
from bookings.services.calendars import booking_calendar, place_calendar
from communications.letter_parts import (
    Content,
    Row,
    attendee_of,
    booking_of,
    calendar_attachment,
    course_facts,
    files_listed,
)
from communications.models import Message
from communications.wording import plain_name
from config.kernel import clock
from config.kernel.money import format_money
from payments.models import Refund
from payments.selectors import money_of, sent_back_by_cancelling

# Why money goes back, to the person who gets it.
_WHY = {
    Refund.Reason.NO_PLACE: "Your payment reached us after the booking had been cancelled.",
    Refund.Reason.CANCELLED: "Your booking is cancelled.",
    Refund.Reason.GOODWILL: "To put something right.",
    Refund.Reason.DUPLICATE: "It was paid twice.",
}


def booking_cancelled(message: Message, link: str) -> Content:
    """For who booked: that nobody is expected any more, and the money. Takes the days out of their calendar again."""
    booking = booking_of(message)
    amount = _sum(message)
    course = course_facts(booking.session)
    attached = (
        (calendar_attachment(booking_calendar(booking, now=clock.now(), cancelled=True), booking.session, "CANCEL"),)
        if booking.confirmed_at
        else ()
    )
    context = course | {
        "booking": booking,
        "first_name": plain_name(booking.contact_first_name),
        "refund": format_money(amount) if amount else "",
        "was_paid": bool(money_of(booking).paid),
        "is_free": not booking.total,
        "facts": [
            Row("Course", (f"{course['course']}, {course['dates']}",)),
            Row("Who", tuple(_people(booking))),
            *_refund_rows(booking, amount),
        ],
        "link": link,
        "course_url": settings.SITE_URL + booking.session.course.get_absolute_url(),
        "attached": files_listed(attached),
    }
    return Content(context, attached)


def place_cancelled(message: Message, _link: str) -> Content:
    """For who would have taken one place: nothing about money, nor about the others."""
    attendee = attendee_of(message)
    booking = attendee.booking
    content = place_calendar(attendee, now=clock.now(), cancelled=True)
    attached = (calendar_attachment(content, booking.session, "CANCEL"),)
    course = course_facts(booking.session)
    context = course | {
        "first_name": plain_name(attendee.first_name),
        "booked_by": plain_name(booking.contact_name or booking.customer.full_name),
        "facts": [Row("Course", (course["course"],)), Row("When", (course["dates"],))],
        "attached": files_listed(attached),
    }
    return Content(context, attached)


def refund_sent(message: Message, link: str) -> Content:
    """For who paid: how much goes back, why, and to where."""
    refund = message.refund
    if refund is None:
        raise ValueError("A letter about a refund without the refund.")
    booking, amount = message.booking, format_money(_sum(message))
    rows = [Row("Refund", (amount,)), Row("Goes back to", (refund.payment.paid_with,))]
    if refund.reason in _WHY:
        rows.append(Row("Why", (_WHY[Refund.Reason(refund.reason)],)))
    if booking:
        course = course_facts(booking.session)
        rows.append(Row("Booking", (f"{booking.reference}: {course['course']}, {course['dates']}",)))
    context = {
        "amount": amount,
        "booking": booking,
        "first_name": plain_name(booking.contact_first_name if booking else refund.payment.payer.first_name),
        "facts": rows,
        "is_booked": booking is not None and booking.status == Booking.Status.CONFIRMED,
        "link": link,
    }
    return Content(context)


def _sum(message: Message) -> Decimal:
    if message.amount is None:
        raise ValueError("A letter about a refund without its sum.")
    return message.amount


def _refund_rows(booking: Booking, amount: Decimal) -> list[Row]:
    """What goes back because of the cancelling, and to which card each part of it goes."""
    if not amount:
        return []
    refunds = sent_back_by_cancelling(booking)
    if sum(refund.amount for refund in refunds) != amount:
        return [Row("Refund", (format_money(amount),))]
    return [Row("Refund", tuple(f"{format_money(each.amount)} to {each.payment.paid_with}" for each in refunds))]


def _people(booking: Booking) -> list[str]:
    """Names, and whom the booker has to tell themselves; nobody of a booking that nobody was invited to."""
    letters = Message.objects.filter(booking=booking, kind=Message.Kind.PLACE_CANCELLED)
    told = set(letters.values_list("attendee_id", flat=True))
    lines = []
    for attendee in booking.attendees.all():
        name = plain_name(attendee.full_name) or f"Person {attendee.position}"
        if booking.confirmed_at and not attendee.is_booker:
            name += ", told by email" if attendee.pk in told else ", to be told by you"
        lines.append(name)
    return lines
