"""Courses, venues and sessions. A session's status moves on pages of its own (session_moves), its days by a service."""

from collections.abc import Sequence
from typing import Any, override

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from bookings import selectors
from bookings.admin.coming import ComingFilter
from bookings.admin.sight import user_of
from bookings.admin.tags import day_words, places_words, session_tag, tag
from bookings.forms.sessions import SessionForm, days_as_lines
from bookings.models import Course, CourseSession, SessionDay, Venue
from bookings.services import scheduling
from config import pictures
from config.kernel import clock
from config.office_words import nowrap
from customers.admin_bases import KeptAdmin, KeptInline
from customers.list_filters import ChoiceFilter, Option, choice_of, days_of, row_of, yes_or_no
from customers.models import User


@admin.register(Course)
class CourseAdmin(KeptAdmin[Course]):
    list_display = ("name", "need", "days", "price", "certificate_months", "is_published", "position")
    list_filter = (
        yes_or_no("is_published", "published"),
        choice_of("need", Course.Need, "need"),
        choice_of("family", Course.Family, "family"),
    )
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ["name"]}
    longest = {"practised": 2_000, "bring": 2_000}
    readonly_fields = ("created_at",)


class TownFilter(ChoiceFilter):
    title = "town"
    parameter_name = "town"

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        return [(town, town) for town in Venue.objects.order_by("town").values_list("town", flat=True).distinct()]

    @override
    def condition(self, value: str) -> Q:
        return Q(town=value)


@admin.register(Venue)
class VenueAdmin(KeptAdmin[Venue]):
    list_display = ("name", "town", "postcode", "step_free", "hearing_loop", "parking")
    list_filter = (
        yes_or_no("step_free", "step-free access"),
        yes_or_no("hearing_loop", "hearing loop"),
        yes_or_no("parking", "parking on site"),
        TownFilter,
    )
    search_fields = ("name", "town", "postcode")
    longest = {"directions": 2_000}
    readonly_fields = ("created_at",)


class DaysInline(KeptInline[SessionDay, CourseSession]):
    """Shown as they are; they are set in the field above."""

    model = SessionDay
    fields = ("starts_at", "ends_at")
    show_change_link = False

    @override
    def has_add_permission(self, request: HttpRequest, obj: CourseSession | None = None) -> bool:
        return False


class WhenFilter(ComingFilter):
    ends_at = "ends_at"
    whole_when = ("starts",)

    @property
    def leaves_few(self) -> bool:
        """Of all that was ever held, little is still to come."""
        return self.chosen == "coming"


def instructors() -> QuerySet[User]:
    return User.objects.filter(kind=User.Kind.INSTRUCTOR).order_by("last_name", "first_name", "id")


@admin.register(CourseSession)
class CourseSessionAdmin(KeptAdmin[CourseSession]):
    """Who teaches sees their own. What is still to come stands soonest first, all else newest first."""

    row_page = "bookings_coursesession_page"
    pager_words = ("Back", "More")
    empty_words = "No session is still to come."
    form = SessionForm
    list_display = ("starts", "course", "where", "state", "meter", "who_teaches", "code")
    list_filter = (
        WhenFilter,
        row_of("course", Course.objects.order_by("name").all, "course"),
        row_of("venue", Venue.objects.all, "venue"),
        row_of("instructors", instructors, "instructor"),
        days_of("starts_at", "starts", "starts"),
        choice_of("status", CourseSession.Status, "status"),
    )
    list_select_related = ("course", "venue")
    search_fields = ("code", "course__name", "venue__name", "venue__town")
    autocomplete_fields = ("course", "venue", "instructors")
    readonly_fields = ("code", "status", "vat_rate", "starts_at", "ends_at", "created_at")
    fields = ("course", "venue", "days", "capacity", "price", "is_private", "instructors", *readonly_fields)
    inlines = (DaysInline,)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[CourseSession]:
        seen = selectors.sessions_seen_by(user_of(request))
        return selectors.with_places_taken(seen, clock.now()).prefetch_related("instructors")

    @override
    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("starts_at", "id") if WhenFilter.shows_coming(request) else ("-starts_at", "-id")

    @override
    def get_fields(self, request: HttpRequest, obj: CourseSession | None = None) -> Any:
        return self.fields if obj else self.fields[: -len(self.readonly_fields)]

    @override
    def save_model(
        self, request: HttpRequest, obj: CourseSession, form: "ModelForm[CourseSession]", change: bool
    ) -> None:
        """Only what was changed is written, so that a status that moved meanwhile is not written back."""
        days = form.cleaned_data["days"]
        if not change:
            created = scheduling.create_session(
                course=obj.course,
                venue=obj.venue,
                days=days,
                capacity=obj.capacity,
                price=form.cleaned_data["price"],
                is_private=obj.is_private,
            )
            # The admin goes on with `obj`: it stands for the stored session from here.
            vars(obj).update(vars(created))
            return
        changed = [name for name in form.changed_data if name not in {"days", "instructors"}]
        if changed:
            obj.price = form.cleaned_data["price"]
            obj.save(update_fields=changed)
        if "days" in form.changed_data:
            scheduling.set_days(session=obj, days=days)

    @admin.display(description="days")
    def days(self, session: CourseSession) -> str:
        """For who may only look; who may change has the form's field of this name."""
        return days_as_lines(session)

    @admin.display(description="starts")
    def starts(self, session: CourseSession) -> str:
        return nowrap(day_words(session.starts_at))

    @admin.display(description="where")
    def where(self, session: CourseSession) -> str:
        return str(session.venue) if session.venue else "Not fixed yet"

    @admin.display(description="status")
    def state(self, session: CourseSession) -> SafeString:
        private = tag("Private", "quiet") if session.is_private else ""
        return format_html("{} {}", session_tag(session), private)

    @admin.display(description="places taken")
    def meter(self, session: CourseSession) -> SafeString:
        taken: int = vars(session)["taken"]
        drawing = pictures.office_meter(taken, session.capacity)
        return format_html('{}<span class="small">{}</span>', drawing, places_words(taken, session.capacity))

    @admin.display(description="instructor")
    def who_teaches(self, session: CourseSession) -> str:
        return ", ".join(str(person) for person in session.instructors.all()) or "Nobody yet"
