"""The PDF of an invoice as a file and a state: claimed, stored, ready or failed, made again.

Files lie under settings.STORAGE_PATH, outside the web root, in invoices/<year>/<key>.pdf. What a file says is frozen
with its invoice, so making it again is always safe.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from config.kernel import clock
from config.kernel.jobs import enqueue
from config.kernel.states import advance
from invoicing import locks
from invoicing.models import PDF_TRANSITIONS, Invoice

RENDER_TASK = "invoicing.tasks.render_invoice_pdf"

# Minutes until the next attempt after the first, second ... one; after the last of them staff are asked.
RETRY_MINUTES = (1, 5, 15, 60)
MAX_ATTEMPTS = len(RETRY_MINUTES) + 1
WORKER_LOST = "The worker was lost each time it made this PDF."


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """Where a document lies, below settings.STORAGE_PATH, and the fingerprint of its bytes."""

    path: str
    sha256: str


def claim(*, invoice_id: UUID) -> bool:
    """Takes a due PDF in hand. False when it is made already, has failed for good, or somebody else is at it.

    A claim ends by itself after settings.CLAIM_SECONDS, in case its worker dies.
    """
    now = clock.now()
    return (
        Invoice.objects.pdf_due(now)
        .filter(pk=invoice_id, pdf_attempts__lt=MAX_ATTEMPTS)
        .update(
            pdf_attempts=F("pdf_attempts") + 1,
            pdf_next_attempt_at=now + timedelta(seconds=settings.CLAIM_SECONDS),
        )
        == 1
    )


def store(*, invoice: Invoice, content: bytes) -> StoredDocument:
    """Writes the file so that it is there whole or not at all, also after a power cut. Raises OSError."""
    path = Path("invoices", str(clock.london_date(invoice.issued_at).year), f"{invoice.pk}.pdf")
    target = Path(settings.STORAGE_PATH) / path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return StoredDocument(path.as_posix(), hashlib.sha256(content).hexdigest())


def mark_ready(invoice: Invoice, stored: StoredDocument) -> bool:
    """Says of a locked invoice that its file is there. False when that was known, or is no longer wanted."""
    if invoice.pdf_state != Invoice.PdfState.PENDING:
        return False
    advance(invoice, "pdf_state", Invoice.PdfState.READY, PDF_TRANSITIONS)
    invoice.pdf_path = stored.path
    invoice.pdf_sha256 = stored.sha256
    invoice.pdf_error = ""
    invoice.save(update_fields=["pdf_state", "pdf_path", "pdf_sha256", "pdf_error"])
    return True


def record_failure(*, invoice_id: UUID, reason: str) -> None:
    """Says what went wrong and when to try again, or, after the last attempt, that staff have to look."""
    with transaction.atomic():
        invoice = locks.lock_invoice(invoice_id)
        if invoice.pdf_state != Invoice.PdfState.PENDING:
            return
        invoice.pdf_error = reason[:300]
        if invoice.pdf_attempts >= MAX_ATTEMPTS:
            advance(invoice, "pdf_state", Invoice.PdfState.FAILED, PDF_TRANSITIONS)
        else:
            minutes = RETRY_MINUTES[invoice.pdf_attempts - 1]
            invoice.pdf_next_attempt_at = clock.now() + timedelta(minutes=minutes)
        invoice.save(update_fields=["pdf_state", "pdf_error", "pdf_next_attempt_at"])


def make_again(*, invoice_id: UUID) -> bool:
    """Has a failed PDF, or one whose file is missing or damaged, made anew. False when one is being made already."""
    with transaction.atomic():
        invoice = locks.lock_invoice(invoice_id)
        if not advance(invoice, "pdf_state", Invoice.PdfState.PENDING, PDF_TRANSITIONS):
            return False
        invoice.pdf_attempts = 0
        invoice.pdf_next_attempt_at = clock.now()
        invoice.pdf_error = ""
        invoice.save(update_fields=["pdf_state", "pdf_attempts", "pdf_next_attempt_at", "pdf_error"])
        enqueue(RENDER_TASK, invoice.pk)
    return True


def sweep(*, limit: int = 100) -> int:
    """Starts every PDF that is due and that nobody has in hand; says how many. At most `limit` at a time, oldest first.

    One that took a worker with it at each attempt is failed here, because nobody was left to say so.
    """
    due = Invoice.objects.pdf_due(clock.now()).order_by("pdf_next_attempt_at")
    for invoice_id in due.filter(pdf_attempts__gte=MAX_ATTEMPTS).values_list("pk", flat=True)[:limit]:
        record_failure(invoice_id=invoice_id, reason=WORKER_LOST)
    waiting = list(due.filter(pdf_attempts__lt=MAX_ATTEMPTS).values_list("pk", flat=True)[:limit])
    for invoice_id in waiting:
        enqueue(RENDER_TASK, invoice_id)
    return len(waiting)


def _sync_folder(folder: Path) -> None:
    """A rename is only safe once the folder's own entry is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
