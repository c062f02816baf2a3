"""What stands in the form over a list of the office: a choice, or two days.

Each is a field of one GET form, so that everything works without scripts. What an address says that is no choice leads
back to the whole list, as with Django's own filters; a day that is none is said at the field.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, override

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import Choices, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

from config.kernel import clock

if TYPE_CHECKING:
    type _Admin = admin.ModelAdmin[Any]

type Option = tuple[str, str]

_YEARS = range(1990, 2200)


class ChoiceFilter(admin.SimpleListFilter):
    """One of several. `unasked` is what the list opens on, with "" for all; a search looks at everything."""

    template = "staff/lists/choice_filter.html"
    unasked: ClassVar[str] = ""
    everything: ClassVar[str] = "All"
    """What the choice that leaves nothing out is called; its value is "" or, where the list opens on less, "all"."""

    def options(self, request: HttpRequest) -> Sequence[Option]:
        """Values with their words, without the one for all."""
        raise NotImplementedError

    def condition(self, value: str) -> Q:
        """Which rows one of the options shows."""
        raise NotImplementedError

    def opens_on_all(self, request: HttpRequest) -> bool:
        """Whether the list shows everything although nothing was chosen: a search does."""
        return bool(request.GET.get(SEARCH_VAR, "").strip())

    @override
    def lookups(self, request: HttpRequest, model_admin: "_Admin") -> list[Option]:
        options = [(str(value), str(words)) for value, words in self.options(request)]
        return [*options, ("all", self.everything)] if self.unasked else [("", self.everything), *options]

    @override
    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1

    @property
    def chosen(self) -> str:
        """The value that decides. Raises IncorrectLookupParameters for what is no choice."""
        value = self.value()
        if not value:
            return "all" if self.unasked and self.opens_on_all(self.request) else self.unasked
        if value not in dict(self.lookup_choices):
            raise IncorrectLookupParameters
        return value

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.chosen in ("", "all") else self.narrowed(queryset, self.chosen)

    def narrowed(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(self.condition(value))

    @override
    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, words in self.lookup_choices:
            yield {
                "value": value,
                "display": words,
                "selected": value == self.chosen,
                "query_string": changelist.get_query_string({str(self.parameter_name): value}),
            }


def choice_of(field: str, choices: type[Choices], title: str) -> type[ChoiceFilter]:
    """A filter by a field with choices, under the name that Django's own would have: "status__exact".

    One of another row has a name of its own, "booking_status": Django lets nobody ask for what lies behind a key.
    """

    class FieldChoice(ChoiceFilter):
        parameter_name = field.replace(LOOKUP_SEP, "_") if LOOKUP_SEP in field else f"{field}__exact"

        @override
        def options(self, request: HttpRequest) -> Sequence[Option]:
            return [(str(value), str(words)) for value, words in choices.choices]

        @override
        def condition(self, value: str) -> Q:
            return Q((field, value))

    FieldChoice.title = title
    return FieldChoice


def yes_or_no(field: str, title: str) -> type[ChoiceFilter]:
    """A filter by what is either so or not, under the name that Django's own would have: "is_staff__exact"."""

    class YesOrNo(ChoiceFilter):
        parameter_name = f"{field}__exact"

        @override
        def options(self, request: HttpRequest) -> Sequence[Option]:
            return [("1", "Yes"), ("0", "No")]

        @override
        def condition(self, value: str) -> Q:
            return Q((field, value == "1"))

    YesOrNo.title = title
    return YesOrNo


def row_of(field: str, rows: Callable[[], QuerySet[Any]], title: str) -> type[ChoiceFilter]:
    """A filter by one row of a short table: a course, a venue. It costs one query."""

    class RowChoice(ChoiceFilter):
        parameter_name = field.replace(LOOKUP_SEP, "_")

        @override
        def options(self, request: HttpRequest) -> Sequence[Option]:
            return [(str(row.pk), str(row)) for row in rows()]

        @override
        def condition(self, value: str) -> Q:
            return Q((field, value))

    RowChoice.title = title
    return RowChoice


class DateFilter(admin.ListFilter):
    """From one day to another, both included, as London has them: also the way to jump into a long list."""

    template = "staff/lists/date_filter.html"
    name: ClassVar[str]
    """What its two parameters begin with: <name>_from and <name>_to."""
    field: ClassVar[str]
    title: str

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: "_Admin") -> None:
        super().__init__(request, params, model, model_admin)
        self.typed = {end: str(params.pop(f"{self.name}_{end}", [""])[-1]).strip() for end in ("from", "to")}
        self.days = {end: _day(text) for end, text in self.typed.items()}

    @property
    def error(self) -> str:
        """What is wrong with what was typed."""
        wrong = [text for end, text in self.typed.items() if text and self.days[end] is None]
        if wrong:
            return f"“{wrong[0][:40]}” is not a date. Write it like 2026-12-03."
        first, last = self.days["from"], self.days["to"]
        return "The first day is after the last." if first and last and first > last else ""

    @property
    def is_set(self) -> bool:
        return any(self.days.values())

    @override
    def has_output(self) -> bool:
        return True

    @override
    def expected_parameters(self) -> list[str | None]:
        return [f"{self.name}_from", f"{self.name}_to"]

    @override
    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        return iter(())

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = Q()
        if first := self.days["from"]:
            condition &= Q((f"{self.field}__gte", clock.london_midnight(first)))
        if last := self.days["to"]:
            condition &= Q((f"{self.field}__lt", clock.london_midnight(last + timedelta(days=1))))
        return queryset.filter(condition)


def days_of(field: str, name: str, title: str) -> type[DateFilter]:
    """A filter by a moment between two days."""
    return type("Days", (DateFilter,), {"field": field, "name": name, "title": title})


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None
