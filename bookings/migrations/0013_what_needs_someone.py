"""Indexes for what the office’s first page looks for: the few rows that need a person."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0012_attendee_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="coursesession",
            index=models.Index(
                condition=models.Q(("status__in", ["tentative", "confirmed"])),
                fields=["ends_at"],
                name="session_open_end",
            ),
        ),
        migrations.AddIndex(
            model_name="sessionday",
            index=models.Index(fields=["starts_at"], name="sessionday_start"),
        ),
    ]
