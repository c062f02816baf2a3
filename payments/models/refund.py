"""Money that goes back."""

import uuid

from django.db import models

from bookings.models import Booking
from config.kernel import clock
from config.kernel.states import Transitions
from customers.models import User
from payments.models.payment import Payment


class Refund(models.Model):
    """One sum sent back on one payment. The row is committed before Stripe is asked; its key makes that repeatable."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "To be sent"
        PENDING = "pending", "On its way"
        SUCCEEDED = "succeeded", "Refunded"
        FAILED = "failed", "Failed"

    class Reason(models.TextChoices):
        NO_PLACE = "no_place", "Paid after the places had gone"
        CANCELLED = "cancelled", "Booking cancelled"
        GOODWILL = "goodwill", "Goodwill"
        DUPLICATE = "duplicate", "Paid twice"
        DASHBOARD = "dashboard", "Made in Stripe’s Dashboard"

    # These count against what can still be refunded.
    COUNTED_STATUSES = (Status.REQUESTED, Status.PENDING, Status.SUCCEEDED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="refunds", null=True, blank=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default="GBP")
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    reason = models.CharField(max_length=12, choices=Reason)
    stripe_refund_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    # Part of the idempotency key: a refund that failed for good is asked for anew, not answered from Stripe's memory.
    round = models.PositiveSmallIntegerField(default=1, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=clock.now)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0),
                name="refund_amount_positive",
                violation_error_message="A refund is for more than nothing.",
            ),
            models.UniqueConstraint(
                fields=["payment", "booking"],
                condition=models.Q(reason="no_place"),
                name="refund_no_place_once",
                violation_error_message="This payment was sent back already.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(status__in=["requested", "pending"]),
                name="refund_unfinished",
            ),
            models.Index(fields=["-created_at"], name="refund_newest"),
            models.Index(fields=["created_at"], condition=models.Q(status="failed"), name="refund_failed"),
            models.Index(fields=["finished_at"], condition=models.Q(status="succeeded"), name="refund_succeeded"),
            models.Index(fields=["booking"], condition=models.Q(reason="dashboard"), name="refund_dashboard"),
        ]

    def __str__(self) -> str:
        return f"£{self.amount} {self.get_status_display().lower()}"


REFUND_TRANSITIONS: Transitions[Refund.Status] = Transitions(
    {
        Refund.Status.REQUESTED: {Refund.Status.PENDING, Refund.Status.SUCCEEDED, Refund.Status.FAILED},
        Refund.Status.PENDING: {Refund.Status.SUCCEEDED, Refund.Status.FAILED},
        # A bank can send a refund back weeks later.
        Refund.Status.SUCCEEDED: {Refund.Status.FAILED},
        Refund.Status.FAILED: {Refund.Status.REQUESTED},
    }
)
