"""A second opinion: the same figures worked out one fact at a time.

It shares nothing with the statement in `recomputing` and changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from itertools import batched
from uuid import UUID

from bookings.models import Attendee, Booking
from config.kernel import clock
from customers.flows.statistics.recomputing import BATCH, Progress, people_in_scope
from customers.models import CustomerStatistics, User
from payments.models import Payment, Refund


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one person's row that is not what the facts say, as text for staff."""

    user_id: UUID
    email: str
    field: str
    stored: str
    expected: str


@dataclass(slots=True)
class _Figures:
    """The definition of `recomputing`, field by field under the names of the stored row."""

    bookings_count: int = 0
    places_count: int = 0
    first_booked_at: datetime | None = None
    last_booked_at: datetime | None = None
    paid_total: Decimal = Decimal(0)
    refunded_total: Decimal = Decimal(0)
    net_paid_total: Decimal = field(default=Decimal(0))

    def add_booking(self, created_at: datetime, places: int) -> None:
        self.bookings_count += 1
        self.places_count += places
        self.first_booked_at = min(self.first_booked_at or created_at, created_at)
        self.last_booked_at = max(self.last_booked_at or created_at, created_at)

    def add_payment(self, amount: Decimal) -> None:
        self.paid_total += amount
        self.net_paid_total += amount

    def add_refund(self, amount: Decimal) -> None:
        self.refunded_total += amount
        self.net_paid_total -= amount


_NAMES = tuple(figure.name for figure in fields(_Figures))
_NO_ROW = "no row"


def find_differences(
    *, user_ids: Sequence[UUID] | None = None, since: date | None = None, on_progress: Progress | None = None
) -> list[Difference]:
    """What is stored otherwise than the facts say, for these people, those touched since a day, or every person.

    A difference counts when it is still there at a second look: facts may change while they are being read. Raises
    ValueError when given both people and a day.
    """
    if user_ids is None and since is None:
        people = list(User.objects.order_by("pk").values_list("pk", flat=True))
    else:
        people = people_in_scope(user_ids=user_ids, since=since)
    differences: list[Difference] = []
    done = 0
    for batch in batched(people, BATCH, strict=False):
        if suspects := {difference.user_id for difference in _compare(batch)}:
            differences += _compare(sorted(suspects))
        done += len(batch)
        if on_progress is not None:
            on_progress(done, len(people))
    return differences


def _compare(people: Sequence[UUID]) -> list[Difference]:
    """Five queries for any number of people."""
    facts = _facts(people)
    stored = CustomerStatistics.objects.in_bulk(people)
    emails = dict(User.objects.filter(pk__in=people).order_by("pk").values_list("pk", "email"))
    return [
        Difference(user_id, email, name, found, expected)
        for user_id, email in emails.items()
        for name, found, expected in _unlike(stored.get(user_id), facts[user_id])
    ]


def _unlike(row: CustomerStatistics | None, figures: _Figures) -> Iterable[tuple[str, str, str]]:
    # A person without facts needs no row.
    for name in _NAMES:
        expected = getattr(figures, name)
        stored = getattr(row or CustomerStatistics(), name)
        if stored != expected:
            yield name, _text(stored) if row else _NO_ROW, _text(expected)
    # A row from the future would never be found stale.
    now = clock.now()
    if row and row.computed_at > now:
        yield "computed_at", _text(row.computed_at), f"at most {_text(now)}"


def _facts(people: Sequence[UUID]) -> dict[UUID, _Figures]:
    figures: defaultdict[UUID, _Figures] = defaultdict(_Figures)
    places = Counter(
        Attendee.objects.filter(booking__customer__in=people).order_by().values_list("booking_id", flat=True)
    )
    for booking in Booking.objects.filter(customer__in=people).order_by().only("customer_id", "status", "created_at"):
        if booking.status in {Booking.Status.PENDING, Booking.Status.CONFIRMED}:
            figures[booking.customer_id].add_booking(booking.created_at, places[booking.pk])
    for payment in Payment.objects.filter(payer__in=people).order_by().only("payer_id", "status", "amount"):
        if payment.status == Payment.Status.SUCCEEDED:
            figures[payment.payer_id].add_payment(payment.amount)
    refunds = Refund.objects.filter(payment__payer__in=people).order_by()
    for payer_id, status, amount in refunds.values_list("payment__payer_id", "status", "amount"):
        if status == Refund.Status.SUCCEEDED:
            figures[payer_id].add_refund(amount)
    return figures


def _text(value: object) -> str:
    match value:
        case None:
            return "empty"
        case datetime():
            return value.isoformat()
        case Decimal():
            return f"{value:.2f}"
        case _:
            return str(value)
