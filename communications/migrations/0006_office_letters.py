from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0005_cancelling_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="typed_subject",
            field=models.CharField(blank=True, editable=False, max_length=150, verbose_name="subject, as typed"),
        ),
        migrations.AddField(
            model_name="message",
            name="typed_text",
            field=models.TextField(blank=True, editable=False, verbose_name="text, as typed"),
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
                ],
                max_length=30,
            ),
        ),
    ]
