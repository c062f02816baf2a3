"""Indexes for what the office’s first page looks for: the few rows that need a person."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0013_what_needs_someone"),
        ("communications", "0008_payment_link"),
        ("customers", "0008_search"),
        ("invoicing", "0003_what_needs_someone"),
        ("payments", "0004_what_needs_someone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ["bounced", "failed"])), fields=["created_at"], name="message_lost"
            ),
        ),
    ]
