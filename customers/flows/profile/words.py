"""Small words that the parts of the customer page share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bookings.models import Booking, CourseSession
from config.kernel import clock
from payments.money_states import MoneyState, Standing


@dataclass(frozen=True, slots=True)
class Tag:
    """State in words; the tone ("ok", "warn", "bad", "wait", "quiet") only repeats them in colour."""

    words: str
    tone: str


def counted(number: int, thing: str) -> str:
    """ "1 place", "3 places"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def day_of(session: CourseSession) -> str:
    """ "Thu 3 Dec", with the year unless it is this one."""
    first, last = clock.london_date(session.starts_at), clock.london_date(session.ends_at)
    year = f" {last.year}" if last.year != clock.london_today().year else ""
    return clock.format_short_range(first, last) + year


def moment(instant: datetime | None) -> str:
    """ "Today, 9:14am" or "12 March 2023"; empty for never."""
    if instant is None:
        return ""
    day = clock.london_date(instant)
    is_today = day == clock.london_today()
    return f"Today, {clock.format_time(instant)}" if is_today else clock.format_plain_date(day)


def moment_within(instant: datetime | None) -> str:
    """The same inside a sentence: "today, 9:14am"."""
    words = moment(instant)
    return f"{words[:1].lower()}{words[1:]}"


def short_day(instant: datetime) -> str:
    """ "21 Nov 2026", for figures."""
    day = clock.london_date(instant)
    return f"{clock.format_short_date(day).partition(' ')[2]} {day.year}"


def place_tag(booking: Booking) -> Tag:
    """What became of the places of a booking."""
    tone = {
        Booking.Status.PENDING: "warn",
        Booking.Status.CONFIRMED: "ok",
        Booking.Status.CANCELLED: "quiet",
        Booking.Status.EXPIRED: "quiet",
    }
    return Tag(booking.get_status_display(), tone[Booking.Status(booking.status)])


_MONEY_TONES: Mapping[MoneyState, str] = {
    MoneyState.DUE: "warn",
    MoneyState.ON_ITS_WAY: "warn",
    MoneyState.PAID: "ok",
}


def money_tag(standing: Standing) -> Tag:
    """How a booking stands with its money."""
    return Tag(standing.words, _MONEY_TONES.get(standing.state, "quiet"))
