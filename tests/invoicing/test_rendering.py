"""The flow from a claimed invoice to a stored PDF and a letter that may go. Real WeasyPrint, real files."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from communications.models import Message
from communications.services import outbox
from config.kernel import pdf as kernel_pdf
from invoicing import selectors
from invoicing.flows import rendering
from invoicing.models import Document, Invoice
from invoicing.services import documents
from invoicing.tasks import render_invoice_pdf, sweep_pdfs
from tests.invoicing.builders import TODAY, SetNow, Started

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage", "started")]


def render(invoice: Invoice) -> Invoice:
    rendering.render_invoice_pdf(invoice_id=invoice.pk)
    invoice.refresh_from_db()
    return invoice


def test_it_works(invoice: Invoice, storage: Path) -> None:
    render(invoice)
    assert invoice.pdf_state == Invoice.PdfState.READY
    assert invoice.pdf_path == f"invoices/2026/{invoice.pk}.pdf"
    assert invoice.pdf_attempts == 1
    content = (storage / invoice.pdf_path).read_bytes()
    assert content.startswith(b"%PDF-")
    assert invoice.pdf_sha256 == hashlib.sha256(content).hexdigest()
    assert selectors.pdf_bytes(invoice) == content


def test_a_second_time_does_nothing(
    invoice: Invoice, storage: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    render(invoice)
    file = storage / invoice.pdf_path
    before = (file.stat().st_mtime_ns, Message.objects.count())
    # The worker is the system, and says so once a connection.
    with override_settings(DATABASE_ACTOR="system"), django_assert_num_queries(1):
        rendering.render_invoice_pdf(invoice_id=invoice.pk)
    assert (file.stat().st_mtime_ns, Message.objects.count()) == before
    invoice.refresh_from_db()
    assert invoice.pdf_attempts == 1


def test_made_again_it_is_the_same_to_the_byte(invoice: Invoice) -> None:
    first = selectors.pdf_bytes(render(invoice))
    documents.make_again(Invoice, invoice.pk)
    assert selectors.pdf_bytes(render(invoice)) == first


def test_a_waiting_confirmation_may_go_as_soon_as_the_pdf_is_ready(invoice: Invoice, set_now: SetNow) -> None:
    outbox.queue_booking_messages(booking=invoice.booking, invoice=invoice)
    confirmation = Message.objects.get(kind=Message.Kind.BOOKING_CONFIRMATION)
    assert confirmation.send_after > TODAY
    set_now(TODAY + timedelta(seconds=1))
    render(invoice)
    confirmation.refresh_from_db()
    assert confirmation.send_after == TODAY + timedelta(seconds=1)
    assert not Message.objects.filter(kind=Message.Kind.INVOICE).exists()


def test_after_the_confirmation_has_gone_the_invoice_follows_once(invoice: Invoice) -> None:
    outbox.queue_booking_messages(booking=invoice.booking, invoice=invoice)
    Message.objects.filter(kind=Message.Kind.BOOKING_CONFIRMATION).update(state=Message.State.SENT)
    render(invoice)
    documents.make_again(Invoice, invoice.pk)
    render(invoice)
    assert list(Message.objects.filter(kind=Message.Kind.INVOICE).values_list("invoice", flat=True)) == [invoice.pk]


def test_a_failure_is_kept_and_tried_again_until_it_works(
    invoice: Invoice, monkeypatch: pytest.MonkeyPatch, set_now: SetNow, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(rendering, "render_pdf", refuse)
        render(invoice)
    assert (invoice.pdf_state, invoice.pdf_error) == ("pending", "RefusedAddress: file:///etc/passwd")
    assert invoice.pdf_next_attempt_at == TODAY + timedelta(minutes=1)
    assert not Message.objects.exists()
    assert [record.getMessage() for record in caplog.records] == ["The PDF of an invoice could not be made."]
    set_now(TODAY + timedelta(minutes=1))
    render(invoice)
    assert (invoice.pdf_state, invoice.pdf_error, invoice.pdf_attempts) == ("ready", "", 2)


def test_a_disk_that_refuses_is_a_failure_like_any_other(invoice: Invoice, storage: Path) -> None:
    (storage / "invoices").write_text("A file where the folder should be.")
    render(invoice)
    assert invoice.pdf_state == "pending"
    assert invoice.pdf_error.startswith("NotADirectoryError: ")


def test_who_finishes_second_changes_nothing(invoice: Invoice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its claim had run out, another worker took over and was faster."""
    faster = documents.StoredDocument("invoices/2026/faster.pdf", "0" * 64)
    store = documents.store

    def slow_store(document: Document, content: bytes) -> documents.StoredDocument:
        documents.mark_ready(Invoice.objects.get(pk=invoice.pk), faster)
        return store(document, content)

    monkeypatch.setattr(documents, "store", slow_store)
    render(invoice)
    assert invoice.pdf_path == faster.path
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_page_is_made(invoice: Invoice, monkeypatch: pytest.MonkeyPatch) -> None:
    open_transactions = []
    render_pdf = kernel_pdf.render_pdf

    def watched(*args: Any, **kwargs: Any) -> bytes:
        open_transactions.append(connection.in_atomic_block)
        return render_pdf(*args, **kwargs)

    monkeypatch.setattr(rendering, "render_pdf", watched)
    assert render(invoice).pdf_state == "ready"
    assert open_transactions == [False]


def test_the_tasks_render_and_sweep(
    invoice: Invoice, started: Started, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sweep_pdfs()
    assert started == [("invoicing.tasks.render_invoice_pdf", [str(invoice.pk)], 0)]
    render_invoice_pdf(str(invoice.pk))
    invoice.refresh_from_db()
    assert invoice.pdf_state == "ready"


def refuse(*_args: object, **_kwargs: object) -> bytes:
    raise kernel_pdf.RefusedAddress("file:///etc/passwd")
