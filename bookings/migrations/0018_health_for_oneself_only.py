"""Rows only: the two needs of the first list that say something about health. Staff change them afterwards."""

from django.db import migrations

ABOUT_HEALTH = ("allergy", "health-condition")


def keep_health_to_oneself(apps, schema_editor):
    templates = apps.get_model("bookings", "RequirementTemplate").objects.using(schema_editor.connection.alias)
    templates.filter(slug__in=ABOUT_HEALTH).update(for_oneself_only=True)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0017_for_oneself_only"),
    ]

    operations = [
        # Back: the column goes with the step before.
        migrations.RunPython(keep_health_to_oneself, migrations.RunPython.noop),
    ]
