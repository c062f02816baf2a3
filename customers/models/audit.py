"""Who looked at what only few may see."""

from django.db import models

from config.kernel import clock
from config.kernel.append_only import AppendOnlyModel
from customers.models.people import User


class Viewing(AppendOnlyModel):
    """Somebody in the office looked at sensitive text. What it said is not here."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        User, verbose_name="whose", on_delete=models.PROTECT, related_name="viewings", null=True, blank=True
    )
    what = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=64)
    actor_label = models.CharField("who looked", max_length=150)
    actor_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    occurred_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-occurred_at"], name="viewing_of_person"),
            models.Index(fields=["actor_user", "-occurred_at"], name="viewing_by_person"),
            models.Index(fields=["-occurred_at"], name="viewing_newest"),
            models.Index(fields=["subject_kind", "subject_key"], name="viewing_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} looked at {self.what}"
