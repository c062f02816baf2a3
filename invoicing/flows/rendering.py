"""Making PDFs, by a worker and outside any transaction; then the letter that carries them may go."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from communications.services import outbox
from config.kernel.pdf import render_pdf
from invoicing import locks, selectors
from invoicing.models import BookingConfirmation, Document, Invoice
from invoicing.services import documents
from invoicing.services.composing import compose_invoice
from invoicing.services.confirmations import compose_confirmation, facts_of
from invoicing.services.documents import StoredDocument
from invoicing.services.stationery import style

logger = logging.getLogger(__name__)

_NAMES: dict[type[Document], str] = {Invoice: "an invoice", BookingConfirmation: "a booking confirmation"}


def render_invoice_pdf(*, invoice_id: UUID) -> None:
    """Makes and stores the PDF, unless it is there or in hand.

    A failure is kept on the invoice with the time of the next attempt, which a sweeper starts; after the last attempt
    staff see it and can have it made again.
    """
    stored = _claim_and_make(Invoice, invoice_id, _make_invoice)
    if stored is None:
        return
    # Under the invoice's lock: a confirmation that is being claimed now either sees the PDF or is told of it here.
    with transaction.atomic():
        invoice = locks.lock_invoice(invoice_id)
        if documents.mark_ready(invoice, stored):
            outbox.invoice_ready(invoice=invoice)


def render_confirmation_pdf(*, confirmation_id: UUID) -> None:
    """The same for the confirmation of a booking, which says what is so at this moment."""
    made = _claim_and_make(BookingConfirmation, confirmation_id, _make_confirmation)
    if made is None:
        return
    stored, said = made
    # Under the invoices' lock too: whichever paper of a booking is ready last lets the letter go.
    with transaction.atomic():
        booking_id = BookingConfirmation.objects.values_list("booking_id", flat=True).get(pk=confirmation_id)
        locks.lock_booking_invoices(booking_id)
        paper = locks.lock_document(BookingConfirmation, confirmation_id)
        if documents.mark_ready(paper, stored):
            paper.said = said
            paper.save(update_fields=["said"])
            outbox.papers_ready(booking_id=booking_id)


def _claim_and_make[Made](kind: type[Document], document_id: UUID, make: Callable[[UUID], Made]) -> Made | None:
    """What `make` gives back; None when somebody else has the document in hand, or when it could not be made."""
    if not documents.claim(kind, document_id):
        return None
    try:
        return make(document_id)
    except Exception as error:
        # Whatever went wrong, the row says so; a task that only died would leave staff with "being made".
        logger.exception("The PDF of %s could not be made.", _NAMES[kind], extra={"object_id": str(document_id)})
        documents.record_failure(kind, document_id, reason=f"{type(error).__name__}: {error}")
        return None


def _make_invoice(invoice_id: UUID) -> StoredDocument:
    invoice = selectors.invoice_with_lines(invoice_id)
    return _print(invoice, compose_invoice(invoice), sheet="pdf/invoice.css", title=f"Invoice {invoice.number}")


def _make_confirmation(confirmation_id: UUID) -> tuple[StoredDocument, str]:
    """The file and the fingerprint of what it says."""
    paper = selectors.confirmation_with_booking(confirmation_id)
    facts = facts_of(paper.booking, selectors.current_supplier())
    title = f"Booking confirmation {facts.reference}"
    stored = _print(paper, compose_confirmation(facts), sheet="pdf/confirmation.css", title=title)
    return stored, facts.fingerprint()


def _print(document: Document, html: str, *, sheet: str, title: str) -> StoredDocument:
    pdf = render_pdf(html, style=style(sheet), base_url=None, title=title, identifier=document.pk.bytes)
    return documents.store(document, pdf)
