"""Lists of any length in the office: one page at a time from where the last one ended, and nothing is counted.

The address of a page names the row before it by key; what the list is sorted by is looked up there, so that no address
holds a name. A page costs the same however deep it lies, as long as an index serves the order. What filters such a list
is in customers.list_filters.
"""

from collections.abc import Sequence
from typing import Any, override

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from config.kernel.planning import planned_for_its_values
from config.kernel.searching import LONGEST_SEARCH
from config.office_words import in_list, worded_field

AFTER, BEFORE = "after", "before"
# How many rows are looked through for those that a filter leaves here and there.
NEAR = 5_000
_ALL = 2**31 - 1


class _SearchForm(ChangeListSearchForm):
    """What is looked for, no longer than anybody types: thousands of words kept the database at it for minutes."""

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data.get(SEARCH_VAR, "")
        return {**self.cleaned_data, SEARCH_VAR: typed[:LONGEST_SEARCH]}


class KeysetChangeList(ChangeList):
    """A page of a list that is walked along an index. Actions are for rows of the page, never for "all"."""

    search_form_class = _SearchForm
    # A KeptAdmin, of a module above this one.
    model_admin: Any
    newer_url: str | None
    older_url: str | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_popup:
            self.title = capfirst(str(self.opts.verbose_name_plural))
        cells = {name: self._cell(name) for name in self.list_display}
        self.list_display = [cells[name] for name in self.list_display]
        if self.list_display_links:
            self.list_display_links = [cells[name] for name in self.list_display_links]

    @override
    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in (AFTER, BEFORE)}

    @override
    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Another filter or another order begins at its first page."""
        return super().get_query_string({AFTER: None, BEFORE: None} | (new_params or {}), remove)

    @property
    def kept_params(self) -> list[tuple[str, str]]:
        """What the form of filters hands on besides its own fields."""
        fields = [name for one in self.filter_specs for name in one.expected_parameters()]
        own = {SEARCH_VAR, AFTER, BEFORE, *fields}
        kept = [(name, values) for name, values in self.filter_params.items() if name not in own]
        return [(name, value) for name, values in kept for value in values]

    @property
    def is_narrowed(self) -> bool:
        """Whether somebody asked for less, or for something else, than the list opens on."""
        return bool(self.query) or any(any(values) for values in self.get_filters_params().values())

    @property
    def notes(self) -> list[str]:
        """What the filters have to say about what is shown."""
        return [note for one in self.filter_specs if (note := getattr(one, "note", ""))]

    @override
    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Names of columns, the key last. People choose among `sortable_by`, which indexes serve."""
        standing: Sequence[Any] = self.model_admin.get_ordering(request) or self.lookup_opts.ordering or ()
        names = self._chosen_order() or list(standing)
        key = self.lookup_opts.pk.name
        if {key, f"-{key}", "pk", "-pk"}.isdisjoint(names):
            names.append(f"-{key}" if names and names[0].startswith("-") else key)
        return names

    @override
    def get_results(self, request: HttpRequest) -> None:
        names = self.get_ordering(request, self.queryset)
        keys, has_newer, has_older = self._page(request, names)
        rows = {row.pk: row for row in self._whole_rows(keys)}
        self.result_list = [rows[key] for key in keys if key in rows]
        self.newer_url = self.get_query_string({BEFORE: keys[0]}) if has_newer else None
        self.older_url = self.get_query_string({AFTER: keys[-1]}) if has_older else None
        # What Django's templates ask of a list that was counted: that this page is all there is to choose from.
        self.result_count = self.full_result_count = len(keys)
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)

    @override
    def url_for_result(self, result: Model) -> str:
        """A row leads to our own page where there is one."""
        page = self.model_admin.row_page
        return reverse(f"admin:{page}", args=[result.pk]) if page else super().url_for_result(result)

    def _cell(self, name: Any) -> Any:
        """What Django asks for a cell of this column: for days, moments and sums our own words."""
        field = worded_field(self.model, name)
        if field is None:
            return name

        def cell(row: Model) -> str:
            value = getattr(row, field.name)
            return "" if value is None else in_list(field, value)

        cell.__name__ = field.name
        return admin.display(description=str(field.verbose_name).removesuffix(" at"), ordering=field.name)(cell)

    def _page(self, request: HttpRequest, names: list[str]) -> tuple[list[Any], bool, bool]:
        """The keys of this page, and whether something is before and after it."""
        if BEFORE in request.GET:
            back = [_turned(name) for name in names]
            keys = self._keys(request, back, request.GET[BEFORE])
            if len(keys) > self.list_per_page:
                return keys[: self.list_per_page][::-1], True, True
            # So near the beginning that the first page shows them, and is full.
        after = request.GET.get(AFTER) if BEFORE not in request.GET else None
        keys = self._keys(request, names, after)
        return keys[: self.list_per_page], after is not None and bool(keys), len(keys) > self.list_per_page

    def _keys(self, request: HttpRequest, names: list[str], anchor: str | None) -> list[Any]:
        """The keys of one page and of one row more, in this order, from after the row of that key on."""
        further = beyond(names, self._place_of(anchor, names)) if anchor is not None else Q()
        rows = self.queryset.filter(further).select_related(None)
        if self._has_filter("leaves_few"):
            # Few rows of a big table: sorting them all is quicker than walking along the index until they turn up.
            return self._first(rows.order_by(*(_beside_the_index(name) for name in names)))
        if not self._has_filter("is_scattered"):
            return self._first(rows.order_by(*names))
        # Nobody knows whether to walk or to sort: a bit of walking, and if that does not fill the page, sorting.
        with planned_for_its_values():
            near = self._first(rows.filter(self._near(request, names, further)).order_by(*names))
            if len(near) > self.list_per_page:
                return near
            # What stands behind LIMIT is planned by itself, so all of these rows are found before any is sorted.
            gathered = rows.order_by().values("pk")[:_ALL]
            return self._first(self.model._default_manager.filter(pk__in=gathered).order_by(*names))

    def _has_filter(self, trait: str) -> bool:
        return any(getattr(one, trait, False) for one in self.filter_specs)

    def _first(self, rows: QuerySet[Any]) -> list[Any]:
        return list(rows.values_list("pk", flat=True)[: self.list_per_page + 1])

    def _near(self, request: HttpRequest, names: list[str], further: Q) -> Q:
        """The condition for the NEAR rows from here on, of all that there are in the days of the list's own order.

        None where there are no more than so many: these may as well be sorted.
        """
        plain, way = (names[0][1:], "gte") if names[0].startswith("-") else (names[0], "lte")
        rows = self.root_queryset.filter(further)
        days: list[Any] = [one for one in self.filter_specs if getattr(one, "field", None) == plain]
        for one in days:
            rows = one.queryset(request, rows)
        last = rows.select_related(None).order_by(*names).values(plain)[NEAR : NEAR + 1]
        return Q((f"{plain}__{way}", Subquery(last)))

    def _place_of(self, key: str, names: list[str]) -> tuple[Any, ...]:
        """Where a row stands in the order. A key that is none, or not for this person, leads back to the list."""
        try:
            place = self.root_queryset.filter(pk=key).values_list(*(name.removeprefix("-") for name in names)).first()
        except ValidationError as error:
            raise IncorrectLookupParameters from error
        if place is None:
            raise IncorrectLookupParameters
        return tuple(place)

    def _whole_rows(self, keys: list[Any]) -> QuerySet[Any]:
        return self.apply_select_related(self.root_queryset.filter(pk__in=keys))

    def _chosen_order(self) -> list[str]:
        """The column somebody pressed, if an index serves it."""
        chosen = str(self.params.get(ORDER_VAR, "")).split(".")[0]
        if not chosen.removeprefix("-").isdecimal() or int(chosen.removeprefix("-")) >= len(self.list_display):
            return []
        column = self.list_display[int(chosen.removeprefix("-"))]
        name = self.get_ordering_field(column) if column in (self.sortable_by or ()) else None
        if not isinstance(name, str):
            return []
        return [_turned(name) if chosen.startswith("-") else name]


def beyond(names: Sequence[str], place: Sequence[Any]) -> Q:
    """The condition for the rows that come after this place in this order; no column of it may be empty.

    The first column is bounded by itself as well: that is what an index looks at.
    """
    condition = Q()
    for name, value in reversed(list(zip(names, place, strict=True))):
        plain, way = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        further = Q((f"{plain}__{way}", value))
        condition = further | Q((plain, value), condition) if condition else further
    first, way = (names[0][1:], "lte") if names[0].startswith("-") else (names[0], "gte")
    return Q((f"{first}__{way}", place[0])) & condition


def _turned(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _beside_the_index(name: str) -> Any:
    """The same order by a value that no index holds."""
    plain = name.removeprefix("-")
    same = Greatest(plain, plain)
    return same.desc() if name.startswith("-") else same.asc()
