"""Why a step cannot go on, in sentences: what happened and what to do next."""

from datetime import datetime

from bookings.exceptions import (
    BookingClosed,
    BookingRefused,
    NoMoreExtensions,
    NotEnoughPlaces,
    OfferChanged,
    PriceChanged,
    TermsChanged,
)
from bookings.models import CourseSession
from config.brand import BRAND
from config.kernel import clock
from config.kernel.money import format_money


def sentence(refusal: BookingRefused, session: CourseSession, now: datetime) -> str:
    """`session` is the one that was to be booked, as it is now; where its days or place changed, with its venue."""
    if isinstance(refusal, NotEnoughPlaces):
        return too_few(refusal.left)
    if isinstance(refusal, BookingClosed):
        return _closed(session, now)
    if isinstance(refusal, NoMoreExtensions):
        return f"We can’t hold these places any longer than this. If you need more time, call {BRAND.phone}."
    if isinstance(refusal, OfferChanged):
        return " ".join(_changed(change, session) for change in (refusal, *refusal.besides))
    return "We couldn’t keep these places. Go back and choose them again."


def too_few(left: int) -> str:
    if not left:
        return "That session just filled up. Your details are saved. Choose another date, or try again later."
    there_are = "is only 1 place" if left == 1 else f"are only {left} places"
    return f"There {there_are} left. Book {left}, or choose another date."


def _closed(session: CourseSession, now: datetime) -> str:
    if session.status == CourseSession.Status.CANCELLED:
        return "This session was cancelled. Your details are saved. Choose another date."
    if now >= session.starts_at:
        return "This course has begun. Your details are saved. Choose another date."
    return f"Online booking for this session has closed. Call {BRAND.phone} and we’ll see what we can do."


def _changed(change: OfferChanged, session: CourseSession) -> str:
    if isinstance(change, PriceChanged):
        return f"The price changed while you were booking. The total is now {format_money(change.total, whole=True)}."
    if isinstance(change, TermsChanged):
        return "The booking terms changed while you were booking. Please read them again before you agree."
    return f"The date or place changed while you were booking. It’s now {_when_and_where(session)}."


def _when_and_where(session: CourseSession) -> str:
    """ "Thursday 3 December 2026, 9am to 4pm, at Kelham Works"; of several days the times stand in the review."""
    first, last = clock.london_date(session.starts_at), clock.london_date(session.ends_at)
    when = clock.format_date_range(first, last)
    if first == last:
        when += f", {clock.format_time_range(session.starts_at, session.ends_at)}"
    return f"{when}, at {session.venue}" if session.venue else f"{when}; we’ll tell you the place as soon as it’s fixed"
