"""The row locks of this app. Each evaluates at once and gives back the locked row; look at that one, then act.

FOR NO KEY UPDATE everywhere: nobody changes a primary key, and rows that refer to these may be inserted meanwhile.
Order (docs/decisions/0004): Invoice, BookingConfirmation, then NumberSequence, which is the last lock of all.
"""

from uuid import UUID

from invoicing.models import Document, Invoice, NumberSequence


def lock_document[Paper: Document](kind: type[Paper], document_id: UUID) -> Paper:
    """Whoever decides what becomes of a PDF goes through here, one at a time."""
    return kind.all_of_kind().select_for_update(no_key=True).get(pk=document_id)


def lock_invoice(invoice_id: UUID) -> Invoice:
    """Whoever decides which message carries an invoice goes through here, one at a time."""
    return lock_document(Invoice, invoice_id)


def lock_booking_invoices(booking_id: UUID) -> list[Invoice]:
    """Every invoice of a booking, by primary key."""
    return list(Invoice.objects.select_for_update(no_key=True).filter(booking_id=booking_id).order_by("pk"))


def lock_sequence(*, series: str, year: int) -> NumberSequence:
    """The counter of a series and year, made when the year's first number is asked for.

    Two who make it at once meet at the unique constraint: the second waits for the first to commit (and finds its row)
    or to roll back (and makes its own).
    """
    locked = NumberSequence.objects.select_for_update(no_key=True).filter(series=series, year=year)
    sequence = locked.first()
    if sequence is None:
        NumberSequence.objects.bulk_create([NumberSequence(series=series, year=year)], ignore_conflicts=True)
        sequence = locked.get()
    return sequence
