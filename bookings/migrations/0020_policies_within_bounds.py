"""Rows only: policies that could be stored before their numbers had bounds. Nobody gets less time than they were told."""

from django.db import migrations

BOUNDS = {
    "hold_minutes": (1, None),
    "extension_minutes": (1, None),
    "declined_extra_minutes": (1, None),
    "payment_minutes": (1, None),
    "max_extensions": (10, None),
    "payment_link_hours": (1, 336),
    "max_places": (1, 30),
    "part_refund_percent": (0, 100),
}


def bring_within_bounds(apps, schema_editor):
    policies = apps.get_model("bookings", "BookingPolicy").objects.using(schema_editor.connection.alias)
    for name, (least, most) in BOUNDS.items():
        policies.filter(**{f"{name}__lt": least}).update(**{name: least})
        if most is not None:
            policies.filter(**{f"{name}__gt": most}).update(**{name: most})


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0019_taking_part"),
    ]

    operations = [
        # Back: what was out of bounds is not wanted back.
        migrations.RunPython(bring_within_bounds, migrations.RunPython.noop),
    ]
