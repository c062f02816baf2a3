from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.apps.registry import apps as current_apps
from django.db.models.signals import post_migrate


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self) -> None:
        post_migrate.connect(_ensure_policy, sender=self)


def _ensure_policy(*, using: str, apps: Apps = current_apps, **_kwargs: Any) -> None:
    """A booking names the policy it was made under, so there is always one, also after a test emptied the tables."""
    apps.get_model("bookings", "BookingPolicy").objects.using(using).get_or_create(version=1)
