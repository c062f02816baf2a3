from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_what_needs_someone"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="paymentevent",
            index=models.Index(fields=["-occurred_at"], name="paymentevent_newest"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["-created_at"], name="refund_newest"),
        ),
    ]
