"""The inbox of what Stripe told us, and the queue of what does not add up."""

import uuid

from django.db import models

from config.kernel import clock
from customers.models import User
from payments.models.payment import Payment


class StripeEvent(models.Model):
    """One event, stored once by Stripe's own id. Only its kind and subject are kept: the subject is fetched anew.

    The payload is neither believed nor stored; it holds people's names and addresses.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Waiting"
        APPLIED = "applied", "Applied"
        IGNORED = "ignored", "Not for us"
        FAILED = "failed", "Failed"

    id = models.CharField("Stripe's event id", primary_key=True, max_length=255)
    type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=255, blank=True)
    happened_at = models.DateTimeField("happened at Stripe")
    received_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=clock.now)
    last_error = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "Stripe event"
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["-received_at"], name="stripeevent_newest"),
            models.Index(fields=["object_id"], name="stripeevent_object"),
            models.Index(fields=["next_attempt_at"], condition=models.Q(state="received"), name="stripeevent_waiting"),
            models.Index(fields=["received_at"], condition=models.Q(state="failed"), name="stripeevent_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.type} ({self.id})"


class Discrepancy(models.Model):
    """Money at Stripe that does not agree with our records. It confirms nothing until a person has decided."""

    class Kind(models.TextChoices):
        UNKNOWN_PAYMENT = "unknown_payment", "Money with no payment of ours"
        UNKNOWN_REFUND = "unknown_refund", "A refund of no payment of ours"
        AMOUNT = "amount", "Another amount than asked"
        CURRENCY = "currency", "Another currency than asked"
        BOOKING = "booking", "Names another booking"
        PAID_TWICE = "paid_twice", "Paid although nothing was due"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    stripe_object_id = models.CharField(max_length=255)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="discrepancies", null=True, blank=True)
    expected = models.CharField("our records say", max_length=100, blank=True)
    found = models.CharField("Stripe says", max_length=100, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    resolution = models.TextField("what was done", blank=True)

    class Meta:
        verbose_name_plural = "discrepancies"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "stripe_object_id"],
                name="discrepancy_once",
                violation_error_message="This is on the list already.",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(resolved_at__isnull=True), name="discrepancy_open"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
