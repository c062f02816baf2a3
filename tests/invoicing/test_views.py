"""Who may download an invoice, and what everybody else gets: nothing that tells whether it exists."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from bookings.models import Booking
from customers.access_cookies import COOKIE_NAME
from customers.models import AccessLink
from customers.services.access import link_token, make_access_link, revoke_links
from invoicing.flows.rendering import render_invoice_pdf
from invoicing.models import Invoice
from tests.customers.signing import signed_in
from tests.factories import make_booking, make_staff, make_user
from tests.invoicing.builders import TODAY, MakeInvoice, Started

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


@pytest.fixture
def ready(invoice: Invoice) -> Invoice:
    render_invoice_pdf(invoice_id=invoice.pk)
    invoice.refresh_from_db()
    return invoice


def address(invoice: Invoice) -> str:
    return f"/bookings/{invoice.booking_reference}/invoices/{invoice.number}.pdf"


def cookie_for(booking: Booking, purpose: AccessLink.Purpose = AccessLink.Purpose.BOOKING) -> str:
    link = make_access_link(purpose=purpose, subject_key=str(booking.pk), expires_at=TODAY + timedelta(days=30))
    return link_token(link)


def visitor(cookie: str = "") -> Client:
    client = Client()
    if cookie:
        client.cookies[COOKIE_NAME] = cookie
    return client


def test_who_holds_the_bookings_cookie_gets_the_pdf(ready: Invoice, storage: Path) -> None:
    response = visitor(cookie_for(ready.booking)).get(address(ready))
    assert response.status_code == 200
    assert response.content == (storage / ready.pdf_path).read_bytes()
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="INV-2026-00001.pdf"'
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_reference_may_be_typed_freely(ready: Invoice) -> None:
    freely = address(ready).replace(ready.booking_reference, ready.booking_reference.lower().replace("-", ""))
    assert visitor(cookie_for(ready.booking)).get(freely).status_code == 200


def test_a_download_takes_two_queries(ready: Invoice, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = visitor(cookie_for(ready.booking))
    with django_assert_num_queries(2):
        assert client.get(address(ready)).status_code == 200


def test_who_is_signed_in_gets_their_own_alone(ready: Invoice, make_invoice: MakeInvoice) -> None:
    customer = ready.booking.customer
    others = make_invoice(make_booking(customer=make_user()))
    assert signed_in(customer).get(address(ready)).status_code == 200
    # The right person, for an invoice of somebody else's booking; and the other way round.
    assert signed_in(customer).get(address(others)).status_code == 404
    assert signed_in(others.booking.customer).get(address(ready)).status_code == 404


def test_after_signing_out_it_is_shut(ready: Invoice) -> None:
    client = signed_in(ready.booking.customer)
    client.post("/my/sign-out/")
    assert client.get(address(ready)).status_code == 404


def test_everybody_else_gets_the_same_page_as_for_an_invoice_that_does_not_exist(
    ready: Invoice, make_invoice: MakeInvoice
) -> None:
    other = make_booking()
    others_invoice = make_invoice(other)
    revoked = cookie_for(ready.booking)
    revoke_links(purpose=AccessLink.Purpose.BOOKING, subject_key=str(ready.booking.pk))
    nowhere = visitor().get("/bookings/RFT-7K4M-Q2/invoices/INV-2026-99999.pdf")
    assert nowhere.status_code == 404
    refused = [
        visitor().get(address(ready)),
        visitor("wrong").get(address(ready)),
        visitor(cookie_for(other)).get(address(ready)),
        visitor(cookie_for(ready.booking, AccessLink.Purpose.ATTENDEE)).get(address(ready)),
        visitor(revoked).get(address(ready)),
        # The right cookie, for an invoice of another booking.
        visitor(cookie_for(ready.booking)).get(
            f"/bookings/{ready.booking_reference}/invoices/{others_invoice.number}.pdf"
        ),
    ]
    assert [response.status_code for response in refused] == [404] * 6
    assert {response.content for response in refused} == {nowhere.content}
    assert not any(ready.number.encode() in response.content for response in refused)


def test_an_invoice_that_exists_costs_a_stranger_the_same_queries_as_one_that_does_not(
    ready: Invoice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for path in (address(ready), "/bookings/RFT-7K4M-Q2/invoices/INV-2026-99999.pdf"):
        with django_assert_num_queries(2):
            visitor("wrong").get(path)
    customer = signed_in(make_user())
    for path in (address(ready), "/bookings/RFT-7K4M-Q2/invoices/INV-2026-99999.pdf"):
        with django_assert_num_queries(3):
            customer.get(path)


@pytest.mark.parametrize(
    "permission, status", [("invoicing.view_invoice", 200), ("invoicing.view_supplierprofile", 404)]
)
def test_staff_need_the_permission(ready: Invoice, permission: str, status: int) -> None:
    client = Client()
    client.force_login(make_staff(permission))
    assert client.get(address(ready)).status_code == status


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_read(ready: Invoice, method: str) -> None:
    assert getattr(visitor(cookie_for(ready.booking)), method)(address(ready)).status_code == 405


def test_head_is_answered_without_the_document(ready: Invoice) -> None:
    response = visitor(cookie_for(ready.booking)).head(address(ready))
    assert (response.status_code, response.content) == (200, b"")


def test_a_pdf_that_is_not_ready_says_when_to_come_back(invoice: Invoice) -> None:
    response = visitor(cookie_for(invoice.booking)).get(address(invoice))
    assert response.status_code == 202
    assert response.headers["Retry-After"] == "60"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Invoice INV-2026-00001 is being made" in response.content.decode()
    assert "Come back in a minute" in response.content.decode()


def test_a_pdf_that_failed_says_so(invoice: Invoice) -> None:
    Invoice.objects.update(pdf_state=Invoice.PdfState.FAILED)
    response = visitor(cookie_for(invoice.booking)).get(address(invoice))
    assert response.status_code == 200
    assert "We couldn’t make the PDF of invoice INV-2026-00001" in response.content.decode()


@pytest.mark.parametrize("damage", ["gone", "altered"])
def test_a_missing_or_damaged_file_is_made_again(
    ready: Invoice,
    storage: Path,
    started: Started,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    damage: str,
) -> None:
    client = visitor(cookie_for(ready.booking))
    original = (storage / ready.pdf_path).read_bytes()
    if damage == "gone":
        (storage / ready.pdf_path).unlink()
    else:
        (storage / ready.pdf_path).write_bytes(original + b" ")
    with django_capture_on_commit_callbacks(execute=True):
        assert client.get(address(ready)).status_code == 202
        assert client.get(address(ready)).status_code == 202
    assert started == [("invoicing.tasks.render_invoice_pdf", [str(ready.pk)], 0)]
    render_invoice_pdf(invoice_id=ready.pk)
    assert client.get(address(ready)).content == original
