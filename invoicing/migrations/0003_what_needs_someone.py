"""Indexes for what the office’s first page looks for: the few rows that need a person."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0013_what_needs_someone"),
        ("invoicing", "0002_booking_confirmation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="bookingconfirmation",
            index=models.Index(
                condition=models.Q(("pdf_state", "failed")),
                fields=["pdf_next_attempt_at"],
                name="confirmation_pdf_failed",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("pdf_state", "failed")), fields=["pdf_next_attempt_at"], name="invoice_pdf_failed"
            ),
        ),
    ]
