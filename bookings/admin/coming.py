"""Lists about sessions open on what is still to come."""

from collections.abc import Sequence
from typing import ClassVar, override

from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Q
from django.http import HttpRequest

from config.kernel import clock
from customers.list_filters import ChoiceFilter, Option

COMING, OVER = "coming", "over"


class ComingFilter(ChoiceFilter):
    """Sessions that are not over yet, unless others are asked for: a search, or a filter named here, looks at all."""

    title = "sessions"
    parameter_name = "show"
    unasked = COMING
    ends_at: ClassVar[str]
    """Where a row has the end of its session."""
    whole_when: ClassVar[tuple[str, ...]]
    """How the names begin of what in an address makes the list open on everything."""

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        return [(COMING, "Not over yet"), (OVER, "Over")]

    @override
    def condition(self, value: str) -> Q:
        way = "gt" if value == COMING else "lte"
        return Q((f"{self.ends_at}__{way}", clock.now()))

    @override
    def opens_on_all(self, request: HttpRequest) -> bool:
        return self.looks_at_all(request)

    @classmethod
    def looks_at_all(cls, request: HttpRequest) -> bool:
        """Whether nothing was chosen here and something else says what to look for."""
        asked = [name for name, value in request.GET.items() if str(value).strip()]
        return any(name == SEARCH_VAR or name.startswith(cls.whole_when) for name in asked)

    @classmethod
    def shows_coming(cls, request: HttpRequest) -> bool:
        """The same as `chosen == COMING`, for what has to know before there is a filter."""
        return request.GET.get("show") == COMING or not (request.GET.get("show") or cls.looks_at_all(request))
