"""Courses, venues and sessions. A session's status moves by actions, its days through the scheduling service."""

from typing import Any, override

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from bookings import selectors
from bookings.forms.sessions import SessionForm, days_as_lines
from bookings.models import Booking, Course, CourseSession, SessionDay, Venue
from bookings.services import scheduling
from config.kernel import clock
from config.kernel.states import ForbiddenTransition
from customers.admin_bases import KeptAdmin, KeptInline


@admin.register(Course)
class CourseAdmin(KeptAdmin[Course]):
    list_display = ("name", "need", "days", "price", "certificate_months", "is_published", "position")
    list_filter = ("is_published", "need", "family")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ("created_at",)


@admin.register(Venue)
class VenueAdmin(KeptAdmin[Venue]):
    list_display = ("name", "town", "postcode", "step_free", "hearing_loop", "parking")
    list_filter = ("step_free", "hearing_loop", "parking", "town")
    search_fields = ("name", "town", "postcode")
    readonly_fields = ("created_at",)


class DaysInline(KeptInline[SessionDay, CourseSession]):
    """Shown as they are; they are set in the field above."""

    model = SessionDay
    fields = ("starts_at", "ends_at")
    show_change_link = False

    @override
    def has_add_permission(self, request: HttpRequest, obj: CourseSession | None = None) -> bool:
        return False


@admin.register(CourseSession)
class CourseSessionAdmin(KeptAdmin[CourseSession]):
    form = SessionForm
    list_display = ("code", "course", "starts_at", "venue", "status", "capacity", "places_taken", "is_private")
    list_filter = ("status", "starts_at", "is_private", "course", "venue")
    list_select_related = ("course", "venue")
    search_fields = ("code", "course__name", "venue__name", "venue__town")
    ordering = ("starts_at", "id")
    autocomplete_fields = ("course", "venue", "instructors")
    readonly_fields = ("code", "status", "vat_rate", "starts_at", "ends_at", "created_at")
    fields = ("course", "venue", "days", "capacity", "price", "is_private", "instructors", *readonly_fields)
    inlines = (DaysInline,)
    actions = ("open_tentatively", "confirm", "cancel", "complete")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[CourseSession]:
        return selectors.with_places_taken(CourseSession.objects.all(), clock.now())

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

    @admin.display(description="taken")
    def places_taken(self, session: CourseSession) -> int:
        taken: int = vars(session)["taken"]
        return taken

    @admin.action(description="Open for booking, tentatively", permissions=["change"])
    def open_tentatively(self, request: HttpRequest, sessions: QuerySet[CourseSession]) -> None:
        self._move(request, sessions, CourseSession.Status.TENTATIVE)

    @admin.action(description="Confirm", permissions=["change"])
    def confirm(self, request: HttpRequest, sessions: QuerySet[CourseSession]) -> None:
        self._move(request, sessions, CourseSession.Status.CONFIRMED)

    @admin.action(description="Complete", permissions=["change"])
    def complete(self, request: HttpRequest, sessions: QuerySet[CourseSession]) -> None:
        self._move(request, sessions, CourseSession.Status.COMPLETED)

    @admin.action(description="Cancel (only without bookings)", permissions=["change"])
    def cancel(self, request: HttpRequest, sessions: QuerySet[CourseSession]) -> None:
        """People who booked have to be told and refunded first, which no press of a button does by the way."""
        booked = set(
            Booking.objects.occupying(clock.now()).filter(session__in=sessions).values_list("session", flat=True)
        )
        for session in sessions.filter(pk__in=booked):
            messages.error(request, f"{session} has bookings. Move or cancel them first.")
        self._move(request, sessions.exclude(pk__in=booked), CourseSession.Status.CANCELLED)

    def _move(self, request: HttpRequest, sessions: QuerySet[CourseSession], status: CourseSession.Status) -> None:
        for session in sessions.select_related("course"):
            try:
                moved = scheduling.set_session_status(session=session, status=status)
            except ForbiddenTransition:
                state = session.get_status_display().lower()
                messages.error(request, f"{session} is {state} and can’t become {status.label.lower()}.")
            else:
                say = messages.success if moved else messages.info
                say(request, f"{session} is {status.label.lower()}{'' if moved else ' already'}.")
