"""Small words that the parts of the customer page share."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bookings.models import Booking, CourseSession
from config.kernel import clock
from config.kernel.money import format_money


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


def place_tag(booking: Booking) -> Tag:
    """What became of the places of a booking."""
    tone = {
        Booking.Status.PENDING: "warn",
        Booking.Status.CONFIRMED: "ok",
        Booking.Status.CANCELLED: "quiet",
        Booking.Status.EXPIRED: "quiet",
    }
    return Tag(booking.get_status_display(), tone[Booking.Status(booking.status)])


def money_tag(booking: Booking, paid: Decimal, refunded: Decimal) -> Tag:
    """What was paid for a booking, went back and is due. What the office sent back is not asked for again."""
    due = booking.total - paid
    if booking.status in Booking.COUNTED_STATUSES and due > 0:
        return Tag(f"{format_money(due, whole=True)} due", "warn")
    if refunded:
        return Tag(f"{format_money(refunded, whole=True)} refunded", "quiet")
    if paid:
        return Tag("Paid", "ok")
    return Tag("Free" if not booking.total else "Nothing paid", "quiet")
