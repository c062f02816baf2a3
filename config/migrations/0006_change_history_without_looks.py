"""When Stripe is asked about a payment is book-keeping: it stays out of the change history."""

from django.db import migrations

from config.history import triggers


class Migration(migrations.Migration):
    dependencies = [
        ("site_config", "0005_words_have_an_end"),
        ("payments", "0006_looks"),
    ]

    operations = [migrations.RunPython(triggers.install, migrations.RunPython.noop)]
