from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0007_message_refund"),
    ]

    operations = [
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
                ],
                max_length=30,
            ),
        ),
    ]
