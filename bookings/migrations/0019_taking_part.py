"""Words only: where staff see what they write, and how they shape it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0018_health_for_oneself_only"),
    ]

    operations = [
        migrations.AlterField(
            model_name="course",
            name="description",
            field=models.TextField(
                "what taking part is like",
                blank=True,
                help_text="Under “Taking part” on the course’s page. An empty line begins a paragraph; lines that "
                "begin with a hyphen become a list.",
            ),
        ),
    ]
