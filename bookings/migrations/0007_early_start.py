from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0006_course_practised"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="early_start_asked_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="asked to begin early"),
        ),
    ]
