"""The orders for the next four months, placed, paid and confirmed as a customer's browser would have it done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import batched, cycle

from bookings import selectors
from bookings.flows.ordering import place_order
from bookings.models import Booking, CourseSession
from bookings.services.holding import take_hold
from bookings.services.placing import Contact, Order, Person
from bookings.services.questions import REFERRALS
from bookings.services.requirements import NOTHING_NEEDED, Needs
from bookings.services.showing import session_mark, terms_mark
from config.demo import courses, venues
from config.demo.days import dice
from config.demo.needs import NEEDS_OF_COMPANIONS, OWN_NEEDS
from config.demo.people import DemoPerson, companions, customers
from config.demo.till import Till
from config.demo.timetable import DemoSession, sessions_ahead
from payments.flows.completing import complete_free_order
from payments.flows.paying import open_checkout
from payments.flows.settling import Outcome, settle_payment
from payments.selectors import latest_payment

# Every third customer leaves the question open.
REFERRAL_ANSWERS = tuple(answer for pair in batched(REFERRALS, 2, strict=False) for answer in (*pair, ""))

# Places taken on the sessions that are there to be looked at; the sizes of their orders.
_FULL = (4, 3, 2, 2, 1)
_TWO_LEFT = (4, 3, 2, 1)
_TENTATIVE = (2, 1)
_FREE = (1, 2, 1, 1)


@dataclass(frozen=True)
class DemoOrder:
    session: DemoSession
    booker: DemoPerson
    companions: tuple[DemoPerson, ...]
    booker_comes: bool
    referral_source: str
    booker_needs: Needs = NOTHING_NEEDED
    companion_needs: Needs = NOTHING_NEEDED
    """What would help the first of those who come along."""

    @property
    def places(self) -> int:
        return len(self.companions) + self.booker_comes


def orders_ahead(today: date) -> list[DemoOrder]:
    """What is ordered for the sessions ahead. One is full, one has two places left; nobody orders twice on one."""
    throw = dice("orders ahead")
    bookers, referrals = cycle(customers()), cycle(REFERRAL_ANSWERS)
    own, of_companions = iter(OWN_NEEDS), iter(NEEDS_OF_COMPANIONS)
    planned = []
    for session, sizes in _sizes(sessions_ahead(today)):
        for size in sizes:
            booker = next(bookers)
            comes = size == 1 or throw.random() < 0.8
            others = companions(f"{session.key} {booker.email}", size - comes)
            needs = next(own, NOTHING_NEEDED) if comes and throw.random() < 0.3 else NOTHING_NEEDED
            theirs = next(of_companions, NOTHING_NEEDED) if len(others) > 1 else NOTHING_NEEDED
            planned.append(DemoOrder(session, booker, tuple(others), comes, next(referrals), needs, theirs))
    return planned


def place(demo: DemoOrder, session: CourseSession, till: Till) -> bool:
    """Places one order and pays it; one that was placed by a load that broke off is only finished. True when new."""
    known = Booking.objects.filter(session=session, customer__email=demo.booker.email).first()
    if known is None:
        taken = take_hold(session_id=session.pk, places=demo.places)
        placed = place_order(hold_id=taken.hold.pk, secret=taken.secret, order=_order(demo, session))
        booking = placed.booking
    else:
        booking = known
    if booking.status == Booking.Status.PENDING:
        _complete(booking, demo, till)
    return known is None


def _complete(booking: Booking, demo: DemoOrder, till: Till) -> None:
    payment = latest_payment(booking)
    if payment is None:
        complete_free_order(booking_id=booking.pk)
        return
    till.pay(open_checkout(payment=payment), demo.booker)
    outcome = settle_payment(payment_id=payment.pk)
    if outcome != Outcome.PAID:
        raise RuntimeError(f"The payment of {booking.reference} ended as {outcome}.")


def _order(demo: DemoOrder, session: CourseSession) -> Order:
    booker = demo.booker
    themselves = Person(booker.first_name, booker.last_name, booker.email, is_booker=True, needs=demo.booker_needs)
    others = [
        Person(other.first_name, other.last_name, other.email, needs=NOTHING_NEEDED if number else demo.companion_needs)
        for number, other in enumerate(demo.companions)
    ]
    return Order(
        contact=Contact(booker.first_name, booker.last_name, booker.email, booker.phone, booker.company),
        people=[themselves, *others] if demo.booker_comes else others,
        agreed_total=session.price * demo.places,
        terms_shown=terms_mark(selectors.current_policy()),
        session_shown=session_mark(session),
        purpose=Booking.Purpose.WORK if booker.company else Booking.Purpose.SELF,
        referral_source=demo.referral_source,
    )


def _sizes(sessions: list[DemoSession]) -> Iterator[tuple[DemoSession, tuple[int, ...]]]:
    """The sizes of the orders for each session; those further away have fewer."""
    throw = dice("sizes ahead")
    in_sheffield = [s for s in sessions if (s.course, s.town) == (courses.EFAW, venues.SHEFFIELD)]
    in_leeds = [s for s in sessions if (s.course, s.town) == (courses.EFAW, venues.LEEDS)]
    chosen = {in_sheffield[1].key: _FULL, in_leeds[0].key: _TWO_LEFT}
    sizes: tuple[int, ...]
    for number, session in enumerate(sessions):
        if session.status == CourseSession.Status.TENTATIVE:
            sizes = _TENTATIVE
        elif session.price is not None:
            sizes = _FREE
        elif session.key in chosen:
            sizes = chosen[session.key]
        elif throw.random() < 1 - number / len(sessions):
            sizes = tuple(throw.choice((1, 1, 2, 3)) for _ in range(throw.randint(1, 2)))
        else:
            sizes = ()
        yield session, sizes
