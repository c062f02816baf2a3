"""The invoices of past bookings, with the numbers and dates they would have had, and the letters that carried them.

The letters count as sent, so that nothing is mailed about what is long over. The invoices' PDFs are made by the worker.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from bookings.models import Booking
from bookings.selectors import for_customer
from communications import recipients
from communications.models import Message, MessageEvent
from config.demo.history import Story
from config.kernel import clock
from customers.models import User
from invoicing import locks
from invoicing.models import Invoice, InvoiceLine
from invoicing.selectors import current_supplier
from invoicing.services import terms
from invoicing.services.issuing import Paid, draft_invoice
from invoicing.services.numbering import Series, number_text

_NOT_KEPT = "This letter belongs to the made-up history of the demo. Its text was not kept."


def issue(stories: list[Story], *, now: datetime) -> None:
    """Issues and posts one invoice for each booking that was paid. Part of the caller's transaction."""
    by_booking = {story.booking.pk: story for story in stories if story.plan.was_paid}
    customers = {story.booking.customer_id: story.booking.customer for story in by_booking.values()}
    whole = [booking for booking in _of_customers(customers.values()) if booking.pk in by_booking]
    supplier = current_supplier()
    invoices, lines = [], []
    for booking in sorted(whole, key=lambda booking: by_booking[booking.pk].plan.paid_at):
        story = by_booking[booking.pk]
        invoice, line = draft_invoice(booking=booking, supplier=supplier, payment=_paid(story))
        _date(invoice, booking, story.plan.paid_at, now)
        invoices.append(invoice)
        lines.append(line)
    _number(invoices)
    Invoice.objects.bulk_create(invoices)
    InvoiceLine.objects.bulk_create(lines)
    letters = list(_letters(invoices))
    Message.objects.bulk_create(letters)
    MessageEvent.objects.bulk_create(
        MessageEvent(message=letter, kind="sent", occurred_at=letter.created_at) for letter in letters
    )


def _of_customers(customers: Iterable[User]) -> Iterator[Booking]:
    for customer in customers:
        yield from for_customer(customer)


def _paid(story: Story) -> Paid:
    payment = story.payment
    note = f"{payment.card_brand.capitalize()} ending {payment.card_last4}"
    return Paid(payment.amount, clock.london_date(story.plan.paid_at), note)


def _date(invoice: Invoice, booking: Booking, issued_at: datetime, now: datetime) -> None:
    """Paid in full at issue, so nothing is due."""
    issued_on: date = clock.london_date(issued_at)
    invoice.issued_at = issued_at
    invoice.pdf_next_attempt_at = now
    invoice.tax_point = terms.tax_point(
        issued_on=issued_on, paid_on=invoice.paid_on, supplied_on=clock.london_date(booking.session.ends_at)
    )


def _number(invoices: list[Invoice]) -> None:
    """Gives numbers in the order of issue, in the series of the year of issue, and moves the series on."""
    by_year: defaultdict[int, list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        by_year[clock.london_date(invoice.issued_at).year].append(invoice)
    for year, issued in sorted(by_year.items()):
        sequence = locks.lock_sequence(series=Series.INVOICE, year=year)
        for invoice in issued:
            sequence.last_number += 1
            invoice.number = number_text(Series.INVOICE, year, sequence.last_number)
        sequence.save(update_fields=["last_number"])


def _letters(invoices: list[Invoice]) -> Iterator[Message]:
    """The confirmations, as the outbox names them: when a PDF is made, it is found to have been sent."""
    for invoice in invoices:
        booking, sent_at = invoice.booking, invoice.issued_at
        recipient = recipients.booker(booking)
        if recipient is None:
            continue
        yield Message(
            dedupe_key=f"booking:{booking.pk}:confirmation",
            kind=Message.Kind.BOOKING_CONFIRMATION,
            state=Message.State.SENT,
            user_id=booking.customer_id,
            booking=booking,
            invoice=invoice,
            to_email=recipient.email,
            to_name=recipient.name,
            subject=f"You're booked: {booking.session.course.name}, {invoice.course_date}"[:200],
            body_text=_NOT_KEPT,
            attempts=1,
            send_after=sent_at,
            claimed_at=sent_at,
            sent_at=sent_at,
            created_at=sent_at,
        )
