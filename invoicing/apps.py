from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.apps.registry import apps as current_apps
from django.db.models.signals import post_migrate

# Made up, so that a first start has something to show; staff add version 2 before going live (docs/deploying.md).
MADE_UP_SUPPLIER = {
    "legal_name": "React Fast Training Ltd",
    "address": "Unit 6, Green Lane Works\nSheffield S3 8SE",
    "email": "hello@reactfast.example",
    "phone": "0114 496 0321",
    "company_number": "12345678",
    "vat_registered": True,
    "vat_number": "GB 123 4567 89",
    "bank_details": "React Fast Training Ltd\nSort code 00-00-00\nAccount 00000000",
}


class InvoicingConfig(AppConfig):
    name = "invoicing"

    def ready(self) -> None:
        post_migrate.connect(_ensure_supplier_profile, sender=self)


def _ensure_supplier_profile(*, using: str, apps: Apps = current_apps, **_kwargs: Any) -> None:
    """An invoice copies its supplier, so there is always a profile, also after a test emptied the tables."""
    profiles = apps.get_model("invoicing", "SupplierProfile").objects.using(using)
    profiles.get_or_create(version=1, defaults=MADE_UP_SUPPLIER)
