"""What would help someone take part. Health data (UK GDPR art. 9): encrypted, seen by few, removed after the course."""

import uuid

from django.db import models

from bookings.models.ordering import Attendee
from config.kernel import clock
from config.kernel.crypto import EncryptedTextField


class SpecialRequirement(models.Model):
    """A person's own words about themselves, with the consent they gave for exactly that."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attendee = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="requirements")
    own_words = EncryptedTextField(editable=False)
    consent_version = models.CharField("version of the consent's wording", max_length=20)
    consented_at = models.DateTimeField()
    delete_after = models.DateField("to be removed on")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["created_at"]
        permissions = [("read_own_words", "Can read what people wrote about their needs")]
        indexes = [models.Index(fields=["delete_after"], name="requirement_delete_after")]

    def __str__(self) -> str:
        return "A requirement is on record"
