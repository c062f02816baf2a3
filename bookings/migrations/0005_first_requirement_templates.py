"""What people can ask for to begin with. Rows only; staff change them afterwards, and a second run leaves them so."""

from django.db import migrations

_CAN_NOT_WAIT = "anaphyla\nepipen\nadrenaline\nsevere"

TEMPLATES = (
    {"slug": "step-free-access", "label": "Step-free access", "venue_fact": "step_free"},
    {"slug": "cannot-kneel", "label": "Can’t kneel or get to the floor", "hint": "We bring a raised manikin"},
    {"slug": "hearing-loop", "label": "Hearing loop", "venue_fact": "hearing_loop"},
    {"slug": "bsl-interpreter", "label": "BSL interpreter", "notice_working_days": 10, "priority": "high"},
    {"slug": "large-print", "label": "Large print handouts"},
    {"slug": "reading-or-writing", "label": "Help with reading or writing"},
    {
        "slug": "allergy",
        "label": "Allergy",
        "hint": "For example latex or nuts",
        "priority": "high",
        "critical_words": _CAN_NOT_WAIT,
    },
    {
        "slug": "health-condition",
        "label": "A health condition we should know about",
        "priority": "high",
        "critical_words": "epilep\nseizure\nheart\npacemaker",
    },
    {"slug": "assistance-dog", "label": "Assistance dog"},
    {"slug": "quiet-room", "label": "A quiet room or prayer space"},
)


def add_templates(apps, schema_editor):
    """Adds those that are missing, by slug, and touches none that is there."""
    templates = apps.get_model("bookings", "RequirementTemplate").objects.using(schema_editor.connection.alias)
    for position, fields in enumerate(TEMPLATES, start=1):
        values = {name: value for name, value in fields.items() if name != "slug"}
        templates.get_or_create(slug=fields["slug"], defaults={"position": position * 10, **values})


def remove_what_had_no_place_before(apps, schema_editor):
    """Going back: the table knew own words only, so a row of adjustments alone would be an empty one without consent.

    The templates go with their table, in the step before.
    """
    requirements = apps.get_model("bookings", "SpecialRequirement").objects.using(schema_editor.connection.alias)
    requirements.filter(consented_at=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0004_requirement_templates"),
    ]

    operations = [
        migrations.RunPython(add_templates, remove_what_had_no_place_before),
    ]
