"""Work of this app that happens in the background. Each task may run twice, or at the same time, without harm."""

from uuid import UUID

from celery import shared_task

from invoicing.flows import rendering
from invoicing.services import documents


@shared_task(name="invoicing.tasks.render_invoice_pdf")
def render_invoice_pdf(invoice_id: str) -> None:
    """Makes the PDF of one invoice."""
    rendering.render_invoice_pdf(invoice_id=UUID(invoice_id))


@shared_task(name="invoicing.tasks.render_confirmation_pdf")
def render_confirmation_pdf(confirmation_id: str) -> None:
    """Makes the PDF of one booking confirmation."""
    rendering.render_confirmation_pdf(confirmation_id=UUID(confirmation_id))


@shared_task(name="invoicing.tasks.sweep_pdfs")
def sweep_pdfs() -> None:
    """Starts PDFs that were forgotten: the broker was down, or a worker died."""
    documents.sweep()
