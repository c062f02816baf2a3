"""Lists that open on what waits for a person."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, override

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

EVERYTHING = "all"


class WaitingFirstFilter(admin.SimpleListFilter):
    """The first of `shown` unless another is chosen. A search looks at everything: what is sought may be anywhere."""

    title = "what to show"
    parameter_name = "show"
    shown: ClassVar[Mapping[str, tuple[str, Q]]]

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: "admin.ModelAdmin[Any]"
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self._unasked = EVERYTHING if request.GET.get("q", "").strip() else next(iter(self.shown))

    @override
    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [*((value, label) for value, (label, _) in self.shown.items()), (EVERYTHING, "Everything")]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        _, condition = self.shown.get(self._current, ("", Q()))
        return queryset.filter(condition)

    @override
    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Without Django's own "All", which would be a second name for the first one."""
        for value, label in self.lookup_choices:
            yield {
                "selected": value == self._current,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    @property
    def _current(self) -> str:
        return self.value() or self._unasked
