"""What was arranged for a requirement, and how urgent each is: worked out here for those on record already."""

import re

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kernel.crypto

_RISING = ("standard", "high", "critical")


def work_out_priorities(apps, schema_editor):
    """By the rule of services.priorities, as it was when this was written."""
    alias = schema_editor.connection.alias
    templates = list(apps.get_model("bookings", "RequirementTemplate").objects.using(alias))
    requirements = apps.get_model("bookings", "SpecialRequirement").objects.using(alias)
    of_slug = {template.slug: template.priority for template in templates}
    alarms = [word.strip().casefold() for template in templates for word in template.critical_words.splitlines()]
    for requirement in requirements.only("adjustments", "own_words").iterator():
        words = requirement.own_words.casefold()
        slugs = requirement.adjustments.get("slugs", ())
        priority = max((of_slug.get(slug, "standard") for slug in slugs), key=_RISING.index, default="standard")
        if any(alarm and re.search(rf"\b{re.escape(alarm)}", words) for alarm in alarms):
            priority = "critical"
        if priority != "standard":
            requirements.filter(pk=requirement.pk).update(priority=priority)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0010_payment_link_hours"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="specialrequirement",
            name="arranged",
            field=config.kernel.crypto.EncryptedTextField(default="", editable=False, verbose_name="what was arranged"),
        ),
        migrations.AddField(
            model_name="specialrequirement",
            name="handled_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="arranged at"),
        ),
        migrations.AddField(
            model_name="specialrequirement",
            name="handled_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="arranged by",
            ),
        ),
        migrations.AddField(
            model_name="specialrequirement",
            name="priority",
            field=models.CharField(
                choices=[("critical", "Critical"), ("high", "High"), ("standard", "Standard")],
                default="standard",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="specialrequirement",
            name="reopen_reason",
            field=config.kernel.crypto.EncryptedTextField(
                default="", editable=False, verbose_name="why it is to be arranged again"
            ),
        ),
        migrations.AddConstraint(
            model_name="specialrequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(handled_at__isnull=True, handled_by__isnull=True)
                | (models.Q(handled_at__isnull=False, handled_by__isnull=False) & ~models.Q(arranged="")),
                name="requirement_handled_says_what",
                violation_error_message="What is arranged says what, when and by whom.",
            ),
        ),
        migrations.AddIndex(
            model_name="specialrequirement",
            index=models.Index(
                condition=models.Q(("handled_at__isnull", True)),
                fields=["priority", "attendee"],
                name="requirement_not_handled",
            ),
        ),
        migrations.RunPython(work_out_priorities, migrations.RunPython.noop),
    ]
