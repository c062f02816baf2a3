"""Placing an order: once a hold, all or nothing."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from bookings.exceptions import BookingClosed, NoSuchHold, NotEnoughPlaces
from bookings.flows import ordering
from bookings.flows.ordering import PlacedOrder, place_order
from bookings.models import Attendee, Booking, CourseSession, Hold, SpecialRequirement
from bookings.services import placing
from bookings.services.holding import release_hold, save_draft, take_hold
from bookings.services.placing import Person
from bookings.services.requirements import Needs, OwnWords
from config.kernel import clock
from config.kernel.references import new_reference
from customers.flows.statistics import recalculate
from customers.models import AccessLink, Activity, CustomerStatistics, User
from customers.services.access import opens
from customers.services.matching import match_or_create
from payments.models import Payment, PaymentAllocation
from tests.factories import make_session, make_user
from tests.factories.orders import HANNAH, an_order, place_an_order

pytestmark = pytest.mark.django_db

TABLES = (User, Booking, Attendee, SpecialRequirement, Payment, PaymentAllocation, AccessLink, Activity)


def rows() -> list[int]:
    return [model._default_manager.count() for model in TABLES]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def test_an_order_becomes_a_booking_with_its_people_and_a_payment(now: datetime) -> None:
    session = make_session(capacity=3, price=Decimal("95.50"))
    people = [
        Person(first_name="Hannah", last_name="Okafor", email="hannah@example.org", is_booker=True),
        Person(first_name="Ravi", last_name="Shah", email="ravi@example.org"),
    ]
    contact = replace(HANNAH, company="Okafor Ltd", billing_address="1 High Street\nLeeds")
    placed, taken = place_an_order(
        session,
        places=3,
        people=people,
        contact=contact,
        purpose=Booking.Purpose.WORK,
        po_number="PO 7",
        referral_source="A friend",
    )
    booking = Booking.objects.get()
    assert placed.booking == booking
    assert (booking.status, booking.session, booking.hold) == (Booking.Status.PENDING, session, taken.hold)
    assert (booking.price_per_place, booking.vat_rate, booking.total) == (Decimal("95.50"), 20, Decimal("286.50"))
    assert (booking.contact_name, booking.contact_email) == ("Hannah Okafor", "hannah@example.org")
    assert (booking.company, booking.billing_address, booking.po_number) == (
        "Okafor Ltd",
        "1 High Street\nLeeds",
        "PO 7",
    )
    assert (booking.source, booking.purpose, booking.referral_source) == ("website", "work", "A friend")
    assert (booking.policy.version, booking.terms_accepted_at) == (1, now)
    assert (booking.created_at, booking.lapses_at) == (now, now + timedelta(minutes=30))

    seats = Attendee.objects.order_by("position").values_list("position", "first_name", "email", "is_booker", "user")
    assert list(seats) == [
        (1, "Hannah", "hannah@example.org", True, booking.customer_id),
        (2, "Ravi", "ravi@example.org", False, None),
        # Fewer people than places: a name may be given later.
        (3, "", "", False, None),
    ]
    payment = Payment.objects.get()
    assert (placed.payment_id, payment.payer, payment.amount) == (payment.pk, booking.customer, Decimal("286.50"))
    assert payment.allocations.get().amount == Decimal("286.50")
    assert opens(placed.access_token, purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk))
    assert Activity.objects.get().summary == "Ordered 3 of Emergency First Aid at Work, £286.50"


def test_the_figures_of_the_customer_are_worked_out_anew_before_anything_is_paid(
    django_capture_on_commit_callbacks: Any,
) -> None:
    """An order counts among their bookings from the moment it is placed; a second press starts nothing."""
    session = make_session()
    with django_capture_on_commit_callbacks() as callbacks:
        placed, taken = place_an_order(session, places=2)
    assert [(call.args[0], call.args[1]) for call in callbacks] == [
        ("customers.tasks.refresh_statistics", [str(placed.booking.customer_id)])
    ]
    recalculate(user_ids=[placed.booking.customer_id])
    figures = CustomerStatistics.objects.get()
    assert (figures.bookings_count, figures.places_count, figures.paid_total) == (1, 2, 0)
    with django_capture_on_commit_callbacks() as callbacks:
        place_order(hold_id=taken.hold.pk, secret=taken.secret, order=an_order(session, places=2))
    assert callbacks == []


def test_a_hold_is_ordered_once() -> None:
    session = make_session()
    first, taken = place_an_order(session, places=2)
    before = rows()
    again = place_order(hold_id=taken.hold.pk, secret=taken.secret, order=an_order(session, places=2))
    assert (again.booking, again.payment_id, again.access_token) == (
        first.booking,
        first.payment_id,
        first.access_token,
    )
    assert rows() == before


def test_a_second_press_that_waited_for_the_first_finds_its_booking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both looked before either had ordered; the locked row decides."""
    session = make_session()
    taken = take_hold(session_id=session.pk, places=1)
    order = an_order(session)
    first: list[PlacedOrder] = []

    def match_late(**details: str) -> User:
        monkeypatch.setattr(ordering, "match_or_create", match_or_create)
        first.append(place_order(hold_id=taken.hold.pk, secret=taken.secret, order=order))
        return match_or_create(**details)

    monkeypatch.setattr(ordering, "match_or_create", match_late)
    second = place_order(hold_id=taken.hold.pk, secret=taken.secret, order=order)
    assert second.booking == first[0].booking
    assert (Booking.objects.count(), Payment.objects.count()) == (1, 1)


def test_a_wrong_secret_orders_nothing() -> None:
    session = make_session()
    taken = take_hold(session_id=session.pk, places=1)
    other = take_hold(session_id=session.pk, places=1)
    before = rows()
    for secret in ("", "guess", other.secret, taken.hold.secret_hash):
        with pytest.raises(NoSuchHold):
            place_order(hold_id=taken.hold.pk, secret=secret, order=an_order(session))
    assert rows() == before
    assert Hold.objects.filter(ordered_at__isnull=False).count() == 0


@pytest.mark.parametrize("ended", ["lapsed", "released"])
def test_a_hold_that_ended_is_ordered_if_there_is_room(ended: str) -> None:
    session = make_session(capacity=2)
    taken = take_hold(session_id=session.pk, places=2)
    if ended == "lapsed":
        Hold.objects.update(expires_at=clock.now() - timedelta(minutes=5))
    else:
        release_hold(hold_id=taken.hold.pk)
    placed = place_order(hold_id=taken.hold.pk, secret=taken.secret, order=an_order(session, places=2))
    assert placed.booking.status == Booking.Status.PENDING


def test_a_hold_that_lapsed_and_whose_places_are_gone_orders_nothing() -> None:
    session = make_session(capacity=2)
    taken = take_hold(session_id=session.pk, places=2)
    Hold.objects.update(expires_at=clock.now() - timedelta(minutes=5))
    take_hold(session_id=session.pk, places=1)
    before = rows()
    with pytest.raises(NotEnoughPlaces) as refusal:
        place_order(hold_id=taken.hold.pk, secret=taken.secret, order=an_order(session, places=2))
    assert refusal.value.left == 1
    assert rows() == before


def test_a_hold_that_lapsed_on_a_session_that_closed_orders_nothing() -> None:
    session = make_session()
    taken = take_hold(session_id=session.pk, places=1)
    Hold.objects.update(expires_at=clock.now() - timedelta(minutes=5))
    CourseSession.objects.update(status="cancelled")
    before = rows()
    with pytest.raises(BookingClosed):
        place_order(hold_id=taken.hold.pk, secret=taken.secret, order=an_order(session))
    assert rows() == before


def test_more_people_than_places_is_a_mistake_of_the_callers() -> None:
    session = make_session()
    before = rows()
    with pytest.raises(ValueError, match="more people than places"):
        place_an_order(session, places=1, people=[Person("Ada"), Person("Bea")])
    assert rows() == before


def test_a_known_address_means_the_person_who_is_known() -> None:
    known = make_user("hannah@example.org", first_name="Hannah", last_name="Okafor-Smith", phone="")
    placed, _ = place_an_order(make_session(), contact=replace(HANNAH, email=" HANNAH@Example.org"))
    assert placed.booking.customer == known
    known.refresh_from_db()
    # Blanks are filled; what is on record stays, and what differs is for staff to see.
    assert (known.last_name, known.phone) == ("Okafor-Smith", "07700 900142")
    assert Activity.objects.filter(kind="details_differ").count() == 1


def test_an_unknown_address_makes_a_person() -> None:
    placed, _ = place_an_order(make_session())
    customer = User.objects.get()
    assert (placed.booking.customer, customer.email, customer.kind) == (customer, "hannah@example.org", "customer")
    assert not customer.has_usable_password()


def test_a_free_order_has_no_payment() -> None:
    placed, _ = place_an_order(make_session(price=Decimal("0.00")))
    assert placed.payment_id is None
    assert Payment.objects.count() == 0


def test_own_words_are_encrypted_and_the_draft_is_wiped() -> None:
    session = make_session()
    taken = take_hold(session_id=session.pk, places=1)
    save_draft(hold=taken.hold, draft={"needs": "SENTINEL"})
    person = Person("Hannah", "Okafor", is_booker=True, needs=Needs(own_words=OwnWords("SENTINEL", "2026-11")))
    assert "SENTINEL" not in repr(person)
    placed = place_order(hold_id=taken.hold.pk, secret=taken.secret, order=an_order(session, people=[person]))
    needed = SpecialRequirement.objects.get()
    assert (needed.own_words, needed.consent_version) == ("SENTINEL", "2026-11")
    assert needed.consented_at == placed.booking.created_at
    assert needed.delete_after == clock.london_date(session.ends_at) + timedelta(days=30)
    with connection.cursor() as cursor:
        cursor.execute("SELECT own_words FROM bookings_specialrequirement")
        assert b"SENTINEL" not in bytes(cursor.fetchone()[0])
        cursor.execute("SELECT octet_length(draft) FROM bookings_hold")
        assert cursor.fetchone() == (0,)


def test_a_reference_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = place_an_order(make_session())
    fresh = new_reference()
    drawn = iter([first.booking.reference, first.booking.reference, fresh])
    monkeypatch.setattr(placing, "new_reference", lambda: next(drawn))
    second, _ = place_an_order(make_session())
    assert second.booking.reference == fresh
