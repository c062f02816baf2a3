"""What people confided, removed when its time has come."""

from datetime import date

from bookings.models import SpecialRequirement


def remove_due_requirements(*, today: date, limit: int) -> int:
    """Deletes requirements from the day on which they were promised to go, at most `limit` of them; says how many."""
    due = SpecialRequirement.objects.filter(delete_after__lte=today).order_by("delete_after").values("pk")[:limit]
    removed, _ = SpecialRequirement.objects.filter(pk__in=due).delete()
    return removed
