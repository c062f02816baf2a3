from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0013_what_needs_someone"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["session", "-created_at", "-id"], name="booking_session_newest"),
        ),
        migrations.AddIndex(
            model_name="coursesession",
            index=models.Index(fields=["starts_at", "id"], name="session_start"),
        ),
        migrations.AddIndex(
            model_name="coursesession",
            index=models.Index(fields=["ends_at"], name="session_end"),
        ),
    ]
