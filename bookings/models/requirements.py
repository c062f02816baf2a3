"""What would help someone take part: what can be asked for, what was said about whom, and what was arranged.

What was said is health data (UK GDPR art. 9), and so is what was arranged: encrypted, seen by few, removed after the
course.
"""

import uuid
from datetime import datetime

from django.db import models

from bookings.models.ordering import Attendee
from config.kernel import clock
from config.kernel.crypto import EncryptedJSONField, EncryptedTextField
from customers.models import User

_SLUGS = "slugs"


class RequirementTemplate(models.Model):
    """Something practical that people ask for by ticking it. Staff edit the list.

    What people said holds the slug, encrypted, so a slug never changes and a row is never deleted: what is no longer
    offered stays readable where it was asked for.
    """

    class VenueFact(models.TextChoices):
        """The facts of a Venue, by the name of its field, that can meet a need."""

        STEP_FREE = "step_free", "Step-free access"
        HEARING_LOOP = "hearing_loop", "Hearing loop"
        PARKING = "parking", "Parking on site"

    class Priority(models.TextChoices):
        """How urgently the office prepares it (DOMAIN section 5). Customers never see it."""

        CRITICAL = "critical", "Critical"
        HIGH = "high", "High"
        STANDARD = "standard", "Standard"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    label = models.CharField("what people tick", max_length=80)
    hint = models.CharField("what we do about it, or an example", max_length=120, blank=True)
    venue_fact = models.CharField("met by a venue with", max_length=20, choices=VenueFact, blank=True)
    notice_working_days = models.PositiveSmallIntegerField("working days we need to arrange it", null=True, blank=True)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.STANDARD)
    critical_words = models.TextField(
        "own words that make it critical", blank=True, help_text="One a line, or the beginning of one."
    )
    for_oneself_only = models.BooleanField(
        "only people themselves can choose it",
        default=False,
        help_text="It says something about somebody’s health, which nobody can tell us for a colleague.",
    )
    is_offered = models.BooleanField("people can choose it", default=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label

    @property
    def full_hint(self) -> str:
        """The hint with the notice we need: "We need 10 working days"."""
        days = self.notice_working_days
        notice = f"We need {days} working day{'' if days == 1 else 's'}" if days else ""
        return ". ".join(part for part in (self.hint, notice) if part)


class SpecialRequirement(models.Model):
    """What would help one attendee: the adjustments that were ticked, and their own words with the consent to those.

    There is one a person. What they say themselves takes the place of what was there, also of what the booker had
    ticked for them; of what it replaced only times stay. Own words and consent come together, and only from the person.

    The priority is worked out when it is said (services.requirements) and kept in plain: that somebody is to be looked
    at first says nothing of why. What was arranged stays when it has to be arranged anew, so that nobody starts from
    nothing.
    """

    class Speaker(models.TextChoices):
        BOOKER = "booker", "Who booked, for somebody else"
        ATTENDEE = "attendee", "The person themselves"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attendee = models.OneToOneField(Attendee, on_delete=models.PROTECT, related_name="special_requirement")
    adjustments = EncryptedJSONField(default=dict, editable=False)
    own_words = EncryptedTextField(default="", editable=False)
    said_by = models.CharField("said by", max_length=8, choices=Speaker)
    first_said_by = models.CharField("first said by", max_length=8, choices=Speaker)
    consent_version = models.CharField("version of the consent's wording", max_length=20, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    delete_after = models.DateField("to be removed on")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(null=True, blank=True)
    priority = models.CharField(
        max_length=10,
        choices=RequirementTemplate.Priority,
        default=RequirementTemplate.Priority.STANDARD,
        editable=False,
    )
    arranged = EncryptedTextField("what was arranged", default="", editable=False)
    handled_at = models.DateTimeField("arranged at", null=True, editable=False)
    handled_by = models.ForeignKey(
        User, verbose_name="arranged by", on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    reopen_reason = EncryptedTextField("why it is to be arranged again", default="", editable=False)

    class Meta:
        ordering = ["created_at"]
        permissions = [
            ("read_adjustments", "Can read what was ticked for somebody"),
            ("read_own_words", "Can read what people wrote about their needs"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(own_words="", consented_at__isnull=True, consent_version="")
                | (models.Q(said_by="attendee", consented_at__isnull=False) & ~models.Q(own_words="")),
                name="requirement_own_words_with_consent",
                violation_error_message="Own words are kept with the consent of the person themselves, and only so.",
            ),
            models.CheckConstraint(
                condition=models.Q(handled_at__isnull=True, handled_by__isnull=True)
                | (models.Q(handled_at__isnull=False, handled_by__isnull=False) & ~models.Q(arranged="")),
                name="requirement_handled_says_what",
                violation_error_message="What is arranged says what, when and by whom.",
            ),
        ]
        indexes = [
            models.Index(fields=["delete_after"], name="requirement_delete_after"),
            models.Index(
                fields=["priority", "attendee"],
                condition=models.Q(handled_at__isnull=True),
                name="requirement_not_handled",
            ),
        ]

    def __str__(self) -> str:
        return "A requirement is on record"

    @property
    def slugs(self) -> tuple[str, ...]:
        """The templates that were chosen."""
        return tuple(self.adjustments.get(_SLUGS, ()))

    @slugs.setter
    def slugs(self, chosen: tuple[str, ...]) -> None:
        self.adjustments = {_SLUGS: list(chosen)} if chosen else {}

    @property
    def has_own_words(self) -> bool:
        """Told by the consent, so that the words need not be fetched."""
        return self.consented_at is not None

    @property
    def is_handled(self) -> bool:
        return self.handled_at is not None

    @property
    def said_at(self) -> datetime:
        """When what is on record now was said."""
        return self.changed_at or self.created_at
