from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0005_first_requirement_templates"),
    ]

    operations = [
        migrations.AddField(
            model_name="course",
            name="practised",
            field=models.TextField(blank=True, verbose_name="what people practise, one thing a line"),
        ),
    ]
