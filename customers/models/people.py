"""People, the organisations they belong to, and what is remembered about them."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from config.kernel import clock
from config.kernel.append_only import AppendOnlyModel
from config.kernel.searching import PhoneDigits, Words
from customers.email_keys import email_key


class Tag(models.Model):
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address in whatever spelling; what is no address at all is nobody's."""
        key = email_key(username)
        if key is None:
            # get(email_key=None) would look for IS NULL and find the people without an address.
            raise self.model.DoesNotExist("No email address, no person.")
        return self.get(email_key=key)

    def create_user(self, email: str = "", password: str | None = None, **fields: Any) -> "User":
        """A person; without a password (every customer) nobody can log in as them."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email_key: str, password: str | None = None, **fields: Any) -> "User":
        """For `manage.py createsuperuser`, which asks for the USERNAME_FIELD."""
        return self.create_user(
            email=email_key, password=password, kind=User.Kind.ADMIN, is_staff=True, is_superuser=True, **fields
        )


class User(AbstractBaseUser, PermissionsMixin):
    """Every person: customer, instructor or member of staff. `email` is as typed, `email_key` decides who it is."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        INSTRUCTOR = "instructor", "Instructor"
        ADMIN = "admin", "Office"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.CUSTOMER)
    email = models.CharField("email address", max_length=254, blank=True)
    email_key = models.CharField(
        # The log-in form shows this name: people type their address there in whatever case they like.
        "email address",
        max_length=254,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        error_messages={"unique": "There is already a person with this email address."},
    )
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    phone = models.CharField("telephone", max_length=50, blank=True)
    company = models.CharField("company, as they typed it", max_length=200, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="people")
    is_staff = models.BooleanField("may log in to the office", default=False)
    is_active = models.BooleanField("may log in at all", default=True)
    session_round = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email_key"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["last_name", "first_name", "id"]
        permissions = [("manage_staff", "Can let people into the office and say what they may do there")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email="", email_key__isnull=True)
                | (~models.Q(email="") & models.Q(email_key__isnull=False)),
                name="user_email_and_key_together",
                violation_error_message="An email address and its key are stored together.",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="customer", is_staff=True),
                name="user_customer_is_not_staff",
                violation_error_message="A customer can't log in to the office. Change the kind of person first.",
            ),
        ]
        indexes = [
            models.Index(fields=["last_name", "first_name", "id"], name="user_in_order"),
            models.Index(Upper("last_name"), Upper("first_name"), name="user_whole_name"),
            models.Index(fields=["id"], condition=models.Q(is_staff=True), name="user_staff"),
            # Without a list of what is not in the index yet, which every search would have to read besides.
            GinIndex(Words("first_name", "last_name", "company", "email"), name="user_words", fastupdate=False),
            GinIndex(OpClass(PhoneDigits("phone"), "gin_trgm_ops"), name="user_phone_digits", fastupdate=False),
            GinIndex(OpClass(Upper("email"), "gin_trgm_ops"), name="user_email_trgm"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or "Unknown person"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def clean(self) -> None:
        super().clean()
        self.email_key = email_key(self.email)

    def save(self, *args: Any, **kwargs: Any) -> None:
        # The key follows the address wherever it is saved; a bulk update must set both (the constraint sees to it).
        self.email_key = email_key(self.email)
        if self.email_key is None:
            self.email = ""
        fields = kwargs.get("update_fields")
        if fields is not None and "email" in fields:
            kwargs["update_fields"] = {*fields, "email_key"}
        super().save(*args, **kwargs)

    def get_session_auth_hash(self) -> str:
        """A log-in to the office lasts until this changes: with the password, or when `session_round` is raised."""
        return f"{super().get_session_auth_hash()}{self.session_round}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for fallback in super().get_session_auth_fallback_hash():
            yield f"{fallback}{self.session_round}"

    def get_short_name(self) -> str:
        return self.first_name or self.full_name

    def get_full_name(self) -> str:
        return self.full_name


class Organisation(models.Model):
    """A company, apart from the people who work there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    billing_email = models.CharField("email for invoices", max_length=254, blank=True)
    billing_address = models.TextField(blank=True)
    po_required = models.BooleanField("needs a PO number on every booking", default=False)
    may_pay_later = models.BooleanField("may pay on account", default=False)
    payment_terms_days = models.PositiveSmallIntegerField(default=30)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["name"]
        indexes = [GinIndex(Words("name"), name="organisation_words", fastupdate=False)]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person at an organisation, with its dates. An organiser books for colleagues."""

    class Role(models.TextChoices):
        MEMBER = "member", "Member"
        ORGANISER = "organiser", "Organiser"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    started_on = models.DateField(default=clock.london_today)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=models.Q(ended_on__isnull=True),
                name="membership_one_current",
                violation_error_message="This person is a member of this organisation already.",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=models.F("started_on")),
                name="membership_ends_after_start",
                violation_error_message="A membership can't end before it started.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.organisation}"


class Note(models.Model):
    """What staff wrote about a person. It can be put right; former wordings are in the change history."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notes")
    body = models.TextField()
    pinned = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notes_written", null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    edited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    class Meta:
        ordering = ["-pinned", "-created_at", "-id"]

    def __str__(self) -> str:
        return self.body[:60]


class Activity(AppendOnlyModel):
    """One line of a person's timeline. It names its subject as text and never holds health text."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=40)
    summary = models.CharField(max_length=300)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_key = models.CharField(max_length=64, blank=True)
    actor_kind = models.CharField(max_length=10)
    actor_label = models.CharField(max_length=150, blank=True)
    actor_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    occurred_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "activity"
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-occurred_at"], name="activity_timeline"),
            models.Index(fields=["-occurred_at"], name="activity_newest"),
            models.Index(fields=["subject_kind", "subject_key"], name="activity_subject"),
        ]

    def __str__(self) -> str:
        return self.summary


class CustomerStatistics(models.Model):
    """One row a customer, always recomputed whole (customers/flows/statistics/ holds the definition)."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="statistics")
    bookings_count = models.PositiveIntegerField("bookings", default=0)
    places_count = models.PositiveIntegerField("places", default=0)
    first_booked_at = models.DateTimeField(null=True)
    last_booked_at = models.DateTimeField(null=True)
    paid_total = models.DecimalField("paid", max_digits=12, decimal_places=2, default=0)
    refunded_total = models.DecimalField("refunded", max_digits=12, decimal_places=2, default=0)
    net_paid_total = models.DecimalField("net paid", max_digits=12, decimal_places=2, default=0)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "customer statistics"

    def __str__(self) -> str:
        return f"{self.bookings_count} bookings"
