"""What each letter says: one function a kind, giving what its three templates need and what is attached.

The wording is in templates/emails/communications/. Health details are in no letter, prices and the other people in no
letter to an attendee.
"""

from collections.abc import Callable

from django.conf import settings

from bookings.models import Attendee, Booking, CourseSession
from bookings.services.calendars import booking_calendar, place_calendar
from bookings.services.plans import plans_for
from bookings.services.venues import access_sentence
from communications import recipients
from communications.cancelling_letters import booking_cancelled, place_cancelled, refund_sent
from communications.letter_parts import (
    Attachment,
    Content,
    Row,
    attendee_of,
    booking_of,
    calendar_attachment,
    course_facts,
    files_listed,
)
from communications.log_in_letters import log_in_changed
from communications.models import Message
from communications.payment_letters import payment_link
from communications.wording import SUBJECT_LENGTH, listed, plain_name
from config.kernel import clock
from config.kernel.money import format_money, format_rate
from customers.services.signing_in import code_of
from invoicing.models import Invoice
from invoicing.selectors import pdf_bytes
from invoicing.services.confirmations import ready_pdf


class RequestForgotten(ValueError):
    """The request that a letter for signing in answers is no longer kept, so there is no link to make."""


def booking_confirmation(message: Message, link: str) -> Content:
    """For who booked: everything about the booking, with a calendar file and what is ready of its papers."""
    booking = booking_of(message)
    invoice = booking.invoices.order_by("issued_at", "number").first()
    attached = (
        *_confirmation_pdf(booking),
        *_invoice_pdf(message.invoice),
        calendar_attachment(booking_calendar(booking, now=clock.now()), booking.session),
    )
    when_and_where, bring = _when_and_where(booking.session), _bring(booking.session)
    context = course_facts(booking.session) | {
        "booking": booking,
        "facts": [*when_and_where, Row("Who", tuple(_people(booking))), *_preparing(booking), *bring],
        "first_name": plain_name(booking.contact_first_name),
        "places": _places(booking),
        "pass_on": listed(_passed_on(booking)),
        "names_missing": any(not plain_name(attendee.full_name) for attendee in booking.attendees.all()),
        "link": link,
        "sums": _sums(booking, invoice),
        "invoice_follows": invoice is not None and message.invoice is None,
        "plans": plans_for(booking, clock.london_today()),
        "attached": files_listed(attached),
    }
    return Content(context, attached)


def joining_instructions(message: Message, link: str) -> Content:
    """For who takes one place; or for who booked, to be passed on, without a link."""
    attendee = attendee_of(message)
    booking = attendee.booking
    attached = (calendar_attachment(place_calendar(attendee, now=clock.now()), booking.session),)
    context = course_facts(booking.session) | {
        "facts": [*_when_and_where(booking.session), *_bring(booking.session)],
        **_spoken_to(message),
        "booked_by": plain_name(booking.contact_name or booking.customer.full_name),
        "link": link,
        "attached": files_listed(attached),
    }
    return Content(context, attached)


def invoice_follow_up(message: Message, link: str) -> Content:
    """For who booked: the invoice that was not ready when the confirmation went."""
    invoice = message.invoice
    if invoice is None:
        raise ValueError("An invoice letter without an invoice.")
    attached = _invoice_pdf(invoice)
    context = {
        "invoice": invoice,
        "course": booking_of(message).session.course.name,
        "total": format_money(invoice.total),
        "facts": _invoice_facts(invoice),
        "is_settled": not invoice.left_to_pay,
        "link": link,
        "attached": files_listed(attached),
    }
    return Content(context, attached)


def no_place_refund(message: Message, _link: str) -> Content:
    """For who paid after the places had gone: an apology, and the money back."""
    booking = booking_of(message)
    if message.amount is None:
        raise ValueError("A letter about a refund without its sum.")
    course, amount = course_facts(booking.session), format_money(message.amount)
    context = course | {
        "booking": booking,
        "first_name": plain_name(booking.contact_first_name),
        "amount": amount,
        "facts": [
            Row("Booking reference", (booking.reference,)),
            Row("Course", (f"{course['course']}, {course['dates']}",)),
            Row("Refund", (amount,)),
        ],
        "course_url": settings.SITE_URL + booking.session.course.get_absolute_url(),
    }
    return Content(context)


def sign_in(message: Message, link: str) -> Content:
    """For who asked to sign in."""
    if message.sign_in is None:
        raise RequestForgotten("A letter for signing in without its request.")
    context = {
        "first_name": plain_name(message.user.first_name) if message.user else "",
        "link": link,
        "code": code_of(link.rstrip("/").rpartition("/")[2]),
    }
    return Content(context)


def office_letter(message: Message, _link: str) -> Content:
    """What a member of staff typed, word for word: no sign in it means anything but itself."""
    if not message.typed_text:
        raise ValueError("A letter from the office without its words.")
    paragraphs = [paragraph for paragraph in message.typed_text.split("\n\n") if paragraph.strip()]
    return Content({"subject": message.typed_subject, "text": message.typed_text, "paragraphs": paragraphs})


LETTERS: dict[Message.Kind, Callable[[Message, str], Content]] = {
    Message.Kind.BOOKING_CONFIRMATION: booking_confirmation,
    Message.Kind.JOINING_INSTRUCTIONS: joining_instructions,
    Message.Kind.INVOICE: invoice_follow_up,
    Message.Kind.NO_PLACE_REFUND: no_place_refund,
    Message.Kind.BOOKING_CANCELLED: booking_cancelled,
    Message.Kind.PLACE_CANCELLED: place_cancelled,
    Message.Kind.REFUND_SENT: refund_sent,
    Message.Kind.SIGN_IN: sign_in,
    Message.Kind.PAYMENT_LINK: payment_link,
    Message.Kind.OFFICE_LETTER: office_letter,
    Message.Kind.LOG_IN_CHANGED: log_in_changed,
}


def _when_and_where(session: CourseSession) -> list[Row]:
    days = tuple(
        f"{clock.format_date(clock.london_date(day.starts_at))}, {clock.format_time_range(day.starts_at, day.ends_at)}"
        for day in session.days.all()
    )
    venue = session.venue
    if venue is None:
        return [Row("When", days), Row("Where", ("We’ll write to you as soon as the place is settled.",))]
    directions = [Row("How to find it", (venue.directions,))] if venue.directions else []
    where = Row("Where", (venue.full_address,))
    on_map = Row("Map", (f"See {venue.name} on a map",), link=venue.map_url)
    return [Row("When", days), where, on_map, *directions, Row("Access", (access_sentence(venue),))]


def _bring(session: CourseSession) -> list[Row]:
    return [Row("What to bring", (session.course.bring,))] if session.course.bring else []


def _preparing(booking: Booking) -> list[Row]:
    """That something is on record that the booker knows of: never about whom, nor what."""
    if not any(getattr(person, "needs_known", False) for person in booking.attendees.all()):
        return []
    return [Row("Preparing", ("What you told us would help is on record. We may call you to ask.",))]


def _people(booking: Booking) -> list[str]:
    booked_by = recipients.booker(booking)
    return [_person(attendee, booked_by) for attendee in booking.attendees.all()]


def _person(attendee: Attendee, booked_by: recipients.Recipient | None) -> str:
    name = plain_name(attendee.full_name)
    if recipients.own_letter(attendee, booked_by=booked_by):
        return f"{name or f'Person {attendee.position}'}, joining instructions sent"
    if not name:
        return f"Person {attendee.position}: name to follow"
    return name if attendee.is_booker else f"{name}, instructions to pass on"


def _spoken_to(message: Message) -> dict[str, str]:
    """Who reads a letter about one place, and `pass_to`: for whom it is, where that is somebody else."""
    attendee, booking = attendee_of(message), booking_of(message)
    if not recipients.is_passed_on(message):
        return {"first_name": plain_name(attendee.first_name), "pass_to": ""}
    name = plain_name(attendee.first_name) or plain_name(attendee.last_name)
    room = SUBJECT_LENGTH - len(f"For : course on {course_facts(booking.session)['short_dates']}")
    return {
        "first_name": plain_name(booking.contact_first_name),
        "pass_to": name,
        "short_pass_to": name if len(name) <= room else f"{name[: room - 1]}…",
    }


def _passed_on(booking: Booking) -> list[str]:
    """Who has no address of their own, so that their letters come to who booked."""
    booked_by = recipients.booker(booking)
    people = booking.attendees.all()
    to_booker = [each for each in people if booked_by and recipients.letters_of(each, booked_by=booked_by) == booked_by]
    return [plain_name(each.first_name) or plain_name(each.last_name) for each in to_booker]


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


def _invoice_facts(invoice: Invoice) -> list[Row]:
    rows = [Row("Invoice", (invoice.number,)), Row("Booking", (invoice.booking_reference,))]
    if invoice.po_number:
        rows.append(Row("PO number", (invoice.po_number,)))
    paid = format_money(invoice.paid)
    rows += [
        Row("Total", (format_money(invoice.total),)),
        Row("Paid", (f"{paid}, on {clock.format_date(invoice.paid_on)}" if invoice.paid_on else paid,)),
    ]
    if invoice.left_to_pay:
        due = f", due by {clock.format_date(invoice.due_on)}" if invoice.due_on else ""
        rows.append(Row("Still to pay", (format_money(invoice.left_to_pay) + due,)))
    return rows


def _invoice_pdf(invoice: Invoice | None) -> tuple[Attachment, ...]:
    if invoice is None:
        return ()
    return (Attachment("Invoice", f"{invoice.number}.pdf", pdf_bytes(invoice), "application", "pdf"),)


def _confirmation_pdf(booking: Booking) -> tuple[Attachment, ...]:
    content = ready_pdf(booking)
    if content is None:
        return ()
    name = f"Booking-{booking.reference}.pdf"
    return (Attachment("Booking confirmation", name, content, "application", "pdf"),)
