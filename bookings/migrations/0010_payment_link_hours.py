import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0009_cancel_reason"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="link_hours_from",
            field=models.DateTimeField(editable=False, null=True, verbose_name="hours of the payment link count from"),
        ),
        migrations.AddField(
            model_name="bookingpolicy",
            name="payment_link_hours",
            field=models.PositiveSmallIntegerField(
                default=48,
                help_text="Counted from the booking, or from the last link that was sent. Never past the start of the "
                "course.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(336),
                ],
                verbose_name="a booking with a payment link keeps its places for (hours)",
            ),
        ),
    ]
