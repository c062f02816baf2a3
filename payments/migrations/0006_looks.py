from django.db import migrations, models

import config.kernel.clock


class Migration(migrations.Migration):
    """Every unfinished payment there is becomes due once; from then on its pauses grow."""

    dependencies = [
        ("payments", "0005_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="next_look_at",
            field=models.DateTimeField(default=config.kernel.clock.now, editable=False),
        ),
        migrations.AddField(
            model_name="payment",
            name="looks",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("method", "card"), ("status__in", ["open", "processing"])),
                fields=["next_look_at"],
                name="payment_next_look",
            ),
        ),
    ]
