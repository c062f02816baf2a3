"""Sessions and unpaid bookings that wait for a decision."""

from datetime import timedelta
from typing import override

from django.db.models import Exists, F, OuterRef, QuerySet

from bookings.models import Booking, CourseSession
from bookings.models.catalogue import SessionQuerySet
from bookings.selectors import with_places_taken
from config.kernel import clock
from config.kernel.money import format_money
from customers.flows.desk.items import AHEAD, Item, Kind, page
from customers.flows.desk.words import counted, course_in, course_line, since

_DECIDED_BEFORE = timedelta(days=10)
"""By then it is decided whether a tentative session runs (DOMAIN section 2)."""
_FULL_LOOK = timedelta(days=14)
_LAPSES_WITHIN = timedelta(hours=24)
_TYPED = (Booking.Source.PHONE, Booking.Source.EMAIL, Booking.Source.WALK_IN)


class _Sessions(Kind[CourseSession]):
    icon = "calendar"
    # Of who sees all sessions: an instructor can put none of this right.
    permissions = ("bookings.view_booking",)
    mended_by = "bookings.change_coursesession"
    list_page = "bookings_coursesession_changelist"

    def _open(self, **conditions: object) -> SessionQuerySet:
        """Sessions in which people may book, by these conditions, soonest first."""
        sessions = CourseSession.objects.filter(status__in=CourseSession.OPEN_STATUSES, **conditions)
        return sessions.select_related("course", "venue").order_by("starts_at", "id")


class EndedSessions(_Sessions):
    """Over, and nobody has said so."""

    icon = "list"
    list_filter = "show=over&status__exact=confirmed"

    @override
    def rows(self) -> QuerySet[CourseSession]:
        return self._open(ends_at__lt=self.now).order_by("ends_at", "id")

    @override
    def item(self, row: CourseSession) -> Item:
        ran = row.status == CourseSession.Status.CONFIRMED
        completes = ran and not self.is_fact
        to_do = "Nobody has marked it as completed" if self.is_fact else "Mark it as completed"
        to_completed = ("bookings_coursesession_move", row.pk, CourseSession.Status.COMPLETED.value)
        return Item(
            what="A course is over and still open",
            why=f"{course_line(row)}. {to_do if ran else 'It was never confirmed'}.",
            since=since(row.ends_at, self.now),
            button=self.button("Complete" if ran else "Open"),
            address=page(*to_completed) if completes else page("bookings_coursesession_page", row.pk),
        )


class WithoutInstructor(_Sessions):
    icon = "person"

    @override
    def rows(self) -> QuerySet[CourseSession]:
        teaching = CourseSession.instructors.through.objects.filter(coursesession=OuterRef("pk"))
        near = self._open(starts_at__gt=self.now, starts_at__lt=self.now + AHEAD)
        return near.filter(~Exists(teaching))

    @override
    def item(self, row: CourseSession) -> Item:
        return Item(
            what="Nobody teaches this course yet",
            why=f"{course_line(row)}.",
            since=since(row.created_at, self.now),
            button=self.button("Assign"),
            address=page(f"bookings_coursesession_{'page' if self.is_fact else 'change'}", row.pk),
            tag=course_in(row, self.now),
        )


class TooManyPeople(_Sessions):
    """More people than places, knowingly or since the room got smaller."""

    icon = "people"

    @override
    def rows(self) -> QuerySet[CourseSession]:
        near = self._open(starts_at__gt=self.now, starts_at__lt=self.now + _FULL_LOOK)
        return with_places_taken(near, self.now).filter(taken__gt=F("capacity"))

    @override
    def item(self, row: CourseSession) -> Item:
        return Item(
            what=f"{vars(row)['taken']} people for {counted(row.capacity, 'place', 'places')}",
            why=f"{course_line(row)}." + ("" if self.is_fact else " Is there room for everybody?"),
            since="",
            button=self.button("Decide"),
            address=page("bookings_coursesession_page", row.pk),
            tag=course_in(row, self.now),
        )


class StillTentative(_Sessions):
    icon = "clock"
    list_filter = "status__exact=tentative"

    @override
    def rows(self) -> QuerySet[CourseSession]:
        sessions = CourseSession.objects.filter(
            status=CourseSession.Status.TENTATIVE,
            starts_at__gt=self.now,
            starts_at__lt=self.now + _DECIDED_BEFORE,
        )
        return with_places_taken(sessions.select_related("course", "venue"), self.now).order_by("starts_at", "id")

    @override
    def item(self, row: CourseSession) -> Item:
        taken = vars(row)["taken"]
        return Item(
            what="This course is still tentative" if self.is_fact else "Will this course run?",
            why=f"{course_line(row)}. {taken} of {row.capacity} places are taken, "
            f"{format_money(row.price * taken, whole=True)} is at stake.",
            since="",
            button=self.button("Decide"),
            address=page("bookings_coursesession_page", row.pk),
            tag=course_in(row, self.now),
        )


class AboutToLapse(Kind[Booking]):
    """Typed by the office, not paid, and their places go within a day: somebody may want to ring."""

    icon = "phone"
    permissions = ("bookings.view_booking",)
    mended_by = "bookings.add_booking"
    list_page, list_filter = "bookings_booking_changelist", "status__exact=pending"

    @override
    def rows(self) -> QuerySet[Booking]:
        soon = Booking.objects.filter(
            status=Booking.Status.PENDING,
            lapses_at__gt=self.now,
            lapses_at__lt=self.now + _LAPSES_WITHIN,
            source__in=_TYPED,
        )
        return soon.select_related("session__course", "session__venue").order_by("lapses_at", "id")

    @override
    def item(self, row: Booking) -> Item:
        until = clock.format_deadline(row.lapses_at, seen_at=self.now) if row.lapses_at else ""
        who = ", ".join(part for part in (row.contact_name, row.contact_phone) if part)
        return Item(
            what=f"{row.reference} is not paid, and its places go at {until}",
            why=f"{who}. {course_line(row.session)}. {format_money(row.total)} is due.",
            since=since(row.created_at, self.now),
            button=self.button("Ring them"),
            address=page("bookings_booking_page", row.pk),
        )
