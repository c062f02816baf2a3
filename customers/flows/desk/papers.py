"""Papers that have no PDF: given up, or waiting for a worker that does not come."""

from datetime import timedelta
from typing import override

from django.db.models import Q, QuerySet

from customers.flows.desk.items import Item, Kind, page
from customers.flows.desk.words import since
from invoicing.models import BookingConfirmation, Document, Invoice

_WORKER_TAKES = timedelta(minutes=30)
"""A paper's next attempt is at most an hour away and noticed within a minute; later than this nobody is at it."""


class InvoicesWithoutPdf(Kind[Invoice]):
    icon = "file"
    permissions = ("invoicing.view_invoice",)
    mended_by = "invoicing.change_invoice"
    list_page, list_filter = "invoicing_invoice_changelist", "pdf_state__exact=failed"

    @override
    def rows(self) -> QuerySet[Invoice]:
        return Invoice.objects.filter(self._missing()).order_by("issued_at")

    @override
    def item(self, row: Invoice) -> Item:
        return Item(
            what=f"Invoice {row.number} has no PDF",
            why=f"For {row.customer_company or row.customer_name}. {self._why(row)}",
            since=since(row.issued_at, self.now),
            button=self.button("Make it again"),
            # The button for it is in the list, which is narrowed to this one.
            address=f"{page(self.list_page)}?q={row.number}",
        )

    def _missing(self) -> Q:
        late = Q(pdf_state=Document.PdfState.PENDING, pdf_next_attempt_at__lt=self.now - _WORKER_TAKES)
        return late | Q(pdf_state=Document.PdfState.FAILED)

    @staticmethod
    def _why(row: Document) -> str:
        return row.pdf_error or "No worker has made it."


class ConfirmationsWithoutPdf(Kind[BookingConfirmation]):
    icon = "file"
    permissions = ("invoicing.view_bookingconfirmation",)
    mended_by = "invoicing.change_bookingconfirmation"
    list_page, list_filter = "invoicing_bookingconfirmation_changelist", "pdf_state__exact=failed"

    @override
    def rows(self) -> QuerySet[BookingConfirmation]:
        late = Q(pdf_state=Document.PdfState.PENDING, pdf_next_attempt_at__lt=self.now - _WORKER_TAKES)
        missing = BookingConfirmation.objects.filter(late | Q(pdf_state=Document.PdfState.FAILED))
        return missing.select_related("booking").order_by("created_at")

    @override
    def item(self, row: BookingConfirmation) -> Item:
        return Item(
            what=f"The printed confirmation of {row.booking.reference} has no PDF",
            why=f"{row.booking.contact_name}. {row.pdf_error or 'No worker has made it.'}",
            since=since(row.created_at, self.now),
            button=self.button("Make it again"),
            address=f"{page(self.list_page)}?q={row.booking.reference}",
        )
