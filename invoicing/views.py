"""Papers to download: for who may see the booking (bookings.access); invoices also for staff who may see them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bookings.access import opened_booking, opens_booking
from bookings.models import Booking
from bookings.selectors import add_details, bookings_with_session
from invoicing import selectors
from invoicing.models import Document, Invoice
from invoicing.services import confirmations, documents

# How soon to look again for a PDF that is being made (seconds). It takes less than one; a forgotten one waits for a
# sweeper.
_LOOK_AGAIN_AFTER = 60


@require_safe
@cache_control(private=True, no_store=True)
def invoice_pdf(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """The PDF, or a page that says when to come back for it. The same Http404 for "none such" and "not yours"."""
    invoice = selectors.invoice_of_booking(reference=reference, number=number)
    is_open = _may_read(request, invoice)
    if invoice is None or not is_open:
        raise Http404
    try:
        return _download(invoice, invoice.number)
    except selectors.DocumentMissing:
        return _not_there(request, invoice, {"paper": f"invoice {number}", "number": number, "is_mailed": True})


@require_safe
@cache_control(private=True, no_store=True)
def confirmation_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """The printed confirmation of a booking as it is now; one that says something else is made again first."""
    booking = add_details(opened_booking(request, reference, bookings_with_session()))
    if booking.status != Booking.Status.CONFIRMED:
        raise Http404
    paper = confirmations.ensure_confirmation(booking)
    try:
        return _download(paper, f"Booking-{booking.reference}")
    except selectors.DocumentMissing:
        return _not_there(request, paper, {"paper": "your booking confirmation", "number": booking.reference})


def _may_read(request: HttpRequest, invoice: Invoice | None) -> bool:
    """Does the same work for an invoice that exists and one that does not."""
    is_customers = opens_booking(request, invoice.booking_id if invoice else None)
    return is_customers or request.user.has_perm("invoicing.view_invoice")


def _download(document: Document, name: str) -> HttpResponse:
    return HttpResponse(
        selectors.pdf_bytes(document),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


def _not_there(request: HttpRequest, document: Document, words: dict[str, str | bool]) -> HttpResponse:
    """Being made, made anew because its file is gone, or failed so often that staff have to look at it."""
    if document.pdf_state == Document.PdfState.READY:
        documents.make_again(type(document), document.pk)
    if document.pdf_state == Document.PdfState.FAILED:
        return render(request, "invoicing/pdf_failed.html", words)
    response = render(request, "invoicing/pdf_being_made.html", words, status=202)
    response.headers["Retry-After"] = str(_LOOK_AGAIN_AFTER)
    return response
