"""Calendar files of bookings and places, the same whether attached to a letter or downloaded from a page.

Each booking and each place has its own entries, one a session day, with UIDs that stay the same for good: a later file
replaces or cancels what the first one put into a calendar. Calendars are often open to colleagues, so an entry names a
page but never carries a secret, and a place's entry says nothing about the booking it belongs to.
"""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from bookings.models import Attendee, Booking, CourseSession
from config.brand import BRAND
from config.kernel.calendar import CalendarDay, calendar_file


def booking_calendar(booking: Booking, *, now: datetime, cancelled: bool = False) -> bytes:
    """An .ics file for who booked; `cancelled` takes out again what an earlier one put in.

    Uses the session's prefetched days, course and venue.
    """
    url = settings.SITE_URL + reverse("bookings:booking", args=[booking.reference])
    description = f"Booking {booking.reference}\nYour booking: {url}\nQuestions: call {BRAND.phone}."
    owner = f"booking-{booking.pk}"
    return _file(booking.session, owner=owner, description=description, url=url, now=now, cancelled=cancelled)


def place_calendar(attendee: Attendee, *, now: datetime, cancelled: bool = False) -> bytes:
    """An .ics file for who takes one place, or took it: nothing about the others, the price or the booking."""
    session = attendee.booking.session
    url = settings.SITE_URL + reverse("bookings:place", args=[attendee.pk])
    description = f"Session {session.code}\nYour place on this course: {url}\nQuestions: call {BRAND.phone}."
    owner = f"place-{attendee.pk}"
    return _file(session, owner=owner, description=description, url=url, now=now, cancelled=cancelled)


def _file(session: CourseSession, *, owner: str, description: str, url: str, now: datetime, cancelled: bool) -> bytes:
    days = list(session.days.all())
    host = urlsplit(settings.SITE_URL).hostname
    return calendar_file(
        [
            CalendarDay(
                uid=f"{owner}-day-{number}@{host}",
                start=day.starts_at,
                end=day.ends_at,
                summary=session.course.name + (f" (day {number} of {len(days)})" if len(days) > 1 else ""),
                location=session.venue.full_address if session.venue else "",
                description=description,
                url=url,
                # A calendar takes a cancellation for news only when it counts higher (RFC 5546, 3.2.5).
                sequence=session.calendar_sequence + cancelled,
            )
            for number, day in enumerate(days, start=1)
        ],
        organizer_name=BRAND.name,
        organizer_email=BRAND.email,
        stamp=now,
        method="CANCEL" if cancelled else "PUBLISH",
    )
