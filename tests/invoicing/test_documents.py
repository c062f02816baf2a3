"""Files and states: stored whole or not at all, claimed once, tried again, made again."""

import hashlib
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from invoicing.models import Invoice
from invoicing.services import documents
from invoicing.services.documents import MAX_ATTEMPTS, WORKER_LOST
from tests.invoicing.builders import TODAY, SetNow, Started

pytestmark = pytest.mark.django_db

STORED = documents.StoredDocument("invoices/2026/x.pdf", "0" * 64)


def state(invoice: Invoice) -> tuple[str, int, datetime, str]:
    invoice.refresh_from_db()
    return invoice.pdf_state, invoice.pdf_attempts, invoice.pdf_next_attempt_at, invoice.pdf_error


def test_a_file_lies_under_its_year_and_key(storage: Path, invoice: Invoice) -> None:
    stored = documents.store(invoice, b"%PDF")
    assert stored.path == f"invoices/2026/{invoice.pk}.pdf"
    assert stored.sha256 == hashlib.sha256(b"%PDF").hexdigest()
    assert (storage / stored.path).read_bytes() == b"%PDF"
    assert files_in(storage) == [storage / stored.path]


def test_the_year_of_the_folder_is_londons(storage: Path, invoice: Invoice) -> None:
    invoice.issued_at = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
    assert documents.store(invoice, b"%PDF").path.startswith("invoices/2026/")


def test_only_we_may_read_it(storage: Path, invoice: Invoice) -> None:
    file = storage / documents.store(invoice, b"%PDF").path
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_storage_is_outside_everything_that_is_served() -> None:
    storage = Path(django_settings.STORAGE_PATH).resolve()
    served = [Path(django_settings.STATIC_ROOT), *map(Path, django_settings.STATICFILES_DIRS)]
    assert not any(storage.is_relative_to(folder.resolve()) for folder in served)


def test_storing_again_replaces_the_file(storage: Path, invoice: Invoice) -> None:
    documents.store(invoice, b"old")
    stored = documents.store(invoice, b"new")
    assert (storage / stored.path).read_bytes() == b"new"
    assert files_in(storage) == [storage / stored.path]


def test_a_disk_that_fails_leaves_the_old_file_and_nothing_half_written(
    storage: Path, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = documents.store(invoice, b"old")

    def disk_full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", disk_full)
    with pytest.raises(OSError, match="No space left"):
        documents.store(invoice, b"new")
    assert (storage / stored.path).read_bytes() == b"old"
    assert files_in(storage) == [storage / stored.path]


def test_a_due_pdf_is_claimed_once(invoice: Invoice, settings: Settings, set_now: SetNow) -> None:
    settings.CLAIM_SECONDS = 120
    assert documents.claim(Invoice, invoice.pk)
    assert not documents.claim(Invoice, invoice.pk)
    assert state(invoice) == ("pending", 1, TODAY + timedelta(seconds=120), "")
    set_now(TODAY + timedelta(seconds=119))
    assert not documents.claim(Invoice, invoice.pk)
    set_now(TODAY + timedelta(seconds=120))
    assert documents.claim(Invoice, invoice.pk)
    assert state(invoice) == ("pending", 2, TODAY + timedelta(seconds=240), "")


@pytest.mark.parametrize("pdf_state", ["ready", "failed"])
def test_what_is_settled_is_not_claimed(invoice: Invoice, pdf_state: str) -> None:
    Invoice.objects.update(pdf_state=pdf_state)
    assert not documents.claim(Invoice, invoice.pk)
    assert state(invoice) == (pdf_state, 0, TODAY, "")


def test_ready_once(invoice: Invoice) -> None:
    invoice.pdf_error = "It failed before."
    assert documents.mark_ready(invoice, STORED)
    assert not documents.mark_ready(invoice, documents.StoredDocument("invoices/2026/y.pdf", "1" * 64))
    invoice.refresh_from_db()
    assert (invoice.pdf_state, invoice.pdf_path, invoice.pdf_sha256, invoice.pdf_error) == (
        "ready",
        STORED.path,
        STORED.sha256,
        "",
    )


def test_failures_are_tried_again_later_and_later_until_staff_are_asked(invoice: Invoice, set_now: SetNow) -> None:
    now = TODAY
    waits = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        set_now(now)
        assert documents.claim(Invoice, invoice.pk)
        documents.record_failure(Invoice, invoice.pk, reason=f"Failure {attempt}")
        pdf_state, attempts, due, error = state(invoice)
        assert (attempts, error) == (attempt, f"Failure {attempt}")
        waits.append((pdf_state, (due - now).total_seconds() // 60))
        now = due
    assert waits[:-1] == [("pending", 1), ("pending", 5), ("pending", 15), ("pending", 60)]
    assert waits[-1][0] == "failed"
    assert not documents.claim(Invoice, invoice.pk)


def test_a_long_reason_is_cut(invoice: Invoice) -> None:
    documents.claim(Invoice, invoice.pk)
    documents.record_failure(Invoice, invoice.pk, reason="x" * 1000)
    assert state(invoice)[3] == "x" * 300


def test_a_failure_after_somebody_else_succeeded_is_not_recorded(invoice: Invoice) -> None:
    documents.claim(Invoice, invoice.pk)
    documents.mark_ready(invoice, STORED)
    documents.record_failure(Invoice, invoice.pk, reason="Too late")
    assert state(invoice)[0] == "ready"
    assert state(invoice)[3] == ""


@pytest.mark.parametrize("pdf_state", ["ready", "failed"])
def test_made_again(
    invoice: Invoice,
    started: Started,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    pdf_state: str,
) -> None:
    Invoice.objects.update(pdf_state=pdf_state, pdf_attempts=5, pdf_error="Broken", pdf_path="x", pdf_sha256="y")
    with django_capture_on_commit_callbacks(execute=True):
        assert documents.make_again(Invoice, invoice.pk)
        assert not documents.make_again(Invoice, invoice.pk)
    assert state(invoice) == ("pending", 0, TODAY, "")
    assert started == [("invoicing.tasks.render_invoice_pdf", [str(invoice.pk)], 0)]


def test_sweeping_starts_what_is_due_and_nothing_else(
    invoice: Invoice,
    started: Started,
    set_now: SetNow,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert documents.sweep() == 1
        documents.claim(Invoice, invoice.pk)
        assert documents.sweep() == 0
        set_now(TODAY + timedelta(seconds=django_settings.CLAIM_SECONDS))
        assert documents.sweep() == 1
        assert documents.sweep(limit=0) == 0
        Invoice.objects.update(pdf_state="ready")
        assert documents.sweep() == 0
    assert started == [("invoicing.tasks.render_invoice_pdf", [str(invoice.pk)], 0)] * 2


def test_sweeping_fails_what_took_every_worker_with_it(invoice: Invoice, started: Started, set_now: SetNow) -> None:
    now = TODAY
    for _ in range(MAX_ATTEMPTS):
        set_now(now)
        assert documents.claim(Invoice, invoice.pk)
        now += timedelta(seconds=django_settings.CLAIM_SECONDS)
    set_now(now)
    assert not documents.claim(Invoice, invoice.pk)
    assert documents.sweep() == 0
    assert state(invoice)[0] == "failed"
    assert state(invoice)[3] == WORKER_LOST
    assert started == []


def test_a_failed_pdf_can_not_become_ready_without_being_made_again(invoice: Invoice) -> None:
    Invoice.objects.update(pdf_state="failed")
    invoice.refresh_from_db()
    assert not documents.mark_ready(invoice, STORED)
    assert state(invoice)[0] == "failed"


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
