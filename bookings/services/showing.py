"""What a review shows besides the total, as marks that its page carries and the press brings back.

An order is placed under the terms, and for the days and the place, that stood on the page when it was agreed to. What
comes back from a browser may be anything: only a mark equal to that of what counts now says that it was seen.
"""

import hashlib

from bookings.models import BookingPolicy, CourseSession


def terms_mark(policy: BookingPolicy) -> str:
    """Of the terms; a version is never edited."""
    return str(policy.version)


def session_mark(session: CourseSession) -> str:
    """Of when and where a session meets: every day with its times, and the address."""
    days = [f"{day.starts_at.timestamp()}-{day.ends_at.timestamp()}" for day in session.days.all()]
    venue = session.venue.full_address if session.venue else ""
    return hashlib.sha256("\n".join([*days, venue]).encode()).hexdigest()[:16]
