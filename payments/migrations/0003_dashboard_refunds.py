from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_two_ways"),
    ]

    operations = [
        migrations.AlterField(
            model_name="discrepancy",
            name="kind",
            field=models.CharField(
                choices=[
                    ("unknown_payment", "Money with no payment of ours"),
                    ("unknown_refund", "A refund of no payment of ours"),
                    ("amount", "Another amount than asked"),
                    ("currency", "Another currency than asked"),
                    ("booking", "Names another booking"),
                    ("paid_twice", "Paid although nothing was due"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="reason",
            field=models.CharField(
                choices=[
                    ("no_place", "Paid after the places had gone"),
                    ("cancelled", "Booking cancelled"),
                    ("goodwill", "Goodwill"),
                    ("duplicate", "Paid twice"),
                    ("dashboard", "Made in Stripe’s Dashboard"),
                ],
                max_length=12,
            ),
        ),
    ]
