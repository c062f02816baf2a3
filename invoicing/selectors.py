"""Reading invoices and their documents."""

import hashlib
from pathlib import Path
from typing import cast
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet

from bookings.models import Booking
from bookings.selectors import booking_with_details
from config.kernel.references import reference_key
from customers.models import User
from invoicing.models import BookingConfirmation, Document, Invoice, SupplierProfile

_PAGES_SECONDS = 5


class DocumentMissing(Exception):
    """The PDF is not there (yet, or any more), or is not the one that was stored."""


def current_supplier() -> SupplierProfile:
    """Who issues invoices today: the newest version."""
    return SupplierProfile.objects.order_by("-version")[0]


def supplier_for_pages() -> SupplierProfile:
    """The same, at most a few seconds late: for prices and the legal line on pages. Papers read `current_supplier`."""
    return cast("SupplierProfile", cache.get_or_set("invoicing.supplier", current_supplier, _PAGES_SECONDS))


def invoices_for(booking: Booking) -> QuerySet[Invoice]:
    """A booking's invoices, newest first."""
    return Invoice.objects.filter(booking=booking)


def for_customer(user: User) -> QuerySet[Invoice]:
    """A person's invoices with their bookings, newest first."""
    return Invoice.objects.filter(customer=user).select_related("booking")


def bookings_invoiced_under(number: str) -> list[UUID]:
    """The keys of the bookings that the invoice with this number is for, however it is typed."""
    return list(Invoice.objects.filter(number=number.upper()).order_by().values_list("booking", flat=True))


def invoice_with_lines(invoice_id: UUID) -> Invoice:
    """An invoice and all that its document shows: two queries."""
    return Invoice.objects.prefetch_related("lines").get(pk=invoice_id)


def invoice_of_booking(*, reference: str, number: str) -> Invoice | None:
    """The invoice with this number, if it belongs to the booking of this reference. Opens nothing by itself.

    The number comes from an address; PostgreSQL can't even be asked for one with a null character.
    """
    if "\0" in number:
        return None
    return Invoice.objects.filter(booking__reference_key=reference_key(reference), number=number).first()


def confirmation_of(booking: Booking) -> BookingConfirmation | None:
    """The printed confirmation of a booking, made or being made."""
    return BookingConfirmation.objects.filter(booking=booking).first()


def confirmation_with_booking(confirmation_id: UUID) -> BookingConfirmation:
    """A printed confirmation and all that it says of its booking: four queries for any number of people."""
    paper = BookingConfirmation.objects.get(pk=confirmation_id)
    paper.booking = booking_with_details(paper.booking_id)
    return paper


def papers_being_made(booking_id: UUID) -> bool:
    """Whether the PDF of an invoice of this booking, or of its confirmation, is still to come."""
    being_made = Document.PdfState.PENDING
    return (
        Invoice.objects.filter(booking_id=booking_id, pdf_state=being_made).exists()
        or BookingConfirmation.objects.filter(booking_id=booking_id, pdf_state=being_made).exists()
    )


def pdf_bytes(document: Document) -> bytes:
    """The stored file. Raises DocumentMissing unless it is ready, there, and what was stored."""
    if document.pdf_state != Document.PdfState.READY:
        raise DocumentMissing(f"{document} has no PDF yet.")
    try:
        content = (Path(settings.STORAGE_PATH) / document.pdf_path).read_bytes()
    except OSError as error:
        raise DocumentMissing(f"The PDF of {document} is gone.") from error
    if hashlib.sha256(content).hexdigest() != document.pdf_sha256:
        raise DocumentMissing(f"The PDF of {document} is not the one that was stored.")
    return content
