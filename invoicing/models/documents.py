"""What every paper has: a PDF that a worker makes, as a state, a file and the attempts at it."""

import uuid
from typing import Self

from django.db import models

from config.kernel import clock
from config.kernel.states import Transitions


class Document(models.Model):
    """A paper whose PDF is made in the background (services.documents) and kept as a file."""

    class PdfState(models.TextChoices):
        PENDING = "pending", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pdf_state = models.CharField(max_length=8, choices=PdfState, default=PdfState.PENDING)
    pdf_path = models.CharField(max_length=200, blank=True, editable=False)
    pdf_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    pdf_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    pdf_next_attempt_at = models.DateTimeField(default=clock.now, editable=False)
    pdf_error = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def all_of_kind(cls) -> models.QuerySet[Self]:
        """The rows of this kind of paper, through its own queryset."""
        return cls._default_manager.all()

    @property
    def pdf_folder(self) -> str:
        """The folder of the file, below settings.STORAGE_PATH: one a kind and year, so that none grows without end."""
        raise NotImplementedError


PDF_TRANSITIONS: Transitions[Document.PdfState] = Transitions(
    {
        Document.PdfState.PENDING: {Document.PdfState.READY, Document.PdfState.FAILED},
        # A file that went missing, or that says what is no longer so, is made again.
        Document.PdfState.READY: {Document.PdfState.PENDING},
        Document.PdfState.FAILED: {Document.PdfState.PENDING},
    }
)
