"""What our admin pages share: nothing is deleted, nothing is counted needlessly, people are found fast.

Not in `admin`, which nobody imports: the apps above build theirs on it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, override

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import BaseModelAdmin, IncorrectLookupParameters
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db import DataError, connection
from django.db.models import DateField, Field, ForeignKey, Model, QuerySet, TextField
from django.db.models.constants import LOOKUP_SEP
from django.forms import DateInput
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from bookings.selectors import booking_for_reference
from customers.changelists import KeysetChangeList
from customers.lookup_boxes import LookUpBox, LookUpBoxForSeveral, is_key
from customers.record_history import history_page
from customers.selectors import people_matching

# In one form of the office, those that are only shown among them: the members of an organisation, for one.
_MOST_ROWS = 500
_LONGEST_NUMBER = 20
# Texts that end nowhere in the database end here, some pages later, unless their page says otherwise (`longest`).
_LONGEST_TEXT = 5_000

# While running, Django's classes take no type arguments.
if TYPE_CHECKING:

    class _BaseModelAdmin[M: Model](BaseModelAdmin[M]): ...

    class _ModelAdmin[M: Model](admin.ModelAdmin[M]): ...

    class _TabularInline[M: Model, P: Model](admin.TabularInline[M, P]): ...

    class _Paginator(Paginator[Any]): ...

else:
    _Paginator = Paginator

    class _BaseModelAdmin[M](BaseModelAdmin): ...

    class _ModelAdmin[M](admin.ModelAdmin): ...

    class _TabularInline[M, P](admin.TabularInline): ...


class EstimatingPaginator(_Paginator):
    """Does not count a whole big table for the sake of a page number; PostgreSQL's own estimate does."""

    EXACT_UP_TO = 20_000

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet) and not rows.query.where:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [rows.query.get_meta().db_table]
                )
                estimate: int = cursor.fetchone()[0]
            if estimate > self.EXACT_UP_TO:
                return estimate
        return super().count


class _OfficeFields[M: Model](_BaseModelAdmin[M]):
    """How fields are filled in, in the form of a row and in those of rows on another's page."""

    longest: ClassVar[Mapping[str, int]] = {}
    """Of how many characters a text may be, by field, where the database does not say and 5,000 would not do."""
    # The browser's own, which shows a day as whoever sits there reads it.
    formfield_overrides: ClassVar[Any] = {DateField: {"widget": DateInput({"type": "date"}, format="%Y-%m-%d")}}

    @override
    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_dbfield(db_field, request, **_ending(db_field, self.longest), **kwargs)

    @override
    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", LookUpBox(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @override
    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", LookUpBoxForSeveral(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class KeptAdmin[M: Model](_OfficeFields[M], _ModelAdmin[M]):
    """Rows may be added and changed, never deleted. The list is walked along its `ordering`, which an index serves."""

    row_page: ClassVar[str | None] = None
    """The page of our own that a row of the list leads to ("bookings_booking_page"); else it leads to Django's form."""
    pager_words: ClassVar[tuple[str, str]] = ("Newer", "Older")
    empty_words: ClassVar[str] = "Nothing here yet."
    list_per_page = 50
    # Pressing a column's name sorts by it: only those that an index serves.
    sortable_by: "ClassVar[tuple[str, ...] | list[str] | None]" = ()
    change_list_template = "staff/lists/list.html"
    # For the boxes that look something up while somebody types.
    paginator = EstimatingPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    @override
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KeysetChangeList

    @override
    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """An address may ask for a year that no calendar has or hold a null character.

        Django goes back to the whole list for a filter it can't read; it does so here for one that the database can't.
        """
        try:
            return super().get_changelist_instance(request)
        except (DataError, ValueError, OverflowError) as error:
            raise IncorrectLookupParameters from error

    @override
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return history_page(request, self, object_id)

    @override
    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only what is shown to somebody can be asked of a list: asked letter by letter, an answer reads a field too.

        Django allows every field of the list's own model, hashes of secrets among them, and whatever its queryset works
        out for each row: whether something is on record about somebody's needs, for one.
        """
        name = lookup.partition(LOOKUP_SEP)[0]
        is_known = name in self._asked_of_rows(request)
        return (not is_known or name in self._shown_to(request)) and super().lookup_allowed(lookup, value, request)

    def _asked_of_rows(self, request: HttpRequest) -> set[str]:
        """Every name that a filter of the database would know, foreign keys by the names of their columns as well."""
        fields = self.opts.get_fields()
        columns = {field.attname for field in fields if isinstance(field, Field)} - {self.opts.pk.attname}
        return {field.name for field in fields} | columns | self.get_queryset(request).query.annotations.keys()

    def _shown_to(self, request: HttpRequest) -> set[str]:
        filters = [one[0] if isinstance(one, tuple | list) else one for one in self.get_list_filter(request)]
        asked = [one if isinstance(one, str) else getattr(one, "parameter_name", None) or "" for one in filters]
        names = [*self.get_list_display(request), *flatten_fieldsets(self.get_fieldsets(request)), *asked]
        return {self.opts.pk.name, *(name.partition(LOOKUP_SEP)[0] for name in names if isinstance(name, str))}

    @override
    def response_action(
        self,
        request: HttpRequest,
        queryset: QuerySet[M],
        action_location: admin.ActionLocation = admin.ActionLocation.CHANGE_LIST,
    ) -> HttpResponse | None:
        """An action is for rows of the list, and these have keys."""
        if not all(is_key(self.opts.pk, key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("No such key")
        return super().response_action(request, queryset, action_location)

    @override
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A form says itself how many rows it has, and Django makes up to 2,000: one press took a process for long."""
        rows = [number for name, number in request.POST.items() if name.endswith("-TOTAL_FORMS")]
        if any(_is_more_than(_MOST_ROWS, str(number)) for number in rows):
            raise BadRequest("Nobody filled in so many rows")
        return super().changeform_view(request, object_id, form_url, extra_context)

    @override
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> M | None:
        """No key holds a null character, and PostgreSQL can't be asked for one."""
        return None if "\0" in object_id else super().get_object(request, object_id, from_field)

    @override
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What an address fills in beforehand, without keys that can't be keys."""
        given = super().get_changeform_initial_data(request)
        keys = {field.name: field.target_field for field in self.opts.get_fields() if isinstance(field, ForeignKey)}
        return {name: value for name, value in given.items() if name not in keys or is_key(keys[name], value)}

    @override
    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


class ReadOnlyAdmin[M: Model](KeptAdmin[M]):
    """Rows that only our own code writes."""

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


class KeptInline[M: Model, P: Model](_OfficeFields[M], _TabularInline[M, P]):
    """Rows on another row's page: shown, and added to. They are changed on a page of their own and never deleted.

    (A row that can be changed here would cost a query for each of its fields that looks something up.)
    """

    extra = 0
    can_delete = False
    show_change_link = True

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FoundByPersonAdmin[M: Model](KeptAdmin[M]):
    """Rows of a model with a `user`, searched by whose they are."""

    search_help_text = "Email address, name, telephone, company or booking reference"
    # Something has to be here for Django to show the box.
    search_fields = ("user__email",)

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        if not search_term.strip():
            return queryset, False
        people = people_matching(search_term)
        if booking := booking_for_reference(search_term):
            people.append(booking.customer_id)
        return queryset.filter(user__in=people), False


def _ending(db_field: Any, longest: Mapping[str, int]) -> dict[str, Any]:
    """What makes the form's field of a text without an end have one, and say it."""
    if not isinstance(db_field, TextField) or db_field.max_length is not None or db_field.choices:
        return {}
    most = longest.get(db_field.name, _LONGEST_TEXT)
    return {"max_length": most, "error_messages": {"max_length": f"Shorten this to {most:,} characters or fewer"}}


def _is_more_than(most: int, number: str) -> bool:
    """What is no number is no more than anything: Django says so at the form."""
    try:
        return len(number) > _LONGEST_NUMBER or int(number) > most
    except ValueError:
        return False
