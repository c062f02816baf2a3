"""The rules a booking is made under, as one versioned row that staff can replace and never edit."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from config.kernel import clock

# A browser can't wait longer than that to say that places are not kept for much longer.
LONGEST_LINK_HOURS = 14 * 24

DEFAULT_TERMS = """\
Your places are booked once they are paid for.

If your plans change, you can swap a name free of charge until the day of the course. You can move to another date \
once without charge, and cancel for a refund, within the times shown when you booked and on your booking page.

If we have to cancel a course, you choose between another date and all of your money back.
"""


class BookingPolicy(models.Model):
    """The newest version is in force; a booking keeps the version it was made under. Defaults: DOMAIN section 2."""

    version = models.PositiveIntegerField(unique=True)
    hold_minutes = models.PositiveSmallIntegerField("places are held for (minutes)", default=20)
    extension_minutes = models.PositiveSmallIntegerField("a hold is extended by (minutes)", default=20)
    max_extensions = models.PositiveSmallIntegerField("times a hold can be extended", default=12)
    declined_extra_minutes = models.PositiveSmallIntegerField("extra time after a declined card (minutes)", default=10)
    payment_minutes = models.PositiveSmallIntegerField("an unpaid order keeps its places for (minutes)", default=30)
    payment_link_hours = models.PositiveSmallIntegerField(
        "a booking with a payment link keeps its places for (hours)",
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_LINK_HOURS)],
        help_text="Counted from the booking, or from the last link that was sent. Never past the start of the course.",
    )
    closing_hours = models.PositiveSmallIntegerField("online booking closes before the start (hours)", default=2)
    max_places = models.PositiveSmallIntegerField("places in one online booking", default=12)
    full_refund_days = models.PositiveSmallIntegerField("full refund up to (days before)", default=14)
    part_refund_days = models.PositiveSmallIntegerField("part refund up to (days before)", default=7)
    part_refund_percent = models.PositiveSmallIntegerField(
        "part refund (per cent)", default=50, validators=[MaxValueValidator(100)]
    )
    free_move_days = models.PositiveSmallIntegerField("one free move up to (days before)", default=7)
    requirement_retention_days = models.PositiveSmallIntegerField(
        "requirement texts are kept after the course for (days)", default=30
    )
    terms = models.TextField("booking terms", default=DEFAULT_TERMS)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name_plural = "booking policies"
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(part_refund_days__lte=models.F("full_refund_days")),
                name="policy_part_refund_after_full",
                violation_error_message="The part refund can't end before the full refund does.",
            ),
        ]

    def __str__(self) -> str:
        return f"Terms version {self.version}"
