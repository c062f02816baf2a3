"""The triggers behind the change history, on the tables of every app."""

from django.db import migrations

from config.history import triggers


class Migration(migrations.Migration):
    dependencies = [
        ("site_config", "0001_extensions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("customers", "0005_changes"),
        ("bookings", "0008_staff_rights"),
        ("payments", "0002_two_ways"),
        ("invoicing", "0002_booking_confirmation"),
        ("communications", "0004_sign_in_letters"),
    ]

    operations = [migrations.RunPython(triggers.install, triggers.remove)]
