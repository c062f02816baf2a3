"""The PDF of a paper as a file and a state: claimed, stored, ready or failed, made again.

Files lie under settings.STORAGE_PATH, outside the web root, in <folder of the kind>/<year>/<key>.pdf. Making one again
is always safe: what an invoice says is frozen with it, and a confirmation says what is so when it is made.
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
from django.db.models import F, QuerySet

from config.kernel import clock
from config.kernel.jobs import enqueue
from config.kernel.states import advance
from customers.services.timeline import record_activity
from invoicing import locks
from invoicing.models import PDF_TRANSITIONS, BookingConfirmation, Document, Invoice

# The task that makes a paper's PDF, by kind. An invoice comes first in a sweep: it is what people wait for.
RENDER_TASKS: dict[type[Document], str] = {
    Invoice: "invoicing.tasks.render_invoice_pdf",
    BookingConfirmation: "invoicing.tasks.render_confirmation_pdf",
}

# Minutes until the next attempt after the first, second ... one; after the last of them staff are asked.
RETRY_MINUTES = (1, 5, 15, 60)
MAX_ATTEMPTS = len(RETRY_MINUTES) + 1
MADE_AGAIN = "paper_made_again"
WORKER_LOST = "The worker was lost each time it made this PDF."


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """Where a document lies, below settings.STORAGE_PATH, and the fingerprint of its bytes."""

    path: str
    sha256: str


def claim(kind: type[Document], document_id: UUID) -> bool:
    """Takes a due PDF in hand. False when it is made already, has failed for good, or somebody else is at it.

    A claim ends by itself after settings.CLAIM_SECONDS, in case its worker dies.
    """
    due = _due(kind).filter(pk=document_id, pdf_attempts__lt=MAX_ATTEMPTS)
    claimed = due.update(
        pdf_attempts=F("pdf_attempts") + 1,
        pdf_next_attempt_at=clock.now() + timedelta(seconds=settings.CLAIM_SECONDS),
    )
    return claimed == 1


def store(document: Document, content: bytes) -> StoredDocument:
    """Writes the file so that it is there whole or not at all, also after a power cut. Raises OSError."""
    path = Path(document.pdf_folder, f"{document.pk}.pdf")
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


def mark_ready(document: Document, stored: StoredDocument) -> bool:
    """Says of a locked paper that its file is there. False when that was known, or is no longer wanted."""
    if document.pdf_state != Document.PdfState.PENDING:
        return False
    advance(document, "pdf_state", Document.PdfState.READY, PDF_TRANSITIONS)
    document.pdf_path = stored.path
    document.pdf_sha256 = stored.sha256
    document.pdf_error = ""
    document.save(update_fields=["pdf_state", "pdf_path", "pdf_sha256", "pdf_error"])
    return True


def record_failure(kind: type[Document], document_id: UUID, *, reason: str) -> None:
    """Says what went wrong and when to try again, or, after the last attempt, that staff have to look."""
    with transaction.atomic():
        document = locks.lock_document(kind, document_id)
        if document.pdf_state != Document.PdfState.PENDING:
            return
        document.pdf_error = reason[:300]
        if document.pdf_attempts >= MAX_ATTEMPTS:
            advance(document, "pdf_state", Document.PdfState.FAILED, PDF_TRANSITIONS)
        else:
            minutes = RETRY_MINUTES[document.pdf_attempts - 1]
            document.pdf_next_attempt_at = clock.now() + timedelta(minutes=minutes)
        document.save(update_fields=["pdf_state", "pdf_error", "pdf_next_attempt_at"])


def make_again(kind: type[Document], document_id: UUID) -> bool:
    """Has a PDF made anew that failed, is missing, damaged or out of date. False when one is being made already."""
    with transaction.atomic():
        document = locks.lock_document(kind, document_id)
        if not advance(document, "pdf_state", Document.PdfState.PENDING, PDF_TRANSITIONS):
            return False
        document.pdf_attempts = 0
        document.pdf_next_attempt_at = clock.now()
        document.pdf_error = ""
        document.save(update_fields=["pdf_state", "pdf_attempts", "pdf_next_attempt_at", "pdf_error"])
        enqueue(RENDER_TASKS[kind], document.pk)
    return True


def make_again_by_hand(paper: Invoice | BookingConfirmation) -> bool:
    """The same because somebody in the office asked for it, which the timeline of whose paper it is tells."""
    with transaction.atomic():
        if not make_again(type(paper), paper.pk):
            return False
        record_activity(
            user_id=paper.booking.customer_id,
            kind=MADE_AGAIN,
            summary=f"The PDF is made again: {paper}",
            subject_kind="booking",
            subject_key=str(paper.booking_id),
        )
    return True


def sweep(*, limit: int = 100) -> int:
    """Starts every PDF that is due and that nobody has in hand; says how many. At most `limit` a kind, oldest first.

    One that took a worker with it at each attempt is failed here, because nobody was left to say so.
    """
    return sum(_sweep(kind, task, limit) for kind, task in RENDER_TASKS.items())


def _sweep(kind: type[Document], task: str, limit: int) -> int:
    due = _due(kind).order_by("pdf_next_attempt_at")
    for document_id in due.filter(pdf_attempts__gte=MAX_ATTEMPTS).values_list("pk", flat=True)[:limit]:
        record_failure(kind, document_id, reason=WORKER_LOST)
    waiting = list(due.filter(pdf_attempts__lt=MAX_ATTEMPTS).values_list("pk", flat=True)[:limit])
    for document_id in waiting:
        enqueue(task, document_id)
    return len(waiting)


def _due(kind: type[Document]) -> QuerySet[Document]:
    """Papers without a PDF that nobody has in hand at this moment."""
    return kind.all_of_kind().filter(pdf_state=Document.PdfState.PENDING, pdf_next_attempt_at__lte=clock.now())


def _sync_folder(folder: Path) -> None:
    """A rename is only safe once the folder's own entry is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
