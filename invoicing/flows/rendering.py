"""Making the PDF of an invoice, by a worker and outside any transaction; then the letter that carries it may go."""

import logging
from uuid import UUID

from django.db import transaction

from communications.services import outbox
from config.kernel.pdf import render_pdf
from invoicing import locks, selectors
from invoicing.models import Invoice
from invoicing.services import documents
from invoicing.services.composing import compose_invoice, invoice_style

logger = logging.getLogger(__name__)


def render_invoice_pdf(*, invoice_id: UUID) -> None:
    """Makes and stores the PDF, unless it is there or in hand.

    A failure is kept on the invoice with the time of the next attempt, which a sweeper starts; after the last attempt
    staff see it and can have it made again.
    """
    if not documents.claim(invoice_id=invoice_id):
        return
    try:
        stored = _make(selectors.invoice_with_lines(invoice_id))
    except Exception as error:
        # Whatever went wrong, the invoice says so; a task that only died would leave staff with "being made".
        logger.exception("The PDF of an invoice could not be made.", extra={"object_id": str(invoice_id)})
        documents.record_failure(invoice_id=invoice_id, reason=f"{type(error).__name__}: {error}")
        return
    # Under the invoice's lock: a confirmation that is being claimed now either sees the PDF or is told of it here.
    with transaction.atomic():
        invoice = locks.lock_invoice(invoice_id)
        if documents.mark_ready(invoice, stored):
            outbox.invoice_ready(invoice=invoice)


def _make(invoice: Invoice) -> documents.StoredDocument:
    pdf = render_pdf(
        compose_invoice(invoice),
        style=invoice_style(),
        base_url=None,
        title=f"Invoice {invoice.number}",
        identifier=invoice.pk.bytes,
    )
    return documents.store(invoice=invoice, content=pdf)
