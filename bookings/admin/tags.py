"""How places and money of a booking, and places of a session, are shown in the office: words first, colour second."""

from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from bookings.models import Booking, CourseSession
from config.kernel import clock
from payments.money_states import MoneyState, Standing

_PLACE_TONES = {Booking.Status.PENDING: "warn", Booking.Status.CONFIRMED: "ok"}
_MONEY_TONES = {MoneyState.DUE: "warn", MoneyState.PAID: "ok", MoneyState.ON_ITS_WAY: "wait"}
_SESSION_TONES = {CourseSession.Status.CONFIRMED: "ok", CourseSession.Status.TENTATIVE: "warn"}


def tag(words: object, tone: str) -> SafeString:
    """`tone` is one of ok, warn, bad, wait and quiet."""
    return format_html('<span class="tag tag-{}">{}</span>', tone, words)


def place_tag(booking: Booking) -> SafeString:
    return tag(booking.get_status_display(), _PLACE_TONES.get(Booking.Status(booking.status), "quiet"))


def money_tag(standing: Standing) -> SafeString:
    return tag(standing.words, _MONEY_TONES.get(standing.state, "quiet"))


def session_tag(session: CourseSession) -> SafeString:
    return tag(session.get_status_display(), _SESSION_TONES.get(CourseSession.Status(session.status), "quiet"))


def message_tag(message: Any) -> SafeString:
    """What became of a letter."""
    kind = type(message)
    tone = "bad" if message.state in (kind.State.BOUNCED, kind.State.FAILED, kind.State.COMPLAINED) else "quiet"
    return tag(message.get_state_display(), "ok" if message.state == kind.State.DELIVERED else tone)


def day_words(instant: datetime) -> str:
    """ "Thu 3 Dec", with the year unless it is this one."""
    return clock.format_short_day(clock.london_date(instant))


def places_words(taken: int, capacity: int) -> str:
    """ "6 of 12", "12 of 12, full", "14 of 12: 2 over"."""
    words = f"{taken} of {capacity}"
    if taken > capacity:
        return f"{words}: {taken - capacity} over"
    return f"{words}, full" if taken == capacity else words
