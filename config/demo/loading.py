"""Loading the demo: what is here already, what would be made, and making it.

The past is taken in the stand-in first and then stored in one transaction: it is there whole or not at all. The orders
ahead follow one by one, each in its own transactions; a load that broke off there is finished by the next one.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.db import transaction

from bookings.models import Booking, Course, CourseSession, Venue
from bookings.selectors import current_policy
from config.demo import catalogue, history, papers, past, staff, takings, upcoming, waiting
from config.demo.courses import SLUGS
from config.demo.people import customers, instructors
from config.demo.staff import STAFF
from config.demo.till import Till, open_till
from config.demo.timetable import sessions_ahead
from config.demo.venues import TOWNS
from config.kernel import clock
from config.kernel.actor import CUSTOMER, acting_as
from customers.flows import statistics
from customers.models import Organisation, User
from invoicing.models import Invoice
from payments.models import Payment, Refund

type Progress = Callable[[str, int, int], None]


class State(Enum):
    """What the database holds before a load."""

    EMPTY = "empty"
    DEMO = "demo"
    OTHERS = "others"


@dataclass(frozen=True)
class Counts:
    """How many rows of a kind; what is said of a load and of a dry run."""

    courses: int
    venues: int
    instructors: int
    staff: int
    customers: int
    organisations: int
    sessions: int
    bookings: int
    payments: int
    refunds: int
    invoices: int


def has_courses() -> bool:
    return Course.objects.exists()


def state() -> State:
    """Whether anybody or anything is here that the demo did not make."""
    known = [person.email for person in customers()]
    others = User.objects.filter(kind=User.Kind.CUSTOMER).exclude(email_key__in=known)
    # A comparison with NULL is neither true nor false: people without an address are asked for by name.
    nameless = User.objects.filter(kind=User.Kind.CUSTOMER, email_key__isnull=True)
    if others.exists() or nameless.exists() or Course.objects.exclude(slug__in=SLUGS).exists():
        return State.OTHERS
    return State.DEMO if has_courses() else State.EMPTY


def counted() -> Counts:
    """What is stored now."""
    return Counts(
        courses=Course.objects.count(),
        venues=Venue.objects.count(),
        instructors=User.objects.filter(kind=User.Kind.INSTRUCTOR).count(),
        staff=User.objects.filter(email_key__in=[member.email for member in STAFF]).count(),
        customers=User.objects.filter(kind=User.Kind.CUSTOMER).count(),
        organisations=Organisation.objects.count(),
        sessions=CourseSession.objects.count(),
        bookings=Booking.objects.count(),
        payments=Payment.objects.count(),
        refunds=Refund.objects.count(),
        invoices=Invoice.objects.count(),
    )


def planned(today: date) -> Counts:
    """What a load into an empty database would store."""
    behind = past.bookings_behind(today, current_policy())
    ahead = upcoming.orders_ahead(today)
    paid_ahead = sum(order.session.price is None for order in ahead)
    return Counts(
        courses=len(SLUGS),
        venues=len(TOWNS),
        instructors=len(instructors()),
        staff=len(STAFF),
        customers=len(customers()),
        organisations=1,
        sessions=len({booking.session.key for booking in behind}) + len(sessions_ahead(today)),
        bookings=len(behind) + len(ahead),
        payments=len(behind) + paid_ahead,
        refunds=sum(booking.refund_percent > 0 for booking in behind),
        invoices=sum(booking.was_paid for booking in behind) + paid_ahead,
    )


def load(*, password: str, on_progress: Progress) -> None:
    """Loads the demo, or finishes a load that broke off. Call it when `state()` is not OTHERS.

    Raises NoStandIn before anything is done, and the gateway's errors; then the next call finishes the work.
    """
    with open_till() as till:
        if state() == State.EMPTY:
            _load_past(clock.london_today(), password, till, on_progress)
        _place_orders(_loaded_on(), till, on_progress)
    waiting.leave_waiting()
    statistics.recalculate()


def _load_past(today: date, password: str, till: Till, on_progress: Progress) -> None:
    plans = past.bookings_behind(today, current_policy())
    rows, office = catalogue.new_catalogue(), staff.new_staff(password)
    staff.let_in(rows.instructors[0], like=office[0])
    stories = _stories(plans, rows, office[1])
    for demo in sessions_ahead(today):
        rows.add_session(demo, status=demo.status, created_at=clock.london_midnight(today - timedelta(days=90)))
    for story in reversed(stories):
        story.booking.customer.created_at = story.booking.created_at
    takings.take(stories, till, lambda done, of: on_progress("payments of the past", done, of))
    with transaction.atomic():
        catalogue.store(rows, since=clock.london_date(stories[0].booking.created_at))
        staff.store(office, rows.instructors[0])
        history.store(stories)
        papers.issue(stories, now=clock.now())


def _stories(plans: list[past.PastBooking], rows: catalogue.Catalogue, office: User) -> list[history.Story]:
    """The past bookings as rows, in the order in which they were placed; their sessions are added to `rows`."""
    of_session: dict[catalogue.SessionKey, list[past.PastBooking]] = {}
    for plan in plans:
        of_session.setdefault(plan.session.key, []).append(plan)
    for bookings in of_session.values():
        demo, first = bookings[0].session, bookings[0]
        status = CourseSession.Status.CANCELLED if past.is_called_off(bookings) else demo.status
        rows.add_session(demo, status=status, created_at=first.placed_at - timedelta(days=60))
    policy = current_policy()
    return [
        history.new_story(
            plan,
            session=rows.sessions[plan.session.key],
            customer=rows.customers[plan.booker.email],
            organisation=rows.organisation if rows.customers[plan.booker.email] in rows.members else None,
            policy=policy,
            office=office,
        )
        for plan in plans
    ]


def _place_orders(loaded_on: date, till: Till, on_progress: Progress) -> None:
    """Places what is not placed yet. What was planned for a session that has begun meanwhile is left out."""
    sessions, now = catalogue.stored_sessions(), clock.now()
    orders = [order for order in upcoming.orders_ahead(loaded_on) if sessions[order.session.key].starts_at > now]
    with acting_as(CUSTOMER):
        for number, order in enumerate(orders, start=1):
            upcoming.place(order, sessions[order.session.key], till)
            on_progress("orders ahead", number, len(orders))


def _loaded_on() -> date:
    """The day on which the demo was loaded: everything in it is counted from there."""
    return clock.london_date(Course.objects.order_by("created_at").values_list("created_at", flat=True)[0])


def made(before: Counts, after: Counts) -> Counter[str]:
    """How many rows more, by kind."""
    return Counter(vars(after)) - Counter(vars(before))
