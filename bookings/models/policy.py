"""The rules a booking is made under, as one versioned row that staff can replace and never edit."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from config.kernel import clock

_MINUTES_A_DAY = 24 * 60
_HOURS_OF_TWO_WEEKS = 14 * 24
_DAYS_A_YEAR = 365
# A browser can't wait longer than that to say that places are not kept for much longer.
LONGEST_LINK_HOURS = _HOURS_OF_TWO_WEEKS
# WCAG 2.2.1: who is slower must be able to make a time limit ten times as long.
FEWEST_EXTENSIONS = 10
# The steps of a booking ask up to a dozen things of everybody, and a form of more than 400 fields is refused whole.
MOST_PLACES = 30

DEFAULT_TERMS = """\
Your places are booked once they are paid for.

If your plans change, you can swap a name free of charge until the day of the course. You can move to another date \
once without charge, and cancel for a refund, within the times shown when you booked and on your booking page.

If we have to cancel a course, you choose between another date and all of your money back.
"""


def _at_least(number: int, *, why: str = "") -> MinValueValidator:
    return MinValueValidator(number, message=f"Enter {number} or more" + (f": {why}" if why else ""))


def _at_most(number: int, *, why: str = "") -> MaxValueValidator:
    return MaxValueValidator(number, message=f"Enter {number} or less" + (f": {why}" if why else ""))


_MINUTES = (_at_least(1), _at_most(_MINUTES_A_DAY, why="that’s a day"))
_DAYS = (_at_most(_DAYS_A_YEAR, why="that’s a year"),)


class BookingPolicy(models.Model):
    """The newest version is in force; a booking keeps the version it was made under. Defaults: DOMAIN section 2.

    The database refuses what the booking could not work with, the form besides what must be a slip of the finger.
    """

    version = models.PositiveIntegerField(unique=True)
    hold_minutes = models.PositiveSmallIntegerField("places are held for (minutes)", default=20, validators=_MINUTES)
    extension_minutes = models.PositiveSmallIntegerField(
        "a hold is extended by (minutes)", default=20, validators=_MINUTES
    )
    max_extensions = models.PositiveSmallIntegerField(
        "times a hold can be extended",
        default=12,
        validators=[
            _at_least(FEWEST_EXTENSIONS, why="some people need ten times as long to fill in a form (WCAG 2.2.1)"),
        ],
    )
    declined_extra_minutes = models.PositiveSmallIntegerField(
        "extra time after a declined card (minutes)", default=10, validators=_MINUTES
    )
    payment_minutes = models.PositiveSmallIntegerField(
        "an unpaid order keeps its places for (minutes)", default=30, validators=_MINUTES
    )
    payment_link_hours = models.PositiveSmallIntegerField(
        "a booking with a payment link keeps its places for (hours)",
        default=48,
        validators=[_at_least(1), _at_most(LONGEST_LINK_HOURS, why="that’s two weeks")],
        help_text="Counted from the booking, or from the last link that was sent. Never past the start of the course.",
    )
    closing_hours = models.PositiveSmallIntegerField(
        "online booking closes before the start (hours)",
        default=2,
        validators=[_at_most(_HOURS_OF_TWO_WEEKS, why="that’s two weeks")],
    )
    max_places = models.PositiveSmallIntegerField(
        "places in one online booking",
        default=12,
        validators=[_at_least(1), _at_most(MOST_PLACES, why="who books for more people is better helped by telephone")],
    )
    full_refund_days = models.PositiveSmallIntegerField("full refund up to (days before)", default=14, validators=_DAYS)
    part_refund_days = models.PositiveSmallIntegerField("part refund up to (days before)", default=7, validators=_DAYS)
    part_refund_percent = models.PositiveSmallIntegerField(
        "part refund (per cent)", default=50, validators=[_at_most(100)]
    )
    free_move_days = models.PositiveSmallIntegerField("one free move up to (days before)", default=7, validators=_DAYS)
    requirement_retention_days = models.PositiveSmallIntegerField(
        "requirement texts are kept after the course for (days)",
        default=30,
        validators=[_at_most(_DAYS_A_YEAR, why="what people need to take part is kept no longer than a year")],
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
            models.CheckConstraint(
                condition=models.Q(
                    hold_minutes__gte=1, extension_minutes__gte=1, declined_extra_minutes__gte=1, payment_minutes__gte=1
                ),
                name="policy_minutes_at_least_one",
                violation_error_message="Each number of minutes is 1 or more.",
            ),
            models.CheckConstraint(
                condition=models.Q(max_extensions__gte=FEWEST_EXTENSIONS),
                name="policy_ten_extensions",
                violation_error_message="A hold can be extended 10 times or more (WCAG 2.2.1).",
            ),
            models.CheckConstraint(
                condition=models.Q(payment_link_hours__gte=1, payment_link_hours__lte=LONGEST_LINK_HOURS),
                name="policy_link_hours_within_two_weeks",
                violation_error_message="A payment link keeps places for 1 to 336 hours.",
            ),
            models.CheckConstraint(
                condition=models.Q(max_places__gte=1, max_places__lte=MOST_PLACES),
                name="policy_one_to_thirty_places",
                violation_error_message="One online booking has 1 to 30 places.",
            ),
            models.CheckConstraint(
                condition=models.Q(part_refund_percent__lte=100),
                name="policy_part_refund_is_per_cent",
                violation_error_message="A part refund is between 0 and 100 per cent.",
            ),
        ]

    def __str__(self) -> str:
        return f"Terms version {self.version}"
