"""Orders placed through the real flows."""

from collections.abc import Sequence
from typing import Any

from bookings.flows.ordering import PlacedOrder, place_order
from bookings.models import CourseSession
from bookings.services.holding import TakenHold, take_hold
from bookings.services.placing import Contact, Order, Person

HANNAH = Contact(first_name="Hannah", last_name="Okafor", email="hannah@example.org", phone="07700 900142")


def an_order(session: CourseSession, *, places: int = 1, people: Sequence[Person] = (), **fields: Any) -> Order:
    """What Hannah typed for so many places, agreeing to today's price."""
    fields = {"contact": HANNAH, "people": people, "agreed_total": session.price * places} | fields
    return Order(**fields)


def place_an_order(
    session: CourseSession, *, places: int = 1, people: Sequence[Person] = (), **fields: Any
) -> tuple[PlacedOrder, TakenHold]:
    """Takes a hold and orders it."""
    taken = take_hold(session_id=session.pk, places=places)
    order = an_order(session, places=places, people=people, **fields)
    return place_order(hold_id=taken.hold.pk, secret=taken.secret, order=order), taken
