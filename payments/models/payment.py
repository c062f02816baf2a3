"""A payment, the bookings it is for, and its history."""

import uuid

from django.db import models

from bookings.models import Booking
from config.kernel import clock
from config.kernel.append_only import AppendOnlyModel
from config.kernel.states import Transitions
from customers.models import User


class Payment(models.Model):
    """One sum asked of one payer. The amount never changes; the state moves by `advance` on a locked row.

    A declined card leaves it open: the same payment can still succeed. The row exists before the payment service is
    asked for anything, so that whatever happens there can be told from here.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Waiting for payment"
        PROCESSING = "processing", "The bank is working on it"
        SUCCEEDED = "succeeded", "Paid"
        CANCELLED = "cancelled", "Cancelled"

    class Method(models.TextChoices):
        CARD = "card", "Card"
        BANK_TRANSFER = "bank_transfer", "Bank transfer"
        INVOICE = "invoice", "On account"
        CASH = "cash", "Cash"
        CHEQUE = "cheque", "Cheque"
        OTHER = "other", "Other"

    class Way(models.TextChoices):
        PAGE = "page", "Stripe’s own page"
        FORM = "form", "Form on our page"

    UNFINISHED_STATUSES = (Status.OPEN, Status.PROCESSING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default="GBP")
    method = models.CharField(max_length=14, choices=Method, default=Method.CARD)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    reference = models.CharField(max_length=80, unique=True, null=True, blank=True)
    # What is open at Stripe, the one or the other: a Checkout page, or the PaymentIntent behind the form on our page.
    stripe_checkout_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    stripe_form_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    # The PaymentIntent that a bank has answered for, whichever way it was paid.
    stripe_intent_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    stripe_charge_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    # The way that was opened last, none when Stripe refused it. With neither of the two ids its answer was lost.
    way = models.CharField(max_length=4, choices=Way, blank=True, editable=False)
    # Counts what was opened at Stripe for this payment; part of the idempotency key, so a lost answer is asked again
    # with the same key and a lapsed page is replaced with a new one.
    checkout_round = models.PositiveSmallIntegerField(default=0, editable=False)
    checkout_expires_at = models.DateTimeField(null=True, editable=False)
    # When Stripe is asked by itself the next time, and how long the pause is by now (services.looking).
    next_look_at = models.DateTimeField(default=clock.now, editable=False)
    looks = models.PositiveSmallIntegerField(default=0, editable=False)
    card_brand = models.CharField(max_length=30, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    last_decline_code = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    paid_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0),
                name="payment_amount_positive",
                violation_error_message="A payment is for more than nothing.",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="succeeded") | models.Q(paid_at__isnull=False),
                name="payment_succeeded_has_time",
                violation_error_message="A payment that succeeded says when.",
            ),
            models.CheckConstraint(
                condition=models.Q(stripe_checkout_id__isnull=True) | models.Q(stripe_form_id__isnull=True),
                name="payment_one_way_open",
                violation_error_message="A payment is open in one way at a time.",
            ),
        ]
        indexes = [
            models.Index(fields=["payer", "-created_at"], name="payment_payer_newest"),
            models.Index(fields=["-created_at"], name="payment_newest"),
            models.Index(
                fields=["created_at"], condition=models.Q(status__in=["open", "processing"]), name="payment_unfinished"
            ),
            models.Index(
                fields=["next_look_at"],
                condition=models.Q(method="card", status__in=["open", "processing"]),
                name="payment_next_look",
            ),
            models.Index(fields=["paid_at"], condition=models.Q(status="succeeded"), name="payment_paid"),
        ]

    def __str__(self) -> str:
        return f"£{self.amount} {self.get_status_display().lower()}"

    @property
    def paid_with(self) -> str:
        """Such as "Visa ending 4242", else the method."""
        if self.card_last4:
            return f"{self.card_brand.capitalize()} ending {self.card_last4}"
        return self.get_method_display()


PAYMENT_TRANSITIONS: Transitions[Payment.Status] = Transitions(
    {
        Payment.Status.OPEN: {Payment.Status.PROCESSING, Payment.Status.SUCCEEDED, Payment.Status.CANCELLED},
        Payment.Status.PROCESSING: {Payment.Status.OPEN, Payment.Status.SUCCEEDED, Payment.Status.CANCELLED},
        # Cancelled here and yet paid there: the money is recorded, and seated or sent back.
        Payment.Status.CANCELLED: {Payment.Status.SUCCEEDED},
        Payment.Status.SUCCEEDED: set(),
    }
)


class PaymentAllocation(models.Model):
    """Which booking a payment is for, and how much of it."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="allocations")
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "booking"],
                name="allocation_once",
                violation_error_message="This payment is for this booking already.",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0),
                name="allocation_amount_positive",
                violation_error_message="An allocation is for more than nothing.",
            ),
        ]

    def __str__(self) -> str:
        return f"£{self.amount} for {self.booking}"


class PaymentEvent(AppendOnlyModel):
    """One thing that happened to a payment, in order."""

    class Kind(models.TextChoices):
        OPENED = "opened", "Payment page opened"
        PROCESSING = "processing", "The bank is working on it"
        DECLINED = "declined", "Declined"
        SUCCEEDED = "succeeded", "Paid"
        CANCELLED = "cancelled", "Cancelled"
        REFUND_REQUESTED = "refund_requested", "Refund asked for"
        REFUND_SUCCEEDED = "refund_succeeded", "Refunded"
        REFUND_FAILED = "refund_failed", "Refund failed"
        DISCREPANCY = "discrepancy", "Does not match"

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    detail = models.CharField(max_length=200, blank=True)
    # Stripe's id of what happened (a charge, a refund), so that hearing of it twice adds nothing.
    stripe_object_id = models.CharField(max_length=255, blank=True)
    actor_kind = models.CharField(max_length=10)
    actor_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    occurred_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["occurred_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "kind", "stripe_object_id"],
                condition=~models.Q(stripe_object_id=""),
                name="paymentevent_once",
                violation_error_message="This was recorded already.",
            ),
        ]
        indexes = [
            models.Index(fields=["payment", "occurred_at"], name="paymentevent_story"),
            models.Index(fields=["-occurred_at"], name="paymentevent_newest"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
