"""Reading invoices, and the document of one."""

from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from invoicing import locks, selectors
from invoicing.models import Invoice
from invoicing.services.suppliers import add_version, details_of
from tests.factories import make_booking
from tests.invoicing.builders import MakeInvoice, supplier

pytestmark = pytest.mark.django_db


def test_the_newest_supplier_is_in_force() -> None:
    assert selectors.current_supplier().version == 1
    add_version(supplier(legal_name="Second Ltd"))
    add_version(supplier(legal_name="Third Ltd"))
    current = selectors.current_supplier()
    assert (current.version, current.legal_name) == (3, "Third Ltd")


def test_a_new_version_starts_from_the_one_in_force() -> None:
    assert details_of(selectors.current_supplier()) == {
        "legal_name": "React Fast Training Ltd",
        "address": "Unit 6, Green Lane Works\nSheffield S3 8SE",
        "email": "hello@reactfast.example",
        "phone": "0114 496 0321",
        "company_number": "12345678",
        "vat_registered": True,
        "vat_number": "GB 123 4567 89",
        "bank_details": "React Fast Training Ltd\nSort code 00-00-00\nAccount 00000000",
    }


def test_invoices_of_a_booking_and_of_a_customer(
    invoice: Invoice, make_invoice: MakeInvoice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = make_invoice(make_booking())
    second = make_invoice(make_booking(customer=invoice.customer))
    assert list(selectors.invoices_for(invoice.booking)) == [invoice]
    assert list(selectors.for_customer(other.customer)) == [other]
    with django_assert_num_queries(1):
        references = [each.booking.reference for each in selectors.for_customer(invoice.customer)]
    assert references == [second.booking_reference, invoice.booking_reference]
    assert locks.lock_booking_invoices(invoice.booking_id) == [invoice]


def test_an_invoice_belongs_to_one_booking(invoice: Invoice, make_invoice: MakeInvoice) -> None:
    other = make_invoice(make_booking())

    def found(reference: str, number: str) -> Invoice | None:
        return selectors.invoice_of_booking(reference=reference, number=number)

    assert found(invoice.booking_reference, invoice.number) == invoice
    assert found(invoice.booking_reference.lower(), invoice.number) == invoice
    assert found(invoice.booking_reference, other.number) is None
    assert found("", invoice.number) is None
    assert found(invoice.booking_reference, f"{invoice.number}\0") is None


def test_a_document_that_is_not_ready_gone_or_altered_is_missing(invoice: Invoice, storage: Path) -> None:
    with pytest.raises(selectors.DocumentMissing, match="no PDF yet"):
        selectors.pdf_bytes(invoice)
    invoice.pdf_state = Invoice.PdfState.READY
    invoice.pdf_path = "invoices/x.pdf"
    with pytest.raises(selectors.DocumentMissing, match="is gone"):
        selectors.pdf_bytes(invoice)
    (storage / "invoices").mkdir()
    (storage / invoice.pdf_path).write_bytes(b"altered")
    with pytest.raises(selectors.DocumentMissing, match="not the one"):
        selectors.pdf_bytes(invoice)
