"""Paper: invoices as they were issued, who issues them, and booking confirmations; each with a PDF."""

from invoicing.models.confirmations import BookingConfirmation
from invoicing.models.documents import PDF_TRANSITIONS, Document
from invoicing.models.invoices import Invoice, InvoiceLine, InvoiceQuerySet, NumberSequence, SupplierProfile

__all__ = [
    "PDF_TRANSITIONS",
    "BookingConfirmation",
    "Document",
    "Invoice",
    "InvoiceLine",
    "InvoiceQuerySet",
    "NumberSequence",
    "SupplierProfile",
]
