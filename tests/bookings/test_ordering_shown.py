"""Placing an order for what the customer was shown, and nothing else: price, terms, days and place."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from bookings import locks
from bookings.exceptions import PriceChanged, SessionChanged, TermsChanged
from bookings.flows.ordering import place_order
from bookings.models import Attendee, Booking, BookingPolicy, CourseSession, Hold, SpecialRequirement, Venue
from bookings.services.holding import save_draft, take_hold
from bookings.services.policies import add_version
from bookings.services.scheduling import Day, set_days
from customers.models import AccessLink, Activity, User
from payments.models import Payment, PaymentAllocation
from tests.factories import make_session, make_venue
from tests.factories.orders import an_order

pytestmark = pytest.mark.django_db


TABLES = (User, Booking, Attendee, SpecialRequirement, Payment, PaymentAllocation, AccessLink, Activity)


def rows() -> list[int]:
    return [model._default_manager.count() for model in TABLES]


def test_a_price_that_changed_is_agreed_to_anew() -> None:
    session = make_session()
    taken = take_hold(session_id=session.pk, places=2)
    save_draft(hold=taken.hold, draft={"first_name": "Hannah"})
    order = an_order(session, places=2)
    CourseSession.objects.update(price=Decimal("95.00"))
    before = rows()
    with pytest.raises(PriceChanged) as refusal:
        place_order(hold_id=taken.hold.pk, secret=taken.secret, order=order)
    assert refusal.value.total == Decimal("190.00")
    # Not even the customer was made, and what was typed is still there.
    assert rows() == before
    assert Hold.objects.get().draft == {"first_name": "Hannah"}
    agreed = replace(order, agreed_total=Decimal("190.00"))
    assert place_order(hold_id=taken.hold.pk, secret=taken.secret, order=agreed).booking.total == Decimal("190.00")


def test_terms_that_changed_while_the_order_waited_are_agreed_to_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy is read under the session's lock, so not even a version of this moment is accepted unseen."""
    session = make_session()
    taken = take_hold(session_id=session.pk, places=1)
    order = an_order(session)
    lock_session = locks.lock_session

    def lock_late(session_id: UUID) -> CourseSession:
        add_version(BookingPolicy())
        return lock_session(session_id)

    before = rows()
    with monkeypatch.context() as patch:
        patch.setattr(locks, "lock_session", lock_late)
        with pytest.raises(TermsChanged) as refusal:
            place_order(hold_id=taken.hold.pk, secret=taken.secret, order=order)
    assert refusal.value.besides == []
    assert rows() == before
    assert Hold.objects.get().ordered_at is None
    # What was refused was undone with it, the version of this test too.
    add_version(BookingPolicy())
    agreed = replace(order, terms_shown="2")
    assert place_order(hold_id=taken.hold.pk, secret=taken.secret, order=agreed).booking.policy.version == 2


def test_a_session_that_changed_is_agreed_to_anew() -> None:
    """Its days, its place, or where that is; with whatever else changed besides."""
    session = make_session()
    taken = take_hold(session_id=session.pk, places=1)
    order = an_order(session)
    later = Day(session.starts_at, session.ends_at + timedelta(minutes=30))
    before = rows()
    for change in (
        lambda: set_days(session=session, days=[later]),
        lambda: CourseSession.objects.update(venue=make_venue(name="Mill Hall")),
        lambda: Venue.objects.update(postcode="LS1 1AA"),
        lambda: CourseSession.objects.update(venue=None),
    ):
        change()
        with pytest.raises(SessionChanged) as refusal:
            place_order(hold_id=taken.hold.pk, secret=taken.secret, order=order)
        assert refusal.value.besides == []
        order = an_order(CourseSession.objects.get())
    assert rows() == before
    unseen = replace(order, agreed_total=Decimal(0), terms_shown="", session_shown="")
    with pytest.raises(SessionChanged) as refusal:
        place_order(hold_id=taken.hold.pk, secret=taken.secret, order=unseen)
    assert [type(change) for change in refusal.value.besides] == [PriceChanged, TermsChanged]
    assert rows() == before
    assert place_order(hold_id=taken.hold.pk, secret=taken.secret, order=order).booking.session == session
