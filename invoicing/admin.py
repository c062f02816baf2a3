"""The office's pages about invoices: read, download, have a failed PDF made again; and who issues them, in versions."""

from typing import Any, override

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from bookings.selectors import booking_for_reference
from customers.admin_bases import KeptAdmin, KeptInline, ReadOnlyAdmin
from customers.selectors import people_matching
from invoicing import selectors
from invoicing.models import Invoice, InvoiceLine, NumberSequence, SupplierProfile
from invoicing.services import documents, suppliers


class LinesInline(KeptInline[InvoiceLine, Invoice]):
    model = InvoiceLine
    fields = ("description", "detail", "quantity", "unit_net", "vat_rate", "net", "vat", "gross")
    show_change_link = False

    @override
    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin[Invoice]):
    list_display = ("number", "issued_at", "customer_name", "customer_company", "booking_link", "total", "paid", "pdf")
    list_filter = ("pdf_state", "issued_at")
    list_select_related = ("booking",)
    search_fields = ("number",)
    search_help_text = "Invoice number, booking reference, email address, name, telephone or company"
    inlines = (LinesInline,)
    actions = ("make_pdf_again",)
    fieldsets = (
        (None, {"fields": ("number", "issued_at", "tax_point", "due_on", "booking_link", "course_date", "po_number")}),
        ("Sums", {"fields": ("net", "vat", "total", "currency", "paid", "paid_on", "payment_note")}),
        ("Billed to", {"fields": ("customer", "customer_name", "customer_company", "customer_address")}),
        (
            "Issued by",
            {
                "fields": (
                    "supplier_name",
                    "supplier_address",
                    "supplier_email",
                    "supplier_phone",
                    "supplier_company_number",
                    "supplier_vat_registered",
                    "supplier_vat_number",
                    "supplier_bank_details",
                )
            },
        ),
        ("PDF", {"fields": ("pdf", "pdf_state", "pdf_attempts", "pdf_next_attempt_at", "pdf_error")}),
    )
    readonly_fields = ("booking_link", "pdf", "pdf_attempts", "pdf_next_attempt_at", "pdf_error")

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Invoice], search_term: str
    ) -> tuple[QuerySet[Invoice], bool]:
        """A number or a reference means exactly that; anything else is about people."""
        words = search_term.strip()
        if not words:
            return queryset, False
        if found := Invoice.objects.filter(number__iexact=words).first():
            return queryset.filter(pk=found.pk), False
        if booking := booking_for_reference(words):
            return queryset.filter(booking=booking), False
        return queryset.filter(Q(number__icontains=words) | Q(customer__in=people_matching(words))), False

    @admin.display(description="booking", ordering="booking_reference")
    def booking_link(self, invoice: Invoice) -> str:
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:bookings_booking_change", args=[invoice.booking_id]),
            invoice.booking_reference,
        )

    @admin.display(description="PDF", ordering="pdf_state")
    def pdf(self, invoice: Invoice) -> str:
        if invoice.pdf_state != Invoice.PdfState.READY:
            return invoice.get_pdf_state_display()
        address = reverse("invoicing:invoice_pdf", args=[invoice.booking_reference, invoice.number])
        return format_html('<a href="{}">Download</a>', address)

    @admin.action(description="Make the PDF again", permissions=["make_pdf"])
    def make_pdf_again(self, request: HttpRequest, invoices: QuerySet[Invoice]) -> None:
        """For PDFs that failed, and for ready ones whose file is missing or damaged. What they say never changes."""
        asked = sum(documents.make_again(invoice_id=invoice_id) for invoice_id in invoices.values_list("pk", flat=True))
        being_made = invoices.count() - asked
        if asked:
            messages.success(request, f"{asked} {'PDF is' if asked == 1 else 'PDFs are'} being made again.")
        if being_made:
            messages.info(request, f"{being_made} {'was' if being_made == 1 else 'were'} being made already.")

    def has_make_pdf_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("invoicing.change_invoice")


@admin.register(NumberSequence)
class NumberSequenceAdmin(ReadOnlyAdmin[NumberSequence]):
    list_display = ("series", "year", "last_number")
    ordering = ("-year", "series")


@admin.register(SupplierProfile)
class SupplierProfileAdmin(KeptAdmin[SupplierProfile]):
    """Who issues invoices: a change is a new version. Invoices already issued keep theirs."""

    list_display = ("version", "legal_name", "vat_registered", "vat_number", "created_at")
    exclude = ("version",)
    readonly_fields = ("created_at",)

    @override
    def has_change_permission(self, request: HttpRequest, obj: SupplierProfile | None = None) -> bool:
        return False

    @override
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new version starts from the one in force."""
        return suppliers.details_of(selectors.current_supplier())

    @override
    def save_model(self, request: HttpRequest, obj: SupplierProfile, form: Any, change: bool) -> None:
        suppliers.add_version(obj)
