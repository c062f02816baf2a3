"""Orders placed, paid and broken off through the real flows."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bookings.flows.lapsing import release_booking
from bookings.flows.ordering import PlacedOrder, place_order
from bookings.models import Booking, CourseSession
from bookings.selectors import current_policy
from bookings.services.holding import TakenHold, take_hold
from bookings.services.placing import Contact, Order, Person
from bookings.services.showing import session_mark, terms_mark
from config.kernel import clock
from payments.flows.paying import open_checkout
from payments.flows.settling import Outcome, settle_payment
from payments.models import Payment
from tests.factories.facts import make_session
from tests.system.stand_in import StandIn

HANNAH = Contact(first_name="Hannah", last_name="Okafor", email="hannah@example.org", phone="07700 900142")


def an_order(session: CourseSession, *, places: int = 1, people: Sequence[Person] = (), **fields: Any) -> Order:
    """What Hannah typed for so many places, agreeing to what the session and the terms are at this moment."""
    typed: dict[str, Any] = {
        "contact": HANNAH,
        "people": people,
        "agreed_total": session.price * places,
        "terms_shown": terms_mark(current_policy()),
        "session_shown": session_mark(session),
    }
    return Order(**typed | fields)


def place_an_order(
    session: CourseSession, *, places: int = 1, people: Sequence[Person] = (), **fields: Any
) -> tuple[PlacedOrder, TakenHold]:
    """Takes a hold and orders it."""
    taken = take_hold(session_id=session.pk, places=places)
    order = an_order(session, places=places, people=people, **fields)
    return place_order(hold_id=taken.hold.pk, secret=taken.secret, order=order), taken


def an_unpaid_order(session: CourseSession | None = None, *, places: int = 1) -> Payment:
    """The payment of an order that was just placed."""
    placed, _ = place_an_order(session or make_session(), places=places)
    return Payment.objects.get(allocations__booking=placed.booking)


def a_paid_order(
    stand_in: StandIn, session: CourseSession | None = None, *, places: int = 1, number: str = "4242424242424242"
) -> Payment:
    """The payment of an order that was paid with this card and settled."""
    payment = an_unpaid_order(session, places=places)
    stand_in.pay(open_checkout(payment=payment), number)
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    payment.refresh_from_db()
    return payment


def fresh(payment: Payment) -> Payment:
    """The payment as the database has it now."""
    return Payment.objects.get(pk=payment.pk)


def booking_of(payment: Payment) -> Booking:
    """The one booking that a payment is for, fresh from the database."""
    return Booking.objects.get(allocations__payment=payment)


def let_lapse(payment: Payment) -> Booking:
    """The order's time ran out a second ago; nobody has noticed yet."""
    Booking.objects.filter(allocations__payment=payment).update(lapses_at=clock.now() - timedelta(seconds=1))
    return booking_of(payment)


def expire(payment: Payment) -> Booking:
    """The order's time ran out and its places were freed."""
    assert release_booking(booking_id=let_lapse(payment).pk)
    return booking_of(payment)
