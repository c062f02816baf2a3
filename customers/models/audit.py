"""What was changed, and who looked at what only few may see.

The database refuses to change these rows, and to remove them before their time (migration 0010): also to whoever writes
past our code. When their time is over, services.history_age removes them.
"""

from django.db import models

from config.kernel import clock
from config.kernel.append_only import AppendOnlyModel
from customers.models.people import User


class Change(AppendOnlyModel):
    """One change of one row, written by a trigger of the database in the transaction that changed it (config/history).

    `before` and `after` hold the columns that differ, by name; a created row has no `before`, a deleted one no `after`.
    """

    class Action(models.TextChoices):
        CREATED = "created", "Created"
        CHANGED = "changed", "Changed"
        DELETED = "deleted", "Removed"

    id = models.BigAutoField(primary_key=True)
    record_kind = models.CharField("kind of record", max_length=60)
    record_key = models.CharField(max_length=64)
    part = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=7, choices=Action)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=10)
    actor_label = models.CharField("who", max_length=150)
    actor_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    occurred_at = models.DateTimeField("when", default=clock.now)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["record_kind", "record_key", "-occurred_at"], name="change_of_record"),
            models.Index(fields=["record_key"], name="change_record_key"),
            models.Index(fields=["actor_user", "-occurred_at"], name="change_by_person"),
            models.Index(fields=["-occurred_at"], name="change_newest"),
            # What goes first, without passing over what stays for years more (services.history_age).
            models.Index(
                fields=["occurred_at"],
                condition=~(
                    models.Q(record_kind__startswith="payments.") | models.Q(record_kind__startswith="invoicing.")
                ),
                name="change_besides_money",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.get_action_display().lower()}"


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
