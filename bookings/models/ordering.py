"""Hold (places kept while someone types), Booking (the order) and Attendee (one place)."""

import uuid
from datetime import datetime

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from bookings.models.catalogue import CourseSession
from bookings.models.policy import BookingPolicy
from config.kernel import clock
from config.kernel.crypto import EncryptedJSONField
from config.kernel.searching import Words
from config.kernel.states import Transitions
from customers.models import Organisation, User


class HoldQuerySet(models.QuerySet["Hold"]):
    def live(self, now: datetime) -> "HoldQuerySet":
        """Holds that keep places at this moment."""
        return self.filter(expires_at__gt=now, ordered_at__isnull=True, released_at__isnull=True)


class Hold(models.Model):
    """Places kept for one browser while its answers are typed; the answers lie here, encrypted, and nowhere else.

    The browser proves itself with a secret of which only a hash is stored. A hold ends by being ordered (a Booking
    takes its places over), by being released, or by time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(CourseSession, on_delete=models.PROTECT, related_name="holds")
    places = models.PositiveSmallIntegerField()
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    draft = EncryptedJSONField(default=dict, editable=False)
    extensions = models.PositiveSmallIntegerField("times extended", default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    ordered_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(places__gte=1),
                name="hold_at_least_one_place",
                violation_error_message="A hold keeps at least one place.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["session", "expires_at"],
                condition=models.Q(ordered_at__isnull=True, released_at__isnull=True),
                name="hold_live",
            ),
            models.Index(fields=["expires_at"], condition=models.Q(ordered_at__isnull=True), name="hold_not_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.places} held until {clock.format_time(self.expires_at)}"

    def is_live(self, now: datetime) -> bool:
        return self.expires_at > now and self.ordered_at is None and self.released_at is None


class BookingQuerySet(models.QuerySet["Booking"]):
    def occupying(self, now: datetime) -> "BookingQuerySet":
        """Bookings whose places are taken: confirmed, or waiting for payment and not past their time.

        An imported pending booking has no time to lapse and keeps its places.
        """
        return self.filter(
            models.Q(status=Booking.Status.CONFIRMED)
            | models.Q(status=Booking.Status.PENDING, lapses_at__isnull=True)
            | models.Q(status=Booking.Status.PENDING, lapses_at__gt=now)
        )

    def lapsed(self, now: datetime) -> "BookingQuerySet":
        """Unpaid orders whose time has run out and which nobody has moved on yet."""
        return self.filter(status=Booking.Status.PENDING, lapses_at__lte=now)

    def counted(self) -> "BookingQuerySet":
        """Bookings that count for a customer: pending and confirmed."""
        return self.filter(status__in=Booking.COUNTED_STATUSES)


class Booking(models.Model):
    """One customer's order for places on one session. Its status is about places only; money and presence are apart.

    The contact fields are what was typed for this booking; the customer is who that turned out to be.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for payment"
        CONFIRMED = "confirmed", "Booked"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Ran out of time"

    class Source(models.TextChoices):
        WEBSITE = "website", "Website"
        PHONE = "phone", "Telephone"
        EMAIL = "email", "Email"
        WALK_IN = "walk-in", "Walk-in"

    class Purpose(models.TextChoices):
        """Decides whether consumer cancellation rights are shown."""

        SELF = "self", "For myself"
        WORK = "work", "For work"

    class CancelReason(models.TextChoices):
        """Chosen, not typed: what people tell of why they can't come may be about their health."""

        CUSTOMER = "customer", "The customer asked"
        MISTAKE = "mistake", "Booked by mistake"
        TWICE = "twice", "Booked twice"
        UNPAID = "unpaid", "Not paid for"
        COURSE = "course", "We changed or called off the course"
        OTHER = "other", "Another reason"

    COUNTED_STATUSES = (Status.PENDING, Status.CONFIRMED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=40, editable=False)
    reference_key = models.CharField(max_length=40, unique=True, editable=False)
    session = models.ForeignKey(CourseSession, on_delete=models.PROTECT, related_name="bookings")
    customer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bookings")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="bookings", null=True, blank=True
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    hold = models.OneToOneField(Hold, on_delete=models.SET_NULL, related_name="booking", null=True, blank=True)

    contact_first_name = models.CharField(max_length=150, blank=True)
    contact_last_name = models.CharField(max_length=150, blank=True)
    contact_email = models.CharField(max_length=254, blank=True)
    contact_phone = models.CharField(max_length=50, blank=True)
    company = models.CharField(max_length=200, blank=True)
    billing_address = models.TextField(blank=True)
    po_number = models.CharField("PO number", max_length=50, blank=True)

    # Frozen when the order is placed; gross, VAT included.
    price_per_place = models.DecimalField(max_digits=8, decimal_places=2)
    vat_rate = models.DecimalField("VAT rate (per cent)", max_digits=5, decimal_places=2)
    total = models.DecimalField("total, VAT included", max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default="GBP")

    source = models.CharField(max_length=40, choices=Source, default=Source.WEBSITE)
    purpose = models.CharField(max_length=4, choices=Purpose, blank=True)
    referral_source = models.CharField("how they heard of us", max_length=100, blank=True)
    notes = models.TextField("notes of the office", blank=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="bookings_made_for_others", null=True, blank=True
    )

    policy = models.ForeignKey(BookingPolicy, on_delete=models.PROTECT, related_name="+")
    terms_accepted_at = models.DateTimeField(null=True, blank=True)
    # A consumer's request to hold the course before their time to change their mind is over (services.consumers).
    early_start_asked_at = models.DateTimeField("asked to begin early", null=True, blank=True, editable=False)

    created_at = models.DateTimeField(default=clock.now, editable=False)
    lapses_at = models.DateTimeField("keeps unpaid places until", null=True, blank=True)
    # Where the office mails a payment link, the policy's hours count from here; on the website minutes count instead.
    link_hours_from = models.DateTimeField("hours of the payment link count from", null=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField("cancelled because", max_length=10, choices=CancelReason, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        permissions = [
            ("cancel_booking", "Can cancel bookings"),
            ("exceed_capacity", "Can book more places than a session has"),
            ("export_booking", "Can export bookings"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total__gte=0, price_per_place__gte=0),
                name="booking_total_not_negative",
                violation_error_message="A total can't be below zero.",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="confirmed") | models.Q(confirmed_at__isnull=False),
                name="booking_confirmed_has_time",
                violation_error_message="A confirmed booking says when it was confirmed.",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="cancelled") | models.Q(cancelled_at__isnull=False),
                name="booking_cancelled_has_time",
                violation_error_message="A cancelled booking says when it was cancelled.",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "status"], name="booking_session_status"),
            models.Index(fields=["customer", "-created_at"], name="booking_customer_newest"),
            models.Index(fields=["-created_at"], name="booking_newest"),
            # The bookings of the sessions still to come, in order, without a look at the bookings themselves.
            models.Index(fields=["session", "-created_at", "-id"], name="booking_session_newest"),
            models.Index(fields=["lapses_at"], condition=models.Q(status="pending"), name="booking_pending_lapse"),
            # For the statistics of whose bookings came to an end lately.
            models.Index(
                fields=["cancelled_at"], condition=models.Q(cancelled_at__isnull=False), name="booking_cancelled"
            ),
            models.Index(fields=["expired_at"], condition=models.Q(expired_at__isnull=False), name="booking_expired"),
            GinIndex(OpClass(Upper("reference"), "gin_trgm_ops"), name="booking_reference_trgm"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def contact_name(self) -> str:
        return f"{self.contact_first_name} {self.contact_last_name}".strip()


BOOKING_TRANSITIONS: Transitions[Booking.Status] = Transitions(
    {
        Booking.Status.PENDING: {Booking.Status.CONFIRMED, Booking.Status.CANCELLED, Booking.Status.EXPIRED},
        Booking.Status.CONFIRMED: {Booking.Status.CANCELLED},
        # A payment can arrive after its time: seated after all if there is room.
        Booking.Status.EXPIRED: {Booking.Status.CONFIRMED},
        Booking.Status.CANCELLED: set(),
    }
)


class Attendee(models.Model):
    """One place on a booking. A name may be given later; an attendee is not necessarily a customer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="attendees")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="places", null=True, blank=True)
    position = models.PositiveSmallIntegerField()
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    email = models.CharField(max_length=254, blank=True)
    is_booker = models.BooleanField("is the person who booked", default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["booking", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "position"],
                name="attendee_position_once",
                violation_error_message="This booking has a person in that place already.",
            ),
            models.UniqueConstraint(
                fields=["booking"],
                condition=models.Q(is_booker=True),
                name="attendee_one_booker",
                violation_error_message="Only one person on a booking can be who booked it.",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at"], name="attendee_newest"),
            GinIndex(Words("first_name", "last_name", "email"), name="attendee_words", fastupdate=False),
            # Most places are of who booked; they are found as customers.
            GinIndex(
                Words("first_name", "last_name", "email"),
                name="attendee_guest_words",
                fastupdate=False,
                condition=models.Q(is_booker=False),
            ),
            GinIndex(OpClass(Upper("email"), "gin_trgm_ops"), name="attendee_email_trgm"),
        ]

    def __str__(self) -> str:
        return self.full_name or f"Person {self.position}"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
