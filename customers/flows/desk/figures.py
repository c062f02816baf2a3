"""The four figures of the desk, each with its definition beside it (DOMAIN section 10)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Sum

from bookings.models import Attendee, Booking, CourseSession
from config.kernel import clock
from config.kernel.money import format_money
from customers.flows.desk.words import counted
from customers.models import User
from payments.models import Payment, Refund

FILLED_DAYS = 30
_BOOKINGS, _MONEY = "bookings.view_booking", "payments.view_payment"
_SATURDAY = 5
_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: str
    note: str


def figures_for(user: User, now: datetime) -> list[Figure]:
    """What this person may know: two queries for bookings and one for seats, two for money."""
    figures = []
    since = last_working_day(clock.london_date(now))
    began, words = clock.london_midnight(since), _since_words(since, clock.london_date(now))
    if user.has_perm(_BOOKINGS):
        figures.append(_bookings(began, words))
    if user.has_perm(_MONEY):
        figures += [_taken(began, words), _refunded(began, words)]
    if user.has_perm(_BOOKINGS):
        figures.append(_seats(now))
    return figures


def last_working_day(today: date) -> date:
    """The day before today, or the Friday before a weekend; bank holidays count as working days."""
    day = today - timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    return day


def _since_words(since: date, today: date) -> str:
    return "since yesterday" if today - since == timedelta(days=1) else f"since {since:%A}"


def _bookings(began: datetime, words: str) -> Figure:
    """Made since then, paid or not; cancelled and expired ones are left out, as everywhere."""
    made = Booking.objects.counted().filter(created_at__gte=began).order_by()
    people = Attendee.objects.filter(booking__in=made).count()
    number = made.count()
    return Figure("Bookings", str(number), f"For {counted(people, 'person', 'people')}, made {words}")


def _taken(began: datetime, words: str) -> Figure:
    paid = Payment.objects.filter(status=Payment.Status.SUCCEEDED, paid_at__gte=began)
    total: Decimal = paid.aggregate(total=Sum("amount", default=_NOTHING))["total"]
    return Figure("Taken", format_money(total, whole=True), f"Paid to us {words}")


def _refunded(began: datetime, words: str) -> Figure:
    refunds = Refund.objects.filter(status=Refund.Status.SUCCEEDED, finished_at__gte=began)
    total: Decimal = refunds.aggregate(total=Sum("amount", default=_NOTHING))["total"]
    return Figure("Refunded", format_money(total, whole=True), f"Sent back {words}")


def _seats(now: datetime) -> Figure:
    """Attendees of confirmed bookings, as a share of the places of all open courses that begin in the next days."""
    sessions = CourseSession.objects.filter(
        status__in=CourseSession.OPEN_STATUSES, starts_at__gt=now, starts_at__lt=now + timedelta(days=FILLED_DAYS)
    ).order_by()
    places: int = sessions.aggregate(places=Sum("capacity", default=0))["places"]
    booked: int = Attendee.objects.filter(
        booking__status=Booking.Status.CONFIRMED, booking__session__in=sessions.values("pk")
    ).aggregate(booked=Count("pk"))["booked"]
    share = f"{round(100 * booked / places)}%" if places else "No courses"
    return Figure("Seats filled", share, f"{booked} of {places} places in the next {FILLED_DAYS} days are booked")
