"""Letters that warn members of staff when how they log in was changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0009_what_needs_someone"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="done_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="when it was done"),
        ),
        migrations.AddField(
            model_name="message",
            name="done_by",
            field=models.CharField(blank=True, editable=False, max_length=150, verbose_name="who did it"),
        ),
        migrations.AddField(
            model_name="message",
            name="log_in_change",
            field=models.CharField(
                blank=True,
                choices=[
                    ("device_set_up", "Second factor set up"),
                    ("device_replaced", "Second factor moved to another device"),
                    ("device_removed", "Second factor removed"),
                    ("codes_replaced", "New recovery codes made"),
                    ("codes_used_up", "Last recovery code used"),
                    ("password_changed", "Password changed"),
                ],
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("booking_confirmation", "Booking confirmation"),
                    ("joining_instructions", "Joining instructions"),
                    ("invoice", "Invoice"),
                    ("no_place_refund", "Apology: paid after the places had gone"),
                    ("booking_cancelled", "Booking cancelled"),
                    ("place_cancelled", "Place cancelled"),
                    ("refund_sent", "A refund is on its way"),
                    ("sign_in", "Link to sign in"),
                    ("office_letter", "Letter from the office"),
                    ("payment_link", "Payment link"),
                    ("log_in_changed", "Warning: a log-in to the office was changed"),
                ],
                max_length=30,
            ),
        ),
    ]
