"""What the list of bookings can be narrowed to, so that each choice stays quick among millions."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, override

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from bookings.admin.coming import ComingFilter
from config.kernel import clock
from customers.list_filters import ChoiceFilter, DateFilter, Option
from payments.money_states import MoneyState, in_money_state

_DUE_DAYS = 366
_FEW_DAYS = 400


class WhenFilter(ComingFilter):
    ends_at = "session__ends_at"
    whole_when = ("customer", "session", "organisation", "booked", "starts")

    @property
    def leaves_few(self) -> bool:
        """Of all that was ever booked, little is still to come."""
        return self.chosen == "coming"

    @property
    def note(self) -> str:
        if self.chosen != "coming":
            return ""
        return (
            "Bookings for sessions that are not over yet, the newest first. Choose “All” under Sessions for the rest."
        )


class StartsFilter(DateFilter):
    title = "session starts"
    name = "starts"
    field = "session__starts_at"

    @property
    def leaves_few(self) -> bool:
        """A year or so of sessions, perhaps long ago: quicker found by their dates than by when they were booked."""
        first, last = self.days["from"], self.days["to"] or clock.london_today()
        return first is not None and last - first < timedelta(days=_FEW_DAYS)


class PlacesFilter(ChoiceFilter):
    title = "places"
    parameter_name = "places"

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        return [("1", "1"), ("2-5", "2 to 5"), ("6-12", "6 to 12"), ("13", "13 or more")]

    @override
    def condition(self, value: str) -> Q:
        fewest, _, most = value.partition("-")
        if value == "1":
            return Q(places=1)
        return Q(places__gte=int(fewest), places__lte=int(most)) if most else Q(places__gte=int(fewest))


class MoneyFilter(ChoiceFilter):
    """What is due has no rows of its own to be found by, so of all bookings ever made those of a year are looked at."""

    title = "money"
    parameter_name = "money"

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        return [(str(value), str(words)) for value, words in MoneyState.choices]

    @override
    def narrowed(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        found = in_money_state(rows, MoneyState(value))
        if self._is_bounded:
            found = found.filter(created_at__gte=clock.now() - timedelta(days=_DUE_DAYS))
        return found

    @property
    def note(self) -> str:
        if not self._is_bounded:
            return ""
        return "What is due is looked for in bookings of the last 12 months. Give days of booking to look further back."

    @property
    def _is_bounded(self) -> bool:
        is_everything = self.request.GET.get("show") in ("all", "over")
        return self.chosen == MoneyState.DUE and is_everything and not self.request.GET.get("booked_from")
