from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0008_staff_rights"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="cancel_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("customer", "The customer asked"),
                    ("mistake", "Booked by mistake"),
                    ("twice", "Booked twice"),
                    ("unpaid", "Not paid for"),
                    ("course", "We changed or called off the course"),
                    ("other", "Another reason"),
                ],
                max_length=10,
                verbose_name="cancelled because",
            ),
        ),
    ]
