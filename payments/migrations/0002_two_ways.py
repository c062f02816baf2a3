from django.db import migrations, models


def name_the_way(apps, _schema_editor):
    """Until now there was Stripe's own page only. Finished payments are opened no more, so they need no name."""
    payments = apps.get_model("payments", "Payment").objects.filter(status__in=["open", "processing"])
    payments.filter(checkout_expires_at__isnull=False).update(way="page")


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="stripe_form_id",
            field=models.CharField(blank=True, max_length=255, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="way",
            field=models.CharField(
                blank=True,
                choices=[("page", "Stripe’s own page"), ("form", "Form on our page")],
                editable=False,
                max_length=4,
            ),
        ),
        migrations.RunPython(name_the_way, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(stripe_checkout_id__isnull=True) | models.Q(stripe_form_id__isnull=True),
                name="payment_one_way_open",
                violation_error_message="A payment is open in one way at a time.",
            ),
        ),
    ]
