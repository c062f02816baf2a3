"""Letters: one row a recipient, claimed and sent by the worker, with what became of each."""

import uuid
from datetime import datetime

from django.db import models
from django.urls import reverse

from bookings.models import Attendee, Booking
from config.kernel import clock
from config.kernel.append_only import AppendOnlyModel
from config.kernel.states import Transitions
from customers.models import SignInRequest, User
from invoicing.models import Invoice
from payments.models import Refund


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> "MessageQuerySet":
        return self.filter(state=Message.State.QUEUED, send_after__lte=now)

    def stuck(self, before: datetime) -> "MessageQuerySet":
        """Claimed and never finished: whoever had them in hand is gone."""
        return self.filter(state=Message.State.SENDING, claimed_at__lt=before)


class Message(models.Model):
    """One message to one recipient. The dedupe key makes "the same message again" impossible; a resend has its own key.

    It is rendered when it is sent. The copy kept here for staff has the recipient's secret links masked.
    """

    class Kind(models.TextChoices):
        BOOKING_CONFIRMATION = "booking_confirmation", "Booking confirmation"
        JOINING_INSTRUCTIONS = "joining_instructions", "Joining instructions"
        INVOICE = "invoice", "Invoice"
        NO_PLACE_REFUND = "no_place_refund", "Apology: paid after the places had gone"
        BOOKING_CANCELLED = "booking_cancelled", "Booking cancelled"
        PLACE_CANCELLED = "place_cancelled", "Place cancelled"
        REFUND_SENT = "refund_sent", "A refund is on its way"
        SIGN_IN = "sign_in", "Link to sign in"
        OFFICE_LETTER = "office_letter", "Letter from the office"
        PAYMENT_LINK = "payment_link", "Payment link"
        LOG_IN_CHANGED = "log_in_changed", "Warning: a log-in to the office was changed"

    class LogInChange(models.TextChoices):
        """What happened to how a member of staff logs in, for the letter that tells them."""

        DEVICE_SET_UP = "device_set_up", "Second factor set up"
        DEVICE_REPLACED = "device_replaced", "Second factor moved to another device"
        DEVICE_REMOVED = "device_removed", "Second factor removed"
        CODES_REPLACED = "codes_replaced", "New recovery codes made"
        CODES_USED_UP = "codes_used_up", "Last recovery code used"
        PASSWORD_CHANGED = "password_changed", "Password changed"

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Marked as spam"
        FAILED = "failed", "Failed"
        SUPPRESSED = "suppressed", "Not sent: the address is blocked"
        CANCELLED = "cancelled", "Cancelled"

    ON_THE_WAY = (State.QUEUED, State.SENDING)
    # As far as anybody has told us, it arrived.
    GONE = (State.SENT, State.DELIVERED, State.COMPLAINED)
    LOST = (State.BOUNCED, State.FAILED, State.SUPPRESSED, State.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dedupe_key = models.CharField(max_length=120, unique=True, editable=False)
    kind = models.CharField(max_length=30, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="messages", null=True, blank=True)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="messages", null=True, blank=True)
    attendee = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="messages", null=True, blank=True)
    # The invoice this message carries, decided under the invoice's lock when the message is claimed.
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="messages", null=True, blank=True)
    # What a letter with a link to sign in answers; requests are forgotten after some days, letters are not.
    sign_in = models.ForeignKey(
        SignInRequest, on_delete=models.SET_NULL, related_name="messages", null=True, blank=True, editable=False
    )
    # The refund that a letter tells of.
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="messages", null=True, blank=True)
    # The sum a letter about money speaks of, as it was when the letter was queued.
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    # What a member of staff typed for a letter of their own. `subject` and the bodies are what was sent.
    typed_subject = models.CharField("subject, as typed", max_length=150, blank=True, editable=False)
    typed_text = models.TextField("text, as typed", blank=True, editable=False)
    # What a letter about a log-in warns of, who did it (blank: whoever was logged in as this person) and when.
    log_in_change = models.CharField(max_length=20, choices=LogInChange, blank=True, editable=False)
    done_by = models.CharField("who did it", max_length=150, blank=True, editable=False)
    done_at = models.DateTimeField("when it was done", null=True, blank=True, editable=False)
    to_email = models.CharField("to", max_length=254)
    to_name = models.CharField("recipient's name", max_length=300, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    send_after = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    provider_message_id = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        permissions = [("send_message_again", "Can send messages again")]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="message_user_newest"),
            models.Index(fields=["-created_at"], name="message_newest"),
            models.Index(fields=["send_after"], condition=models.Q(state="queued"), name="message_due"),
            models.Index(fields=["claimed_at"], condition=models.Q(state="sending"), name="message_in_hand"),
            models.Index(
                fields=["created_at"], condition=models.Q(state__in=["bounced", "failed"]), name="message_lost"
            ),
            models.Index(fields=["provider_message_id"], name="message_provider_id"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.to_email}"


MESSAGE_TRANSITIONS: Transitions[Message.State] = Transitions(
    {
        Message.State.QUEUED: {Message.State.SENDING, Message.State.SUPPRESSED, Message.State.CANCELLED},
        Message.State.SENDING: {Message.State.SENT, Message.State.QUEUED, Message.State.FAILED},
        Message.State.SENT: {Message.State.DELIVERED, Message.State.BOUNCED, Message.State.COMPLAINED},
        Message.State.DELIVERED: {Message.State.BOUNCED, Message.State.COMPLAINED},
        Message.State.BOUNCED: set(),
        Message.State.COMPLAINED: set(),
        Message.State.FAILED: {Message.State.QUEUED},
        Message.State.SUPPRESSED: set(),
        Message.State.CANCELLED: set(),
    }
)


class MessageEvent(AppendOnlyModel):
    """One thing that happened to a message."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    detail = models.CharField(max_length=300, blank=True)
    occurred_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["occurred_at", "id"]

    def __str__(self) -> str:
        return self.kind


class MailboxMessage(models.Model):
    """What the development mailbox received. It stands in for a mail server only where none is configured."""

    id = models.BigAutoField(primary_key=True)
    sender = models.CharField("from", max_length=254)
    recipients = models.CharField("to", max_length=1000)
    subject = models.CharField(max_length=200, blank=True)
    raw = models.BinaryField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "development mailbox message"
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["-received_at"], name="mailboxmessage_newest")]

    def __str__(self) -> str:
        return self.subject


class PageText(models.Model):
    """What one of the plain pages says. A change is a new version: what a notice said on a day stays on record.

    The booking terms are not here but in the booking policy, since bookings are made under them.
    """

    class Page(models.TextChoices):
        HELP = "help", "Help"
        PRIVACY = "privacy", "Privacy"
        ACCESSIBILITY = "accessibility", "Accessibility"

    id = models.BigAutoField(primary_key=True)
    page = models.CharField(max_length=20, choices=Page, editable=False)
    version = models.PositiveIntegerField(editable=False)
    title = models.CharField(max_length=100)
    body = models.TextField("text")
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    # Nobody: the text the site came with.
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, editable=False)

    class Meta:
        ordering = ["page", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "version"],
                name="pagetext_version_once",
                violation_error_message="Somebody else has just changed this page.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_page_display()}, version {self.version}"

    def get_absolute_url(self) -> str:
        return reverse(f"communications:{self.page}")
