"""What would help people take part and is not arranged yet. Nothing of what they said stands on the desk.

Who does not arrange it is told how far the office is; who only teaches, what to know for their courses as well.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import override

from django.db.models import QuerySet

from bookings.models import RequirementTemplate, SpecialRequirement
from bookings.selectors import needs_ahead, requirement_templates, sessions_seen_by, venue_gaps
from config.kernel import clock
from customers.flows.desk.items import AHEAD, Item, Kind, page
from customers.flows.desk.words import course_in, course_line, since

_READ = "bookings.read_adjustments"
_ALL_SESSIONS = "bookings.view_booking"
_CRITICAL = RequirementTemplate.Priority.CRITICAL
_WORKING_DAYS = 5


class _Needs(Kind[SpecialRequirement]):
    icon = "heart"
    permissions = ("bookings.view_specialrequirement", _READ)
    mended_by = "bookings.change_specialrequirement"
    list_page = "bookings_specialrequirement_changelist"
    is_requirement = True

    @override
    def rows(self) -> QuerySet[SpecialRequirement]:
        place = "attendee__booking"
        seen = {f"{place}__session__in": sessions_seen_by(self.user)}
        ahead = SpecialRequirement.objects.filter(needs_ahead(self.now), **seen)
        return (
            (ahead if self.is_for_courses else ahead.filter(handled_at=None))
            .select_related("attendee", f"{place}__session__course", f"{place}__session__venue")
            .order_by(f"{place}__session__starts_at", "id")
        )

    @property
    @override
    def is_for_courses(self) -> bool:
        return self.is_fact and not self.user.has_perm(_ALL_SESSIONS)

    def _item(self, row: SpecialRequirement, what: str, why: str, tag: str, tone: str) -> Item:
        return Item(
            what=what,
            why=f"{course_line(row.attendee.booking.session)}. {why}",
            since="" if self.is_fact else since(row.said_at, self.now),
            button="Read it" if self.is_fact and self.user.has_perm(_READ) else self.button("Prepare"),
            address=page("bookings_specialrequirement_page", row.pk),
            tag=tag,
            tag_tone=tone,
        )


class CriticalNeeds(_Needs):
    """Critical ones, however far off the course is."""

    tone = "bad"
    list_filter = "priority__exact=critical"

    @override
    def rows(self) -> QuerySet[SpecialRequirement]:
        # What was said is not even fetched: that it is critical is all there is to say.
        unread = ("adjustments", "own_words", "arranged", "reopen_reason")
        return super().rows().filter(priority=_CRITICAL).defer(*unread)

    @override
    def item(self, row: SpecialRequirement) -> Item:
        what, why = f"{row.attendee} has a critical requirement", "It is not arranged yet."
        if self.is_fact:
            why = _ARRANGED if row.is_handled else "It is not arranged yet: the office sees to it."
        return self._item(row, what, why, "Critical", "critical")


class OpenNeeds(_Needs):
    """The others, of courses in the next weeks: what the venue can't meet first, then what is to be arranged first.

    For that the ticks are opened here, by us and for nobody's eyes.
    """

    @override
    def rows(self) -> QuerySet[SpecialRequirement]:
        near = {"attendee__booking__session__starts_at__lt": self.now + AHEAD}
        others = super().rows().filter(**near).exclude(priority=_CRITICAL)
        return others.defer("own_words", "arranged", "reopen_reason")

    @override
    def most_urgent(self, rows: Sequence[SpecialRequirement]) -> Sequence[SpecialRequirement]:
        if self.is_fact:
            return rows
        return sorted(rows, key=lambda row: (not self._gaps(row), self._arrange_by(row)))

    @override
    def item(self, row: SpecialRequirement) -> Item:
        arrange_by = self._arrange_by(row)
        late = arrange_by < clock.london_date(self.now)
        if self.is_fact:
            return self._told(row, clock.format_short_date(arrange_by), late=late)
        by = f"{'It was' if late else 'It is'} to be arranged by {clock.format_short_date(arrange_by)}."
        if self._gaps(row):
            venue = row.attendee.booking.session.venue
            return self._item(row, f"{venue} can’t meet what {row.attendee} needs", by, "Venue", "bad")
        tag = "Late" if late else course_in(row.attendee.booking.session, self.now)
        what = f"{row.attendee} needs something arranged"
        return self._item(row, what, by, tag, "bad" if late else "warn")

    def _told(self, row: SpecialRequirement, arrange_by: str, *, late: bool) -> Item:
        """The same for who only has to know it, in the order of the courses."""
        if row.is_handled:
            why = _ARRANGED
        elif late:
            why = f"The office was to arrange it by {arrange_by} and has not yet."
        else:
            why = f"The office arranges it by {arrange_by}."
        tag = course_in(row.attendee.booking.session, self.now)
        return self._item(row, f"{row.attendee} needs something", why, tag, "quiet")

    @cached_property
    def _templates(self) -> list[RequirementTemplate]:
        return requirement_templates()

    def _gaps(self, row: SpecialRequirement) -> bool:
        """Whether the venue can't meet a need, for who may know what was ticked."""
        may_know = self.user.has_perm(_READ)
        return may_know and bool(venue_gaps(row.attendee.booking.session.venue, self._templates, row.slugs))

    def _arrange_by(self, row: SpecialRequirement) -> date:
        """The day before the course, or so many working days before it as the longest notice asks for."""
        notices = [template.notice_working_days or 0 for template in self._templates if template.slug in row.slugs]
        starts_on = clock.london_date(row.attendee.booking.session.starts_at)
        return working_days_before(starts_on, max(notices, default=0)) if any(notices) else starts_on - _A_DAY


_ARRANGED = "The office has arranged it."
_A_DAY = timedelta(days=1)


def working_days_before(day: date, number: int) -> date:
    """The day that lies so many Mondays to Fridays before `day`; bank holidays count as working days."""
    while number:
        day -= _A_DAY
        number -= day.weekday() < _WORKING_DAYS
    return day
