from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0014_lists")]

    operations = [
        migrations.AddIndex(
            model_name="attendee",
            index=models.Index(fields=["-created_at"], name="attendee_newest"),
        ),
    ]
