"""Versions of the booking policy. One that bookings were made under is never edited."""

from typing import Any

from django.db.models import Max
from django.forms.models import model_to_dict

from bookings.models import BookingPolicy


def details_of(policy: BookingPolicy) -> dict[str, Any]:
    """What a new version starts from: everything but number and date."""
    return model_to_dict(policy, exclude=["id", "version"])


def add_version(policy: BookingPolicy) -> None:
    """Stores a new policy as the next version, which is in force from now on.

    Of two people who add one at the same moment the second is refused with an IntegrityError: they should look first.
    """
    newest: int = BookingPolicy.objects.aggregate(newest=Max("version", default=0))["newest"]
    policy.version = newest + 1
    policy.save(force_insert=True)
