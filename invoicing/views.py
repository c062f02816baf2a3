"""The document of an invoice: for who holds the booking's access cookie, and for staff who may see invoices."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from customers.access_cookies import read_access_token
from customers.models import AccessLink
from customers.services.access import opens
from invoicing import selectors
from invoicing.models import Invoice
from invoicing.services import documents

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
        content = selectors.pdf_bytes(invoice)
    except selectors.DocumentMissing:
        return _not_there(request, invoice)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{invoice.number}.pdf"'},
    )


def _may_read(request: HttpRequest, invoice: Invoice | None) -> bool:
    """Does the same work for an invoice that exists and one that does not."""
    subject_key = str(invoice.booking_id) if invoice else "-"
    return opens(
        read_access_token(request), purpose=AccessLink.Purpose.BOOKING, subject_key=subject_key
    ) or request.user.has_perm("invoicing.view_invoice")


def _not_there(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """Being made, made anew because its file is gone, or failed so often that staff have to look at it."""
    if invoice.pdf_state == Invoice.PdfState.READY:
        documents.make_again(invoice_id=invoice.pk)
    if invoice.pdf_state == Invoice.PdfState.FAILED:
        return render(request, "invoicing/pdf_failed.html", {"invoice": invoice})
    response = render(request, "invoicing/pdf_being_made.html", {"invoice": invoice}, status=202)
    response.headers["Retry-After"] = str(_LOOK_AGAIN_AFTER)
    return response
