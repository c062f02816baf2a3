"""What the list of payments can be narrowed to besides its own columns, so that it stays quick among millions."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, override

from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from bookings.models import Course
from config.kernel import clock
from customers.list_filters import ChoiceFilter, Option
from payments.models import PaymentAllocation

_DAYS = 366


class CourseFilter(ChoiceFilter):
    """Payments for bookings of one course.

    They have no order of their own to be walked along: a course that is not held any more has all of its payments long
    ago, and looking for them from the newest on would pass by everybody else's. Unless days are given or something
    is searched for, its sessions of a year are found first and their payments sorted. With days they may be anywhere.
    """

    title = "course"
    parameter_name = "course"

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        return [(str(course.pk), str(course)) for course in Course.objects.order_by("name")]

    @override
    def narrowed(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        allocations = PaymentAllocation.objects.filter(Q(("booking__session__course", value)), payment=OuterRef("pk"))
        if self._is_bounded:
            since = clock.now() - timedelta(days=_DAYS)
            allocations = allocations.filter(booking__session__starts_at__gte=since)
        return rows.filter(Exists(allocations))

    @property
    def leaves_few(self) -> bool:
        """A year of one course: quicker found by its sessions than by when each of all payments was asked for."""
        return bool(self.chosen) and self._is_bounded

    @property
    def is_scattered(self) -> bool:
        """Every second payment may be for this course, or a few of ten years ago: see KeysetChangeList."""
        return bool(self.chosen) and not self._is_bounded

    @property
    def note(self) -> str:
        if not self.chosen or not self._is_bounded:
            return ""
        return (
            "Payments for sessions of the last 12 months and for those to come. Give days under “Asked for” to look "
            "further back."
        )

    @property
    def _is_bounded(self) -> bool:
        asked = (self.request.GET.get(name, "").strip() for name in ("asked_from", "asked_to", SEARCH_VAR))
        return not any(asked)
