"""Invoices as they were issued, numbered without gaps, and who issues them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NoReturn, override

from django.db import models

from bookings.models import Booking
from config.kernel import clock
from config.kernel.append_only import AppendOnlyError, AppendOnlyModel
from customers.models import User
from invoicing.models.documents import Document


class SupplierProfile(AppendOnlyModel):
    """Who issues invoices. The newest version is in force; an invoice copies it and never looks back."""

    version = models.PositiveIntegerField(unique=True)
    legal_name = models.CharField(max_length=200)
    address = models.TextField()
    email = models.CharField(max_length=254)
    phone = models.CharField("telephone", max_length=50)
    company_number = models.CharField(max_length=20, blank=True)
    # A business that is not registered must not show VAT at all: a mode, not a rate of nought.
    vat_registered = models.BooleanField("registered for VAT", default=True)
    vat_number = models.CharField("VAT number", max_length=20, blank=True)
    bank_details = models.TextField("bank details, shown when something is owed", blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(vat_registered=False) | ~models.Q(vat_number=""),
                name="supplier_vat_number_when_registered",
                violation_error_message="A business registered for VAT has a VAT number.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.legal_name}, version {self.version}"

    @property
    def legal_line(self) -> str:
        """ "React Fast Training Ltd · Company no. 12345678 · VAT no. GB 123 4567 89"."""
        parts = [self.legal_name]
        if self.company_number:
            parts.append(f"Company no. {self.company_number}")
        if self.vat_registered:
            parts.append(f"VAT no. {self.vat_number}")
        return " · ".join(parts)


class NumberSequence(models.Model):
    """The last number given in a series and year. Its row is locked, last of all, by who takes the next one."""

    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year"],
                name="numbersequence_once",
                violation_error_message="There is a sequence for this series and year already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}-{self.last_number:05d}"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def update(self, **fields: Any) -> int:
        _refuse_frozen(fields)
        return super().update(**fields)

    def delete(self) -> NoReturn:
        raise AppendOnlyError("Invoices are never deleted.")


class Invoice(Document):
    """An invoice as it was issued: both parties and all figures are copies, frozen at issue.

    Only what became of its PDF may change, and the link to the customer (when two records of one person are merged).
    """

    number = models.CharField(max_length=20, unique=True)
    # What it was issued for, so that a second call finds the first invoice ("booking:<key>").
    issue_key = models.CharField(max_length=80, unique=True, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="invoices")
    customer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invoices")
    issued_at = models.DateTimeField()
    tax_point = models.DateField()

    supplier_name = models.CharField(max_length=200)
    supplier_address = models.TextField()
    supplier_email = models.CharField(max_length=254, blank=True)
    supplier_phone = models.CharField(max_length=50, blank=True)
    supplier_company_number = models.CharField(max_length=20, blank=True)
    supplier_vat_registered = models.BooleanField()
    supplier_vat_number = models.CharField(max_length=20, blank=True)
    supplier_bank_details = models.TextField(blank=True)

    customer_name = models.CharField(max_length=301)
    customer_company = models.CharField(max_length=200, blank=True)
    customer_address = models.TextField(blank=True)
    po_number = models.CharField("PO number", max_length=50, blank=True)
    booking_reference = models.CharField(max_length=40)
    course_date = models.CharField("date of course", max_length=80)

    net = models.DecimalField(max_digits=10, decimal_places=2)
    vat = models.DecimalField("VAT", max_digits=10, decimal_places=2)
    total = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default="GBP")
    paid = models.DecimalField("paid at issue", max_digits=10, decimal_places=2, default=0)
    paid_on = models.DateField(null=True, blank=True)
    payment_note = models.CharField("how it was paid", max_length=100, blank=True)
    # Empty when nothing was owed at issue.
    due_on = models.DateField("due", null=True, blank=True)

    CHANGEABLE = frozenset(
        {
            "customer",
            "pdf_state",
            "pdf_path",
            "pdf_sha256",
            "pdf_attempts",
            "pdf_next_attempt_at",
            "pdf_error",
        }
    )

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total=models.F("net") + models.F("vat")),
                name="invoice_adds_up",
                violation_error_message="Net and VAT add up to the total.",
            ),
            models.CheckConstraint(
                condition=models.Q(supplier_vat_registered=True) | models.Q(vat=0),
                name="invoice_no_vat_unless_registered",
                violation_error_message="A business that is not registered for VAT can't show VAT.",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-issued_at"], name="invoice_customer_newest"),
            models.Index(
                fields=["pdf_next_attempt_at"], condition=models.Q(pdf_state="pending"), name="invoice_pdf_waiting"
            ),
            models.Index(
                fields=["pdf_next_attempt_at"], condition=models.Q(pdf_state="failed"), name="invoice_pdf_failed"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse_frozen({field.name for field in self._meta.fields} if update_fields is None else update_fields)
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnlyError("Invoices are never deleted.")

    @property
    @override
    def pdf_folder(self) -> str:
        return f"invoices/{clock.london_date(self.issued_at).year}"

    @property
    def left_to_pay(self) -> Decimal:
        """What was owed when it was issued."""
        return self.total - self.paid


def _refuse_frozen(fields: Iterable[str]) -> None:
    frozen = sorted(set(fields) - Invoice.CHANGEABLE)
    if frozen:
        raise AppendOnlyError(f"An invoice is never changed once it is issued: {', '.join(frozen)}.")


class InvoiceLine(AppendOnlyModel):
    """One line, frozen. The net is exact; the price of one is shown to the nearest penny."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    quantity = models.PositiveSmallIntegerField()
    unit_net = models.DecimalField(max_digits=10, decimal_places=2)
    vat_rate = models.DecimalField("VAT rate (per cent)", max_digits=5, decimal_places=2)
    net = models.DecimalField(max_digits=10, decimal_places=2)
    vat = models.DecimalField("VAT", max_digits=10, decimal_places=2)
    gross = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "position"],
                name="invoiceline_position_once",
                violation_error_message="This invoice has a line in that place already.",
            ),
            models.CheckConstraint(
                condition=models.Q(gross=models.F("net") + models.F("vat")),
                name="invoiceline_adds_up",
                violation_error_message="Net and VAT add up to the gross.",
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def unit_is_rounded(self) -> bool:
        """Whether the price of one, times the quantity, is not quite the net of the line."""
        return self.unit_net * self.quantity != self.net
