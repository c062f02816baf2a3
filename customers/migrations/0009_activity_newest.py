from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_search"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["-occurred_at"], name="activity_newest"),
        ),
    ]
