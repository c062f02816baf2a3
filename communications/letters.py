"""What each letter says: one function a kind, giving what its three templates need and what is attached.

The wording is in templates/emails/communications/. Health details are in no letter, prices and the other people in no
letter to an attendee.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from bookings.models import Attendee, Booking, CourseSession, Venue
from bookings.services.calendars import booking_calendar, place_calendar
from bookings.services.plans import plan_sentences
from communications import recipients
from communications.models import Message
from communications.wording import listed, plain_name, short_dates
from config.brand import BRAND
from config.kernel import clock
from config.kernel.money import format_money, format_rate
from invoicing.models import Invoice
from invoicing.selectors import pdf_bytes


@dataclass(frozen=True)
class Attachment:
    filename: str
    content: bytes
    maintype: str
    subtype: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Content:
    """The facts of a letter and what goes with it."""

    context: dict[str, Any]
    attachments: tuple[Attachment, ...] = ()


def booking_confirmation(message: Message, link: str) -> Content:
    """For who booked: everything about the booking, with a calendar file and, when it is ready, the invoice."""
    booking = _booking(message)
    invoice = booking.invoices.order_by("issued_at", "number").first()
    calendar = _calendar(booking_calendar(booking, now=clock.now()), booking.session)
    context = _course_facts(booking.session) | {
        "booking": booking,
        "first_name": plain_name(booking.contact_first_name),
        "places": _places(booking),
        "people": _people(booking),
        "pass_on": _some_get_no_letter(booking),
        "link": link,
        "sums": _sums(booking, invoice),
        "invoice_attached": message.invoice is not None,
        "invoice_follows": invoice is not None and message.invoice is None,
        "plans": plan_sentences(
            booking.policy, booking.session.starts_at, clock.london_today(), is_free=not booking.total
        ),
    }
    return Content(context, (calendar, *_invoice_pdf(message.invoice)))


def joining_instructions(message: Message, link: str) -> Content:
    """For who takes one place."""
    attendee = _attendee(message)
    booking = attendee.booking
    calendar = _calendar(place_calendar(attendee, now=clock.now()), booking.session)
    context = _course_facts(booking.session) | {
        "first_name": plain_name(attendee.first_name),
        "booked_by": plain_name(booking.contact_name or booking.customer.full_name),
        "link": link,
    }
    return Content(context, (calendar,))


def invoice_follow_up(message: Message, link: str) -> Content:
    """For who booked: the invoice that was not ready when the confirmation went."""
    invoice = message.invoice
    if invoice is None:
        raise ValueError("An invoice letter without an invoice.")
    context = {
        "invoice": invoice,
        "course": _booking(message).session.course.name,
        "total": format_money(invoice.total),
        "paid": format_money(invoice.paid),
        "paid_on": clock.format_date(invoice.paid_on) if invoice.paid_on else "",
        "due": _due(invoice),
        "link": link,
    }
    return Content(context, _invoice_pdf(invoice))


def no_place_refund(message: Message, _link: str) -> Content:
    """For who paid after the places had gone: an apology, and the money back."""
    booking = _booking(message)
    if message.amount is None:
        raise ValueError("A letter about a refund without its sum.")
    context = _course_facts(booking.session) | {
        "booking": booking,
        "first_name": plain_name(booking.contact_first_name),
        "amount": format_money(message.amount),
        "course_url": settings.SITE_URL + booking.session.course.get_absolute_url(),
    }
    return Content(context)


def sign_in(message: Message, link: str) -> Content:
    """For who asked to sign in."""
    if message.sign_in is None:
        raise ValueError("A letter for signing in without its request, which may be forgotten by now.")
    context = {"first_name": plain_name(message.user.first_name) if message.user else "", "link": link}
    return Content(context)


LETTERS: dict[Message.Kind, Callable[[Message, str], Content]] = {
    Message.Kind.BOOKING_CONFIRMATION: booking_confirmation,
    Message.Kind.JOINING_INSTRUCTIONS: joining_instructions,
    Message.Kind.INVOICE: invoice_follow_up,
    Message.Kind.NO_PLACE_REFUND: no_place_refund,
    Message.Kind.SIGN_IN: sign_in,
}


def _course_facts(session: CourseSession) -> dict[str, Any]:
    days = list(session.days.all())
    first, last = clock.london_date(session.starts_at), clock.london_date(session.ends_at)
    return {
        "course": session.course.name,
        "dates": clock.format_date_range(first, last),
        "short_dates": short_dates(first, last),
        "days": [
            f"{clock.format_date(clock.london_date(day.starts_at))}, "
            f"{clock.format_time_range(day.starts_at, day.ends_at)}"
            for day in days
        ],
        "venue": session.venue,
        "access": _access(session.venue) if session.venue else "",
        "bring": session.course.bring,
    }


def _access(venue: Venue) -> str:
    """What the venue is known to have. Nothing is said to be missing: not ticked may mean not asked."""
    facts = {"step-free access": venue.step_free, "a hearing loop": venue.hearing_loop, "parking": venue.parking}
    known = [name for name, is_there in facts.items() if is_there]
    if known:
        return f"There is {listed(known)}. Call {BRAND.phone} to ask about anything else."
    return f"Call {BRAND.phone} to ask about access."


def _people(booking: Booking) -> list[str]:
    booked_by = recipients.booker(booking)
    return [
        (plain_name(attendee.full_name) or f"Person {attendee.position}: name to follow")
        + (", joining instructions sent" if recipients.own_letter(attendee, booked_by=booked_by) else "")
        for attendee in booking.attendees.all()
    ]


def _some_get_no_letter(booking: Booking) -> bool:
    booked_by = recipients.booker(booking)
    others = [attendee for attendee in booking.attendees.all() if not attendee.is_booker]
    return any(recipients.own_letter(attendee, booked_by=booked_by) is None for attendee in others)


def _places(booking: Booking) -> str:
    count = len(booking.attendees.all())
    return "1 place" if count == 1 else f"{count} places"


def _sums(booking: Booking, invoice: Invoice | None) -> list[tuple[str, str]]:
    """The price, its VAT and what was paid, as on the invoice; nothing for a free course."""
    if not booking.total:
        return []
    if invoice is None:
        return [(_places(booking), format_money(booking.total)), ("To pay", format_money(booking.total))]
    rows = [(_places(booking), format_money(invoice.total))]
    if invoice.vat:
        rows = [(f"{_places(booking)}, before VAT", format_money(invoice.net))]
        rows.append((f"VAT at {format_rate(booking.vat_rate)}", format_money(invoice.vat)))
    if invoice.paid:
        rows.append((f"Paid by {invoice.payment_note}" if invoice.payment_note else "Paid", format_money(invoice.paid)))
    if invoice.left_to_pay:
        rows.append(("Still to pay", format_money(invoice.left_to_pay)))
    return rows


def _due(invoice: Invoice) -> str:
    if not invoice.left_to_pay:
        return ""
    due = format_money(invoice.left_to_pay)
    return f"{due}, due by {clock.format_date(invoice.due_on)}" if invoice.due_on else due


def _calendar(content: bytes, session: CourseSession) -> Attachment:
    return Attachment(
        f"{session.course.slug}.ics", content, "text", "calendar", (("charset", "utf-8"), ("method", "PUBLISH"))
    )


def _invoice_pdf(invoice: Invoice | None) -> tuple[Attachment, ...]:
    if invoice is None:
        return ()
    return (Attachment(f"{invoice.number}.pdf", pdf_bytes(invoice), "application", "pdf"),)


def _booking(message: Message) -> Booking:
    if message.booking is None:
        raise ValueError("A letter about a booking without its booking.")
    return message.booking


def _attendee(message: Message) -> Attendee:
    if message.attendee is None:
        raise ValueError("Joining instructions without the person who takes the place.")
    return message.attendee
