"""Indexes for what the office’s first page looks for: the few rows that need a person."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0013_what_needs_someone"),
        ("payments", "0003_dashboard_refunds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="discrepancy",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", True)), fields=["created_at"], name="discrepancy_open"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(condition=models.Q(("status", "succeeded")), fields=["paid_at"], name="payment_paid"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(condition=models.Q(("status", "failed")), fields=["created_at"], name="refund_failed"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("status", "succeeded")), fields=["finished_at"], name="refund_succeeded"
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("reason", "dashboard")), fields=["booking"], name="refund_dashboard"
            ),
        ),
        migrations.AddIndex(
            model_name="stripeevent",
            index=models.Index(
                condition=models.Q(("state", "failed")), fields=["received_at"], name="stripeevent_failed"
            ),
        ),
    ]
