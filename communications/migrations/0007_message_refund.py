import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0006_office_letters"),
        ("payments", "0003_dashboard_refunds"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="refund",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="payments.refund",
            ),
        ),
    ]
