"""Which of the needs only people themselves can tick, because they say something about health."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0016_ended_lately"),
    ]

    operations = [
        migrations.AddField(
            model_name="requirementtemplate",
            name="for_oneself_only",
            field=models.BooleanField(
                default=False,
                help_text="It says something about somebody’s health, which nobody can tell us for a colleague.",
                verbose_name="only people themselves can choose it",
            ),
        ),
    ]
