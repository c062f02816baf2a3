"""Who it is at a glance: tags, four figures, and who else it may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Value

from bookings.models import Booking
from bookings.selectors import for_customer
from config.kernel.money import format_money
from config.kernel.searching import PhoneDigits
from customers.flows.profile.addresses import office_address
from customers.flows.profile.sight import Tab
from customers.flows.profile.words import counted, short_day
from customers.models import CustomerStatistics, User
from payments.selectors import NOTHING

# The rules of the tags that nobody sets by hand. They count the bookings that count: pending and confirmed.
DERIVED_TAGS: Mapping[str, str] = {
    "Group booker": "books two places or more at a time, on average",
    "Returning": "has two bookings or more",
}
DUPLICATES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class BookingCounts:
    """A person's bookings, all of them and by what became of them."""

    all: int
    counted: int
    coming: int
    cancelled: int
    expired: int


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: str
    note: str
    definition: str
    address: str
    """The list behind it, on the page itself."""


def booking_counts(user: User, now: datetime) -> BookingCounts:
    """One query."""
    counting, statuses = Q(status__in=Booking.COUNTED_STATUSES), Booking.Status
    found = (
        for_customer(user)
        .order_by()
        .aggregate(
            all=Count("pk"),
            counted=Count("pk", filter=counting),
            coming=Count("pk", filter=counting & Q(session__ends_at__gt=now)),
            cancelled=Count("pk", filter=Q(status=statuses.CANCELLED)),
            expired=Count("pk", filter=Q(status=statuses.EXPIRED)),
        )
    )
    return BookingCounts(**found)


def no_figures() -> CustomerStatistics:
    """Of somebody for whom none were computed yet."""
    return CustomerStatistics(paid_total=NOTHING, refunded_total=NOTHING, net_paid_total=NOTHING)


def derived_tags(figures: CustomerStatistics) -> list[str]:
    """Those of DERIVED_TAGS that fit."""
    fitting = {
        "Group booker": 0 < 2 * figures.bookings_count <= figures.places_count,
        "Returning": figures.bookings_count >= 2,
    }
    return [name for name in DERIVED_TAGS if fitting[name]]


def figures_of(stored: CustomerStatistics, counts: BookingCounts | None, *, sees_money: bool) -> list[Figure]:
    """The figures as customers.flows.statistics defines them, for who may see the lists behind them."""
    money = [_lifetime_value(stored)] if sees_money else []
    return money + (_bookings(stored, counts) if counts else [])


def _lifetime_value(stored: CustomerStatistics) -> Figure:
    refunded = format_money(stored.refunded_total, whole=True)
    return Figure(
        "Lifetime value",
        format_money(stored.net_paid_total, whole=True),
        f"After {refunded} refunded" if stored.refunded_total else "Nothing refunded",
        "What this person paid, less what went back to them. Payments on their way don’t count yet.",
        f"?tab={Tab.PAYMENTS}",
    )


def _bookings(stored: CustomerStatistics, counts: BookingCounts) -> list[Figure]:
    address = f"?tab={Tab.BOOKINGS}&show=counted"
    first, last = stored.first_booked_at, stored.last_booked_at
    return [
        Figure(
            "Bookings",
            f"{stored.bookings_count:,}",
            f"{counts.coming} coming up, {counts.cancelled} cancelled",
            "Booked or waiting for payment. Cancelled ones, and those that ran out of time, don’t count.",
            address,
        ),
        Figure(
            "Places",
            f"{stored.places_count:,}",
            _per_booking(stored),
            "The people on those bookings, named or not.",
            address,
        ),
        Figure(
            "Last booked",
            short_day(last) if last else "Never",
            f"First on {short_day(first)}" if first else "No booking that counts",
            "The day on which the newest of those bookings was made.",
            address,
        ),
    ]


def _per_booking(stored: CustomerStatistics) -> str:
    if not stored.bookings_count:
        return "None booked"
    average = stored.places_count / stored.bookings_count
    return f"{average:.1f} a booking".replace(".0 ", " ")


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Somebody who may be the same person."""

    name: str
    detail: str
    address: str


def lookalikes(user: User) -> list[Lookalike]:
    """People of the same name with the same telephone or company. One query, on an index."""
    return [
        Lookalike(
            str(each),
            " · ".join(part for part in (each.email, each.company, _booked(each)) if part),
            office_address("customers_user_page", each.pk),
        )
        for each in _perhaps_the_same(user)[:DUPLICATES_SHOWN]
    ]


def _perhaps_the_same(user: User) -> QuerySet[User]:
    """None for somebody of whom not enough is known to compare."""
    also = Q()
    if user.phone:
        also |= Q(digits=PhoneDigits(Value(user.phone))) & ~Q(digits="")
    if user.company:
        also |= Q(company__iexact=user.company)
    if not (also and user.first_name and user.last_name):
        return User.objects.none()
    namesakes = User.objects.filter(last_name__iexact=user.last_name, first_name__iexact=user.first_name)
    others = namesakes.exclude(pk=user.pk).annotate(digits=PhoneDigits("phone")).filter(also)
    return others.select_related("statistics").order_by("-created_at", "pk")


def _booked(user: User) -> str:
    stored = getattr(user, "statistics", None)
    return counted(stored.bookings_count, "booking") if stored else "no bookings"
