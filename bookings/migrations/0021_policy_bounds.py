import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0020_policies_within_bounds"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bookingpolicy",
            name="closing_hours",
            field=models.PositiveSmallIntegerField(
                default=2,
                validators=[
                    django.core.validators.MaxValueValidator(336, message="Enter 336 or less: that’s two weeks")
                ],
                verbose_name="online booking closes before the start (hours)",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="declined_extra_minutes",
            field=models.PositiveSmallIntegerField(
                default=10,
                validators=[
                    django.core.validators.MinValueValidator(1, message="Enter 1 or more"),
                    django.core.validators.MaxValueValidator(1440, message="Enter 1440 or less: that’s a day"),
                ],
                verbose_name="extra time after a declined card (minutes)",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="extension_minutes",
            field=models.PositiveSmallIntegerField(
                default=20,
                validators=[
                    django.core.validators.MinValueValidator(1, message="Enter 1 or more"),
                    django.core.validators.MaxValueValidator(1440, message="Enter 1440 or less: that’s a day"),
                ],
                verbose_name="a hold is extended by (minutes)",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="free_move_days",
            field=models.PositiveSmallIntegerField(
                default=7,
                validators=[django.core.validators.MaxValueValidator(365, message="Enter 365 or less: that’s a year")],
                verbose_name="one free move up to (days before)",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="full_refund_days",
            field=models.PositiveSmallIntegerField(
                default=14,
                validators=[django.core.validators.MaxValueValidator(365, message="Enter 365 or less: that’s a year")],
                verbose_name="full refund up to (days before)",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="hold_minutes",
            field=models.PositiveSmallIntegerField(
                default=20,
                validators=[
                    django.core.validators.MinValueValidator(1, message="Enter 1 or more"),
                    django.core.validators.MaxValueValidator(1440, message="Enter 1440 or less: that’s a day"),
                ],
                verbose_name="places are held for (minutes)",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="max_extensions",
            field=models.PositiveSmallIntegerField(
                default=12,
                validators=[
                    django.core.validators.MinValueValidator(
                        10,
                        message="Enter 10 or more: some people need ten times as long to fill in a form (WCAG 2.2.1)",
                    )
                ],
                verbose_name="times a hold can be extended",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="max_places",
            field=models.PositiveSmallIntegerField(
                default=12,
                validators=[
                    django.core.validators.MinValueValidator(1, message="Enter 1 or more"),
                    django.core.validators.MaxValueValidator(
                        30, message="Enter 30 or less: who books for more people is better helped by telephone"
                    ),
                ],
                verbose_name="places in one online booking",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="part_refund_days",
            field=models.PositiveSmallIntegerField(
                default=7,
                validators=[django.core.validators.MaxValueValidator(365, message="Enter 365 or less: that’s a year")],
                verbose_name="part refund up to (days before)",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="part_refund_percent",
            field=models.PositiveSmallIntegerField(
                default=50,
                validators=[django.core.validators.MaxValueValidator(100, message="Enter 100 or less")],
                verbose_name="part refund (per cent)",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="payment_link_hours",
            field=models.PositiveSmallIntegerField(
                default=48,
                help_text="Counted from the booking, or from the last link that was sent. Never past the start of the "
                "course.",
                validators=[
                    django.core.validators.MinValueValidator(1, message="Enter 1 or more"),
                    django.core.validators.MaxValueValidator(336, message="Enter 336 or less: that’s two weeks"),
                ],
                verbose_name="a booking with a payment link keeps its places for (hours)",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="payment_minutes",
            field=models.PositiveSmallIntegerField(
                default=30,
                validators=[
                    django.core.validators.MinValueValidator(1, message="Enter 1 or more"),
                    django.core.validators.MaxValueValidator(1440, message="Enter 1440 or less: that’s a day"),
                ],
                verbose_name="an unpaid order keeps its places for (minutes)",
            ),
        ),
        migrations.AlterField(
            model_name="bookingpolicy",
            name="requirement_retention_days",
            field=models.PositiveSmallIntegerField(
                default=30,
                validators=[
                    django.core.validators.MaxValueValidator(
                        365, message="Enter 365 or less: what people need to take part is kept no longer than a year"
                    )
                ],
                verbose_name="requirement texts are kept after the course for (days)",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("declined_extra_minutes__gte", 1),
                    ("extension_minutes__gte", 1),
                    ("hold_minutes__gte", 1),
                    ("payment_minutes__gte", 1),
                ),
                name="policy_minutes_at_least_one",
                violation_error_message="Each number of minutes is 1 or more.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_extensions__gte", 10)),
                name="policy_ten_extensions",
                violation_error_message="A hold can be extended 10 times or more (WCAG 2.2.1).",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("payment_link_hours__gte", 1), ("payment_link_hours__lte", 336)),
                name="policy_link_hours_within_two_weeks",
                violation_error_message="A payment link keeps places for 1 to 336 hours.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_places__gte", 1), ("max_places__lte", 30)),
                name="policy_one_to_thirty_places",
                violation_error_message="One online booking has 1 to 30 places.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("part_refund_percent__lte", 100)),
                name="policy_part_refund_is_per_cent",
                violation_error_message="A part refund is between 0 and 100 per cent.",
            ),
        ),
    ]
