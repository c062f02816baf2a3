"""The office's pages about papers: read, download, have a PDF made again; and who issues invoices, in versions."""

from typing import Any, override

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from bookings.selectors import booking_for_reference
from config.kernel.money import format_money
from config.office_words import moment_in_list
from customers.admin_bases import KeptAdmin, KeptInline, ReadOnlyAdmin
from customers.list_filters import choice_of, days_of
from customers.selectors import people_matching
from invoicing import selectors
from invoicing.models import BookingConfirmation, Invoice, InvoiceLine, NumberSequence, SupplierProfile
from invoicing.services import documents, suppliers


class LinesInline(KeptInline[InvoiceLine, Invoice]):
    model = InvoiceLine
    fields = ("description", "detail", "quantity", "unit_net", "vat_rate", "net", "vat", "gross")
    show_change_link = False

    @override
    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PaperAdmin[Paper: (Invoice, BookingConfirmation)](ReadOnlyAdmin[Paper]):
    """What the pages of all papers share: having a PDF made again."""

    actions = ("make_pdf_again",)

    @admin.action(description="Make the PDF again", permissions=["make_pdf"])
    def make_pdf_again(self, request: HttpRequest, papers: QuerySet[Paper]) -> None:
        """For PDFs that failed, and for ready ones whose file is missing, damaged or out of date."""
        chosen = list(papers.select_related("booking"))
        asked = sum(documents.make_again_by_hand(paper) for paper in chosen)
        being_made = len(chosen) - asked
        if asked:
            messages.success(request, f"{asked} {'PDF is' if asked == 1 else 'PDFs are'} being made again.")
        if being_made:
            messages.info(request, f"{being_made} {'was' if being_made == 1 else 'were'} being made already.")

    def has_make_pdf_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"invoicing.change_{self.opts.model_name}")


@admin.register(Invoice)
class InvoiceAdmin(PaperAdmin[Invoice]):
    list_display = ("number", "issued", "billed_to", "booking_link", "sum", "paid_then", "pdf")
    list_filter = (choice_of("pdf_state", Invoice.PdfState, "PDF"), days_of("issued_at", "issued", "issued"))
    list_select_related = ("booking",)
    search_fields = ("number",)
    search_help_text = "Invoice number, booking reference, email address, name, telephone or company"
    inlines = (LinesInline,)
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

    @admin.display(description="issued")
    def issued(self, invoice: Invoice) -> str:
        return moment_in_list(invoice.issued_at)

    @admin.display(description="billed to")
    def billed_to(self, invoice: Invoice) -> str:
        return format_html('{}<br><span class="muted">{}</span>', invoice.customer_name, invoice.customer_company)

    @admin.display(description="total")
    def sum(self, invoice: Invoice) -> str:
        return format_money(invoice.total)

    @admin.display(description="paid at issue")
    def paid_then(self, invoice: Invoice) -> str:
        return format_money(invoice.paid)

    @admin.display(description="booking", ordering="booking_reference")
    def booking_link(self, invoice: Invoice) -> str:
        return format_html(
            '<a class="nowrap" href="{}">{}</a>',
            reverse("admin:bookings_booking_page", args=[invoice.booking_id]),
            invoice.booking_reference,
        )

    @admin.display(description="PDF", ordering="pdf_state")
    def pdf(self, invoice: Invoice) -> str:
        if invoice.pdf_state != Invoice.PdfState.READY:
            return invoice.get_pdf_state_display()
        address = reverse("invoicing:invoice_pdf", args=[invoice.booking_reference, invoice.number])
        return format_html('<a href="{}">Download</a>', address)


@admin.register(BookingConfirmation)
class BookingConfirmationAdmin(PaperAdmin[BookingConfirmation]):
    list_display = ("created_at", "booking_link", "pdf_state", "pdf_attempts", "pdf_error")
    list_filter = (
        choice_of("pdf_state", BookingConfirmation.PdfState, "PDF"),
        days_of("created_at", "made", "made"),
    )
    list_select_related = ("booking",)
    search_fields = ("booking__reference",)
    search_help_text = "Booking reference"
    fields = ("booking_link", "created_at", "pdf_state", "pdf_attempts", "pdf_next_attempt_at", "pdf_error")
    readonly_fields = ("booking_link",)

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[BookingConfirmation], search_term: str
    ) -> tuple[QuerySet[BookingConfirmation], bool]:
        """A reference is found however it is typed."""
        if booking := booking_for_reference(search_term) if search_term.strip() else None:
            return queryset.filter(booking=booking), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description="booking", ordering="booking__reference")
    def booking_link(self, paper: BookingConfirmation) -> str:
        address = reverse("admin:bookings_booking_page", args=[paper.booking_id])
        return format_html('<a href="{}">{}</a>', address, paper.booking)


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
    longest = {"address": 500, "bank_details": 500}

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
