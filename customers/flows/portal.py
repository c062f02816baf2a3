"""What somebody who is signed in sees: the bookings they made, and the places that others booked for them.

Of a place booked by somebody else they see their own and nothing more: no price, no other names, no reference.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.urls import reverse

from bookings.models import Attendee, Booking, CourseSession
from bookings.selectors import places_for_address
from config.kernel import clock
from customers.models import User
from payments.selectors import with_money

PAST_ON_A_PAGE = 10
# Older places of one's own are at the telephone's end; nobody takes twenty courses that others book.
PLACES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Tag:
    """State in words, with the colour and picture beside them (design language, section 4)."""

    words: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Row:
    """One booking, or one place that somebody else booked; the latter has neither a number of people nor money."""

    session: CourseSession
    address: str
    calendar: str
    tag: Tag
    people: int | None = None
    paid: Decimal | None = None
    refunded: Decimal | None = None

    @property
    def when(self) -> str:
        """ "Thursday 3 December 2026, 9am to 4pm", or the range of days."""
        first, last = clock.london_date(self.session.starts_at), clock.london_date(self.session.ends_at)
        days = clock.format_date_range(first, last)
        if first != last:
            return days
        return f"{days}, {clock.format_time_range(self.session.starts_at, self.session.ends_at)}"

    @property
    def days_away(self) -> int:
        """London days from today; nought or less once it has begun."""
        return (clock.london_date(self.session.starts_at) - clock.london_today()).days


@dataclass(frozen=True, slots=True)
class Portal:
    coming: list[Row]
    past: list[Row]
    past_page: Page[Any]
    past_places: list[Row]

    @property
    def is_empty(self) -> bool:
        return not (self.coming or self.past_page.paginator.count or self.past_places)


def portal(*, user: User, page: str, now: datetime) -> Portal:
    """Five queries, however much was booked. `page` is a page of past bookings, as an address names it."""
    mine = _with_people(Booking.objects.filter(customer=user))
    coming = list(
        with_money(mine & Booking.objects.occupying(now))
        .filter(session__ends_at__gt=now)
        .order_by("session__starts_at")
    )
    others = with_money(mine).exclude(pk__in=[booking.pk for booking in coming])
    past = Paginator(others.order_by("-session__starts_at", "-created_at"), PAST_ON_A_PAGE).get_page(page)
    places = _places_by_others(user)
    coming_places = [place for place in places if _is_coming(place, now)]
    rows = [*map(_booking_row, coming), *(_place_row(place, now) for place in coming_places)]
    return Portal(
        coming=sorted(rows, key=lambda row: row.session.starts_at),
        past=[_booking_row(booking) for booking in past],
        past_page=past,
        past_places=[_place_row(place, now) for place in places if place not in coming_places][:PLACES_SHOWN],
    )


def _with_people(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    return bookings.select_related("session__course", "session__venue").annotate(people=Count("attendees"))


def _places_by_others(user: User) -> list[Attendee]:
    places: Iterable[Attendee] = places_for_address(user.email_key) if user.email_key else ()
    return [place for place in places if place.booking.customer_id != user.pk]


def _is_coming(place: Attendee, now: datetime) -> bool:
    return place.booking.status == Booking.Status.CONFIRMED and place.booking.session.ends_at > now


def _booking_row(booking: Any) -> Row:
    return Row(
        session=booking.session,
        address=reverse("bookings:booking", args=[booking.reference]),
        calendar=reverse("bookings:booking_calendar", args=[booking.reference])
        if booking.status == Booking.Status.CONFIRMED
        else "",
        tag=_tag(booking.status, booking.total, booking.paid_amount, booking.refunded_amount),
        people=booking.people,
        paid=booking.paid_amount - booking.refunded_amount,
        refunded=booking.refunded_amount,
    )


def _place_row(place: Attendee, now: datetime) -> Row:
    is_booked = place.booking.status == Booking.Status.CONFIRMED
    return Row(
        session=place.booking.session,
        address=reverse("bookings:place", args=[place.pk]),
        calendar=reverse("bookings:place_calendar", args=[place.pk]) if is_booked else "",
        tag=(_BOOKED if _is_coming(place, now) else _PAST) if is_booked else _CANCELLED,
    )


_BOOKED = Tag("Booked", "green", "check")
_PAST = Tag("Past", "grey", "clock")
_CANCELLED = Tag("Cancelled", "grey", "close")


def _tag(status: str, total: Decimal, paid: Decimal, refunded: Decimal) -> Tag:
    if status == Booking.Status.PENDING:
        return Tag("Waiting for payment", "amber", "clock")
    if status == Booking.Status.EXPIRED:
        return Tag("Ran out of time", "grey", "clock")
    if status == Booking.Status.CANCELLED:
        return _CANCELLED
    if refunded:
        return Tag("Part refunded", "grey", "undo")
    return Tag("Booked and paid", "green", "check") if total and paid >= total else _BOOKED
