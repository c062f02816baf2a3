"""Courses, venues and the dated sessions of a course."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from config.kernel import clock
from config.kernel.states import Transitions
from customers.models import User

# How long a cancelled session still stands in the lists (design language, section 4, Availability).
CANCELLED_SHOWN_DAYS = 14


class Course(models.Model):
    """What is taught. Prices are for one place, VAT included."""

    class Family(models.TextChoices):
        """Which pictogram stands for it."""

        EMERGENCY = "emergency", "Emergency first aid"
        THREE_DAY = "three-day", "First aid at work"
        REQUALIFICATION = "requalification", "Requalification"
        PAEDIATRIC = "paediatric", "Paediatric"
        DEFIBRILLATOR = "defibrillator", "CPR and defibrillator"
        OUTDOOR = "outdoor", "Outdoor"
        MENTAL_HEALTH = "mental-health", "Mental health"

    class Need(models.TextChoices):
        """The heading it stands under in the catalogue."""

        WORK = "work", "For your workplace"
        CHILDREN = "children", "For people who look after children"
        EVERYONE = "everyone", "For everyone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    summary = models.CharField("who it is for, in one line", max_length=200)
    description = models.TextField(
        "what taking part is like",
        blank=True,
        help_text="Under “Taking part” on the course’s page. An empty line begins a paragraph; lines that begin with "
        "a hyphen become a list.",
    )
    practised = models.TextField("what people practise, one thing a line", blank=True)
    bring = models.TextField("what to bring and wear", blank=True)
    family = models.CharField(max_length=20, choices=Family, default=Family.EMERGENCY)
    need = models.CharField(max_length=12, choices=Need, default=Need.WORK)
    days = models.PositiveSmallIntegerField("days", default=1, validators=[MinValueValidator(1)])
    contact_hours = models.DecimalField(max_digits=4, decimal_places=1)
    certificate_months = models.PositiveSmallIntegerField("certificate valid for (months)", null=True, blank=True)
    price = models.DecimalField(
        "price of a place, VAT included", max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    vat_rate = models.DecimalField(
        "VAT rate (per cent)",
        max_digits=5,
        decimal_places=2,
        default=Decimal("20.00"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    is_published = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("bookings:course", args=[self.slug])


class Venue(models.Model):
    """A place to meet, with the facts about access that people look for beside the date."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    address = models.CharField("street address", max_length=200)
    town = models.CharField(max_length=80)
    postcode = models.CharField(max_length=10)
    directions = models.TextField("how to find it", blank=True)
    step_free = models.BooleanField("step-free access", default=False)
    hearing_loop = models.BooleanField(default=False)
    parking = models.BooleanField("parking on site", default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["town", "name"]

    def __str__(self) -> str:
        return f"{self.name}, {self.town}"

    @property
    def full_address(self) -> str:
        return f"{self.name}, {self.address}, {self.town} {self.postcode}"

    @property
    def map_url(self) -> str:
        """Where a map of it is found by its address; a telephone opens it in its own maps."""
        return f"https://www.google.com/maps/search/?{urlencode({'api': 1, 'query': self.full_address})}"


class SessionQuerySet(models.QuerySet["CourseSession"]):
    def on_sale(self, now: datetime) -> "SessionQuerySet":
        """Listed sessions that have not begun. Whether there is room, and whether booking has closed, is derived."""
        return self.filter(
            status__in=CourseSession.OPEN_STATUSES, is_private=False, course__is_published=True, starts_at__gt=now
        )

    def listed(self, now: datetime) -> "SessionQuerySet":
        """Those on sale, and those cancelled in the last 14 days, so that nobody looks for one in vain."""
        lately = now - timedelta(days=CANCELLED_SHOWN_DAYS)
        shown = models.Q(status__in=CourseSession.OPEN_STATUSES) | models.Q(
            status=CourseSession.Status.CANCELLED, cancelled_at__gt=lately
        )
        return self.filter(shown, is_private=False, course__is_published=True, starts_at__gt=now)


class CourseSession(models.Model):
    """One dated run of a course; a three-day course is one session of three days."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        TENTATIVE = "tentative", "Tentative"
        CONFIRMED = "confirmed", "Confirmed"
        CANCELLED = "cancelled", "Cancelled"
        COMPLETED = "completed", "Completed"

    # In these people may book; "full" and "running" are derived, never stored.
    OPEN_STATUSES = (Status.TENTATIVE, Status.CONFIRMED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=20, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="sessions", null=True, blank=True)
    instructors = models.ManyToManyField(
        User, related_name="sessions_taught", blank=True, limit_choices_to={"kind": User.Kind.INSTRUCTOR}
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    is_private = models.BooleanField("not listed publicly", default=False)
    capacity = models.PositiveSmallIntegerField("places")
    price = models.DecimalField(
        "price of a place, VAT included", max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    vat_rate = models.DecimalField(
        "VAT rate (per cent)",
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    # First start and last end of the days, set with them by services.scheduling.set_days.
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    # Unknown for what was cancelled before this was noted.
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session"
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="session_ends_after_start",
                violation_error_message="A session can't end before it starts.",
            ),
            models.CheckConstraint(
                condition=models.Q(price__gte=0),
                name="session_price_not_negative",
                violation_error_message="A price can't be below zero.",
            ),
            models.CheckConstraint(
                condition=models.Q(vat_rate__gte=0, vat_rate__lte=100),
                name="session_vat_rate_is_per_cent",
                violation_error_message="A VAT rate is between 0 and 100 per cent.",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "starts_at"], name="session_status_start"),
            models.Index(fields=["course", "starts_at"], name="session_course_start"),
            models.Index(fields=["starts_at", "id"], name="session_start"),
            models.Index(fields=["ends_at"], name="session_end"),
            models.Index(
                fields=["ends_at"], condition=models.Q(status__in=["tentative", "confirmed"]), name="session_open_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} on {clock.format_short_date(clock.london_date(self.starts_at))} ({self.code})"


SESSION_TRANSITIONS: Transitions[CourseSession.Status] = Transitions(
    {
        CourseSession.Status.DRAFT: {CourseSession.Status.TENTATIVE, CourseSession.Status.CONFIRMED},
        CourseSession.Status.TENTATIVE: {CourseSession.Status.CONFIRMED, CourseSession.Status.CANCELLED},
        CourseSession.Status.CONFIRMED: {CourseSession.Status.CANCELLED, CourseSession.Status.COMPLETED},
    }
)


class SessionDay(models.Model):
    """One meeting of a session, as aware instants."""

    session = models.ForeignKey(CourseSession, on_delete=models.CASCADE, related_name="days")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "starts_at"],
                name="sessionday_once",
                violation_error_message="This session has a day that starts then already.",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="sessionday_ends_after_start",
                violation_error_message="A day can't end before it starts.",
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="sessionday_start")]

    def __str__(self) -> str:
        return clock.format_date(clock.london_date(self.starts_at))
