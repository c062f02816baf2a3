"""One session: how full it is, who comes, what it brings in, what was written; and the list to print for the day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, When
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from bookings.admin import tags
from bookings.admin.session_moves import moves_of
from bookings.admin.sight import may, sees_bookings, sees_needs, user_of
from bookings.models import Attendee, Booking, CourseSession, Hold, SessionDay, SpecialRequirement
from bookings.selectors import sessions_seen_by
from communications.models import Message
from config.kernel import clock
from config.office import office_page, staff_page
from payments.money_states import Standing, standing_of, with_all_money

_SEE = "bookings.view_coursesession"


@dataclass(frozen=True)
class Places:
    """Who has the places of a session; what is held is being booked at this moment."""

    capacity: int
    confirmed: int
    waiting: int
    held: int

    @property
    def taken(self) -> int:
        return self.confirmed + self.waiting + self.held

    @property
    def free(self) -> int:
        return max(self.capacity - self.taken, 0)

    @property
    def over(self) -> int:
        """How many more people than places."""
        return max(self.taken - self.capacity, 0)


@dataclass(frozen=True)
class Takings:
    """The money of a session in pounds; `expected` is what its people's bookings cost."""

    expected: Decimal
    paid: Decimal
    refunded: Decimal

    @property
    def net(self) -> Decimal:
        return self.paid - self.refunded


@dataclass(frozen=True)
class Row:
    """One person on a session; the money of their booking for who may see it."""

    person: Attendee
    place: SafeString
    money: SafeString | None


@staff_page("bookings/coursesession/<uuid:key>/", name="bookings_coursesession_page", permission=_SEE)
@require_safe
def session_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """The same number of queries however many people come."""
    session, now = _found(request, key), clock.now()
    people = list(people_of(session, now))
    standings = _standings(session) if may(request, "payments.view_payment") and sees_bookings(request) else None
    context = {
        "session": session,
        "session_tag": tags.session_tag(session),
        "places": _places(session, people, now),
        "rows": [_row(person, standings) for person in people],
        "sees_bookings": sees_bookings(request),
        "sees_needs": sees_needs(request),
        "takings": _takings(standings) if standings is not None else None,
        "letters": _letters(session) if may(request, "communications.view_message") else None,
        "moves": moves_of(session, now) if may(request, "bookings.change_coursesession") else (),
        "can_book": session.status in CourseSession.OPEN_STATUSES and may(request, "bookings.add_booking"),
    }
    return office_page(request, "staff/bookings/session.html", context, title=session.course.name)


@staff_page("bookings/coursesession/<uuid:key>/people/", name="bookings_coursesession_people", permission=_SEE)
@require_safe
def people_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """A page to print: who comes, whom to call, a box for each day. Neither money nor what anybody needs."""
    session = _found(request, key)
    context = {
        "session": session,
        "people": list(people_of(session, clock.now())),
        "days": list(session.days.all()),
        "sees_needs": sees_needs(request),
        "printed_at": clock.now(),
    }
    return office_page(request, "staff/bookings/session_people.html", context, title=f"People: {session.course.name}")


def people_of(session: CourseSession, now: datetime) -> QuerySet[Attendee]:
    """The people whose places are taken, by name, with the key of what is on record for each; nothing of it is read."""
    on_record = SpecialRequirement.objects.filter(attendee=OuterRef("pk")).values("pk")
    return (
        Attendee.objects.filter(booking__in=Booking.objects.occupying(now).filter(session=session))
        .select_related("booking__customer")
        .annotate(requirement=Subquery(on_record))
        .order_by("last_name", "first_name", "booking__created_at", "position")
    )


def _found(request: HttpRequest, key: UUID) -> CourseSession:
    """With course, venue, days and instructors. Another's session is not there for who teaches."""
    days = Prefetch("days", SessionDay.objects.order_by("starts_at"))
    seen = sessions_seen_by(user_of(request)).select_related("course", "venue").prefetch_related(days, "instructors")
    session = seen.filter(pk=key).first()
    if session is None:
        raise Http404
    return session


def _places(session: CourseSession, people: Iterable[Attendee], now: datetime) -> Places:
    statuses = [person.booking.status for person in people]
    held: int = Hold.objects.live(now).filter(session=session).aggregate(held=Sum("places", default=0))["held"]
    confirmed = statuses.count(Booking.Status.CONFIRMED)
    return Places(session.capacity, confirmed, len(statuses) - confirmed, held)


def _standings(session: CourseSession) -> dict[UUID, Standing]:
    """How each booking of the session stands, also those that were cancelled: their money counts."""
    return {booking.pk: standing_of(booking) for booking in with_all_money(Booking.objects.filter(session=session))}


def _row(person: Attendee, standings: Mapping[UUID, Standing] | None) -> Row:
    # Booked and paid for a moment ago, after the sums were read: the next look shows it.
    standing = standings.get(person.booking_id) if standings is not None else None
    return Row(person, tags.place_tag(person.booking), tags.money_tag(standing) if standing else None)


def _takings(standings: Mapping[UUID, Standing]) -> Takings:
    found = standings.values()
    return Takings(
        expected=sum((one.total for one in found if one.status in Booking.COUNTED_STATUSES), Decimal(0)),
        paid=sum((one.paid for one in found), Decimal(0)),
        refunded=sum((one.refunded for one in found), Decimal(0)),
    )


def _letters(session: CourseSession) -> list[tuple[str, str, int]]:
    """How many letters about its bookings are in each state: words, value, number; those that were lost first."""
    lost_first = Case(When(Q(state__in=Message.LOST), then=0), default=1)
    states: Any = Message.objects.filter(booking__session=session).order_by()
    counted = states.values_list("state").annotate(number=Count("pk"), rank=lost_first).order_by("rank", "state")
    return [(str(Message.State(state).label), state, number) for state, number, _rank in counted]
