"""What is issued is frozen, in Python and in the database."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from config.kernel.append_only import AppendOnlyError
from invoicing.models import Invoice, InvoiceLine, NumberSequence, SupplierProfile
from tests.factories import make_user
from tests.invoicing.builders import supplier

pytestmark = pytest.mark.django_db


def test_an_invoice_can_not_be_saved_with_other_contents(invoice: Invoice) -> None:
    invoice.customer_name = "Somebody Else"
    with pytest.raises(AppendOnlyError):
        invoice.save()
    with pytest.raises(AppendOnlyError, match="customer_name"):
        invoice.save(update_fields=["pdf_state", "customer_name"])
    with pytest.raises(AppendOnlyError, match="customer_name"):
        Invoice.objects.update(customer_name="Somebody Else")
    with pytest.raises(AppendOnlyError, match="total"), transaction.atomic():
        Invoice.objects.bulk_update([invoice], ["total"])
    invoice.refresh_from_db()
    assert invoice.customer_name == "Hannah Okafor"


def test_an_invoice_can_not_be_deleted(invoice: Invoice) -> None:
    for delete in (invoice.delete, Invoice.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            delete()
    assert Invoice.objects.count() == 1


def test_an_invoice_follows_a_merged_customer(invoice: Invoice) -> None:
    other = make_user()
    Invoice.objects.filter(pk=invoice.pk).update(customer=other)
    invoice.refresh_from_db()
    assert invoice.customer == other


def test_a_line_is_never_changed(invoice: Invoice) -> None:
    line = invoice.lines.get()
    with pytest.raises(AppendOnlyError):
        line.save()
    with pytest.raises(AppendOnlyError):
        InvoiceLine.objects.update(net=0)
    with pytest.raises(AppendOnlyError):
        line.delete()
    assert InvoiceLine.objects.get().net == Decimal("225.00")


def test_a_supplier_is_never_edited() -> None:
    profile = SupplierProfile.objects.get()
    with pytest.raises(AppendOnlyError):
        profile.save()


@pytest.mark.parametrize(
    "column, value",
    [("vat", "0.01"), ("net", "225.01"), ("supplier_vat_registered", False)],
)
def test_the_database_refuses_sums_that_do_not_add_up(invoice: Invoice, column: str, value: Any) -> None:
    copy = Invoice.objects.get()
    copy.pk, copy.number, copy.issue_key = None, "INV-2026-00002", "another"
    setattr(copy, column, value)
    copy._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
    assert Invoice.objects.count() == 1


def test_a_number_and_what_it_is_for_are_there_once(invoice: Invoice) -> None:
    for number, issue_key in ((invoice.number, "another"), ("INV-2026-00002", invoice.issue_key)):
        copy = Invoice.objects.get()
        copy.pk, copy.number, copy.issue_key = None, number, issue_key
        copy._state.adding = True
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()
    assert Invoice.objects.count() == 1


def test_a_registered_business_has_a_vat_number() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        supplier(version=2, vat_registered=True, vat_number="").save()
    assert SupplierProfile.objects.count() == 1


def test_they_introduce_themselves(invoice: Invoice) -> None:
    assert str(invoice) == "INV-2026-00001"
    assert str(invoice.lines.get()) == "Emergency First Aid at Work"
    assert str(NumberSequence.objects.get()) == "INV-2026-00001"
    assert str(SupplierProfile.objects.get()) == "React Fast Training Ltd, version 1"
