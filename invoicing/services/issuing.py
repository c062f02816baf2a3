"""Issuing an invoice: a frozen copy of both parties and what was sold, with the next number."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bookings import selectors as bookings
from bookings.models import Booking
from config.kernel import clock
from config.kernel.jobs import enqueue
from config.kernel.money import VatSplit, round_money, split_vat
from invoicing import selectors
from invoicing.models import Invoice, InvoiceLine, SupplierProfile
from invoicing.services import terms, wording
from invoicing.services.numbering import Series, next_number

NO_VAT = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Paid:
    """What had been paid towards the booking when the invoice was issued."""

    amount: Decimal
    on: date | None
    note: str


def issue_invoice(*, booking: Booking, paid: Decimal, paid_on: date | None, payment_note: str) -> Invoice:
    """The invoice for a booking, with one line for its places; a second call returns the first one unchanged.

    `paid` is what was received towards this booking so far, `paid_on` the London day it came in, and `payment_note` how
    ("Visa ending 4242"). Call it last in a transaction that holds the booking's lock: from here until that transaction
    ends, nobody else gets a number. Its PDF is made by a worker after commit.

    Raises ValueError for a payment below nought, above the total, or without its day, and for a booking of no places.
    """
    issued = Invoice.objects.filter(issue_key=_issue_key(booking)).first()
    if issued is not None:
        return issued
    payment = Paid(paid, paid_on, payment_note)
    _check(payment, booking.total)
    bookings.add_details(booking)
    invoice, line = draft_invoice(booking=booking, supplier=selectors.current_supplier(), payment=payment)
    _number(invoice, booking)
    invoice.save(force_insert=True)
    line.save(force_insert=True)
    enqueue("invoicing.tasks.render_invoice_pdf", invoice.pk)
    return invoice


def draft_invoice(*, booking: Booking, supplier: SupplierProfile, payment: Paid) -> tuple[Invoice, InvoiceLine]:
    """Both parties, the sums and the one line as they are now; number and dates are still missing, nothing is stored.

    `booking` is one with its days and people (`bookings.selectors.add_details`).
    """
    line = _line(booking, supplier)
    invoice = _frozen(booking, supplier, payment, VatSplit(line.net, line.vat, line.gross))
    invoice.issue_key = _issue_key(booking)
    line.invoice = invoice
    return invoice, line


def _issue_key(booking: Booking) -> str:
    return f"booking:{booking.pk}"


def _check(paid: Paid, total: Decimal) -> None:
    if not 0 <= paid.amount <= total:
        raise ValueError(f"{paid.amount} can't have been paid towards a total of {total}.")
    if paid.amount and paid.on is None:
        raise ValueError("A payment on an invoice says on which day it came in.")


def _line(booking: Booking, supplier: SupplierProfile) -> InvoiceLine:
    """The booking's places as one line. VAT is taken out of the whole sum, once, so that net and VAT add up to what was
    paid; the price of one place is shown to the nearest penny."""
    people = list(booking.attendees.all())
    if not people:
        raise ValueError("An invoice is for at least one place.")
    rate = booking.vat_rate if supplier.vat_registered else NO_VAT
    split = split_vat(booking.total, rate)
    return InvoiceLine(
        position=1,
        description=booking.session.course.name,
        detail=wording.line_detail(booking.session, list(booking.session.days.all()), people),
        quantity=len(people),
        unit_net=round_money(split.net / len(people)),
        vat_rate=rate,
        net=split.net,
        vat=split.vat,
        gross=split.gross,
    )


def _frozen(booking: Booking, supplier: SupplierProfile, paid: Paid, sums: VatSplit) -> Invoice:
    """Both parties and the sums as they are now, without number and dates."""
    organisation = booking.organisation
    return Invoice(
        booking=booking,
        customer_id=booking.customer_id,
        supplier_name=supplier.legal_name,
        supplier_address=supplier.address,
        supplier_email=supplier.email,
        supplier_phone=supplier.phone,
        supplier_company_number=supplier.company_number,
        supplier_vat_registered=supplier.vat_registered,
        supplier_vat_number=supplier.vat_number if supplier.vat_registered else "",
        supplier_bank_details=supplier.bank_details,
        customer_name=wording.printable(booking.contact_name or str(booking.customer)),
        customer_company=wording.printable(booking.company or (organisation.name if organisation else "")),
        customer_address=wording.printable(
            booking.billing_address or (organisation.billing_address if organisation else "")
        ),
        po_number=wording.printable(booking.po_number),
        booking_reference=booking.reference,
        course_date=wording.course_date(booking.session),
        net=sums.net,
        vat=sums.vat,
        total=sums.gross,
        currency=booking.currency,
        paid=paid.amount,
        paid_on=paid.on,
        payment_note=paid.note,
    )


def _number(invoice: Invoice, booking: Booking) -> None:
    """Gives number and dates, together and under the sequence's lock."""
    number = next_number(Series.INVOICE)
    issued_on = clock.london_date(number.given_at)
    invoice.number = number.text
    invoice.issued_at = number.given_at
    invoice.pdf_next_attempt_at = number.given_at
    invoice.tax_point = terms.tax_point(
        issued_on=issued_on, paid_on=invoice.paid_on, supplied_on=clock.london_date(booking.session.ends_at)
    )
    if invoice.left_to_pay:
        organisation = booking.organisation
        invoice.due_on = terms.due_date(
            issued_on=issued_on,
            starts_on=clock.london_date(booking.session.starts_at),
            days_to_pay=organisation.payment_terms_days if organisation else terms.DAYS_TO_PAY,
        )
