"""How people get in without a password: links in letters, asking for one, and the visit that one begins."""

import uuid
from datetime import datetime

from django.db import models

from config.kernel import clock
from customers.models.people import User


class AccessLink(models.Model):
    """A secret address that opens one thing for one purpose. Only a hash of the secret is stored.

    The subject is named as text: the key of a booking, an attendee or a sign-in request. The secret is exchanged for a
    cookie by POST; that closes a link for signing in.
    """

    class Purpose(models.TextChoices):
        BOOKING = "booking", "A booking, for who made it"
        ATTENDEE = "attendee", "One place, for who takes it"
        SIGN_IN = "sign_in", "Signing in, for who asked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=10, choices=Purpose)
    subject_key = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["purpose", "subject_key"], name="accesslink_subject")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, made {clock.format_plain_date(clock.london_date(self.created_at))}"


class SignInRequestQuerySet(models.QuerySet["SignInRequest"]):
    def waiting(self, before: datetime) -> "SignInRequestQuerySet":
        """Asked before then, and nobody has looked who that is."""
        return self.filter(answer=SignInRequest.Answer.WAITING, created_at__lt=before)


class SignInRequest(models.Model):
    """Somebody asked to sign in as this address. Who that is, and whether a letter goes, is found out in the worker.

    So the page that takes the request does the same for every address. Kept for a few days (services.signing_in).
    """

    class Answer(models.TextChoices):
        WAITING = "waiting", "Not looked at yet"
        MAILED = "mailed", "A link was mailed"
        UNKNOWN = "unknown", "Nobody with this address"
        LIMITED = "limited", "Too many links to this address in an hour"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.CharField("email address, as typed", max_length=254)
    email_key = models.CharField(max_length=254, editable=False)
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
    code_tries = models.PositiveSmallIntegerField("times a code was typed", default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = SignInRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["email_key", "created_at"], name="signinrequest_address"),
            models.Index(fields=["created_at"], name="signinrequest_oldest"),
            models.Index(fields=["created_at"], condition=models.Q(answer="waiting"), name="signinrequest_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.get_answer_display()}"


class PortalVisit(models.Model):
    """A browser in which somebody is signed in to their bookings. It opens those, and never the office.

    The browser proves itself with a secret of which only a hash is stored.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="portal_visits")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["expires_at"], name="portalvisit_expiry")]

    def __str__(self) -> str:
        return f"{self.user}, since {clock.format_plain_date(clock.london_date(self.created_at))}"
