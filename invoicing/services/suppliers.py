"""Who issues our invoices, kept in versions that are never edited."""

from typing import Any

from django.db.models import Max
from django.forms.models import model_to_dict

from invoicing.models import SupplierProfile


def details_of(profile: SupplierProfile) -> dict[str, Any]:
    """What a new version starts from: everything but number and date."""
    return model_to_dict(profile, exclude=["id", "version"])


def add_version(profile: SupplierProfile) -> None:
    """Stores a new profile as the next version, which is in force from now on.

    Of two people who add one at the same moment the second is refused with an IntegrityError: they should look first.
    """
    newest: int = SupplierProfile.objects.aggregate(newest=Max("version", default=0))["newest"]
    profile.version = newest + 1
    profile.save(force_insert=True)
