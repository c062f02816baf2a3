"""How the desk says since when something waits, and how far off a course is."""

from datetime import datetime

from bookings.models import CourseSession
from config.kernel import clock

_COUNTED_DAYS = 14


def since(moment: datetime, now: datetime) -> str:
    """ "since 8:02am", "since yesterday", "for 3 days", "since 3 November 2026"."""
    day, today = clock.london_date(moment), clock.london_date(now)
    days = (today - day).days
    if days <= 0:
        return f"since {clock.format_time(moment)}"
    if days == 1:
        return "since yesterday"
    if days < _COUNTED_DAYS:
        return f"for {days} days"
    return f"since {clock.format_plain_date(day)}"


def course_in(session: CourseSession, now: datetime) -> str:
    """ "Course today", "Course tomorrow", "Course in 10 days"."""
    days = (clock.london_date(session.starts_at) - clock.london_date(now)).days
    if days <= 0:
        return "Course today"
    return "Course tomorrow" if days == 1 else f"Course in {days} days"


def course_line(session: CourseSession) -> str:
    """ "Paediatric First Aid, York, Sat 5 Dec"."""
    days = clock.format_short_range(clock.london_date(session.starts_at), clock.london_date(session.ends_at))
    parts = [session.course.name, session.venue.town if session.venue else "", days]
    return ", ".join(part for part in parts if part)


def counted(number: int, one: str, many: str) -> str:
    """ "1 person", "5 people"."""
    return f"{number} {one if number == 1 else many}"
