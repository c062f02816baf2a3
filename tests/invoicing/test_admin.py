"""The office: invoices are read, found and re-made; a supplier changes by a new version."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from invoicing.models import Invoice, NumberSequence, SupplierProfile
from invoicing.services.suppliers import details_of
from tests.factories import make_booking, make_staff, make_user
from tests.invoicing.builders import MakeInvoice

pytestmark = pytest.mark.django_db

LIST = reverse("admin:invoicing_invoice_changelist")


def office(*permissions: str) -> Client:
    client = Client()
    client.force_login(make_staff(*permissions))
    return client


def found(client: Client, text: str) -> set[str]:
    response = client.get(LIST, {"q": text})
    return set(response.context["cl"].queryset.values_list("number", flat=True))


@pytest.fixture
def reader() -> Client:
    return office("invoicing.view_invoice", "invoicing.view_invoiceline")


def test_an_invoice_is_shown_and_nothing_can_be_changed(reader: Client, invoice: Invoice) -> None:
    page = reader.get(reverse("admin:invoicing_invoice_change", args=[invoice.pk]))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Hannah Okafor, Tom Ackroyd, Priya Sharma" in text
    assert 'name="_save"' not in text
    assert "Delete" not in text


@pytest.mark.parametrize("page", ["change", "delete"])
def test_not_even_a_superuser_changes_or_deletes_one(invoice: Invoice, page: str) -> None:
    client = Client()
    client.force_login(make_staff(is_superuser=True))
    assert (
        client.post(reverse(f"admin:invoicing_invoice_{page}", args=[invoice.pk]), {"post": "yes"}).status_code == 403
    )
    assert client.get(reverse("admin:invoicing_invoice_add")).status_code == 403
    assert Invoice.objects.count() == 1


def test_an_invoice_is_found_by_number_reference_and_person(reader: Client, make_invoice: MakeInvoice) -> None:
    tom = make_user("tom@calder.example", first_name="Tom", last_name="Ackroyd", company="Calder Schools")
    first = make_invoice()
    second = make_invoice(make_booking(customer=tom))
    assert found(reader, first.number.lower()) == {first.number}
    assert found(reader, "INV-2026") == {first.number, second.number}
    assert found(reader, second.booking_reference.lower().replace("-", " ")) == {second.number}
    assert found(reader, "tom@calder.example") == {second.number}
    assert found(reader, "ackroyd") == {second.number}
    assert found(reader, "Calder") == {second.number}
    assert found(reader, "nobody") == set()
    assert found(reader, " ") == {first.number, second.number}


def test_the_list_takes_the_same_queries_for_one_and_for_three(
    reader: Client, make_invoice: MakeInvoice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_invoice()
    reader.get(LIST)
    with django_assert_num_queries(6):
        reader.get(LIST)
    make_invoice(make_booking())
    make_invoice(make_booking())
    with django_assert_num_queries(6):
        reader.get(LIST)


def test_a_ready_pdf_is_linked(reader: Client, invoice: Invoice) -> None:
    link = f"/bookings/{invoice.booking_reference}/invoices/{invoice.number}.pdf"
    assert link not in reader.get(LIST).content.decode()
    Invoice.objects.update(pdf_state=Invoice.PdfState.READY)
    assert link in reader.get(LIST).content.decode()


def test_failed_pdfs_are_made_again(make_invoice: MakeInvoice) -> None:
    failed, pending = make_invoice(), make_invoice(make_booking())
    Invoice.objects.filter(pk=failed.pk).update(pdf_state=Invoice.PdfState.FAILED, pdf_attempts=5, pdf_error="Broken")
    client = office("invoicing.view_invoice", "invoicing.change_invoice")
    action = {"action": "make_pdf_again", "_selected_action": [str(failed.pk), str(pending.pk)]}
    page = client.post(LIST, action, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "1 PDF is being made again.",
        "1 was being made already.",
    ]
    assert set(Invoice.objects.values_list("pdf_state", "pdf_attempts", "pdf_error")) == {("pending", 0, "")}
    Invoice.objects.update(pdf_state=Invoice.PdfState.FAILED)
    page = client.post(LIST, action, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["2 PDFs are being made again."]
    page = client.post(LIST, action, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["2 were being made already."]


def test_who_may_only_look_makes_nothing_again(reader: Client, invoice: Invoice) -> None:
    Invoice.objects.update(pdf_state=Invoice.PdfState.FAILED)
    reader.post(LIST, {"action": "make_pdf_again", "_selected_action": [str(invoice.pk)]})
    invoice.refresh_from_db()
    assert invoice.pdf_state == Invoice.PdfState.FAILED


def test_a_new_supplier_starts_from_the_old_one_and_becomes_the_next_version() -> None:
    client = office("invoicing.view_supplierprofile", "invoicing.add_supplierprofile")
    add = reverse("admin:invoicing_supplierprofile_add")
    before = details_of(SupplierProfile.objects.get())
    assert client.get(add).context["adminform"].form.initial == before
    after = before | {"legal_name": "New Owner Ltd", "vat_registered": ""}
    assert client.post(add, after).status_code == 302
    newest = SupplierProfile.objects.get(version=2)
    assert (newest.legal_name, newest.vat_registered) == ("New Owner Ltd", False)
    assert details_of(SupplierProfile.objects.get(version=1)) == before


def test_a_registered_supplier_without_a_number_is_refused_with_a_sentence() -> None:
    client = office("invoicing.add_supplierprofile")
    before = details_of(SupplierProfile.objects.get())
    page = client.post(
        reverse("admin:invoicing_supplierprofile_add"), before | {"vat_registered": "on", "vat_number": ""}
    )
    assert page.status_code == 200
    assert "A business registered for VAT has a VAT number." in page.content.decode()
    assert SupplierProfile.objects.count() == 1


def test_a_supplier_is_never_edited() -> None:
    client = office("invoicing.view_supplierprofile", "invoicing.change_supplierprofile")
    address = reverse("admin:invoicing_supplierprofile_change", args=[SupplierProfile.objects.get().pk])
    assert client.post(address, {"legal_name": "Changed"}).status_code == 403
    assert SupplierProfile.objects.get().legal_name == "React Fast Training Ltd"


def test_sequences_are_shown_and_not_changed(invoice: Invoice) -> None:
    client = Client()
    client.force_login(make_staff(is_superuser=True))
    sequence = NumberSequence.objects.get()
    assert "2026" in client.get(reverse("admin:invoicing_numbersequence_changelist")).content.decode()
    address = reverse("admin:invoicing_numbersequence_change", args=[sequence.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"last_number": 0}).status_code == 403
    assert NumberSequence.objects.get().last_number == 1
