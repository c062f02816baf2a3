"""The booking confirmation as a paper: one a booking, made anew when what it says has changed."""

from typing import override

from django.db import models

from bookings.models import Booking
from config.kernel import clock
from invoicing.models.documents import Document


class BookingConfirmation(Document):
    """The state of a booking's printed confirmation. What it says is read from the booking when it is made.

    Unlike an invoice it is no record: `said` is the fingerprint of what the stored file says, and a file whose
    fingerprint is not the booking's any more is not given out but made again.
    """

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="confirmation")
    said = models.CharField("fingerprint of what it says", max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["pdf_next_attempt_at"], condition=models.Q(pdf_state="pending"), name="confirmation_pdf_waiting"
            ),
            models.Index(
                fields=["pdf_next_attempt_at"], condition=models.Q(pdf_state="failed"), name="confirmation_pdf_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"Confirmation of {self.booking}"

    @property
    @override
    def pdf_folder(self) -> str:
        return f"confirmations/{clock.london_date(self.created_at).year}"
