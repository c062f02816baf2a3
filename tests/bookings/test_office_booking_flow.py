"""Booking for somebody: one transaction, the locks of everybody, once for each form."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bookings import selectors
from bookings.exceptions import BookingClosed, NotEnoughPlaces, PriceChanged
from bookings.flows.booking_for_customer import Wish, book_for_customer
from bookings.models import Attendee, Booking, BookingPolicy, CourseSession, Hold
from bookings.services.lifecycle import latest_lapse, wait_for_payment_again
from bookings.services.placing import Contact, Order, Person
from communications.models import Message
from config.kernel import clock
from config.kernel.actor import Actor, acting_as
from customers.models import Activity, Organisation, User
from customers.services.matching import AddressTaken
from payments.models import Payment
from tests.factories import make_booking, make_hold, make_session, make_staff, make_user
from tests.factories.orders import HANNAH

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen_now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


def a_wish(session: CourseSession, *, places: int = 1, order: dict[str, Any] | None = None, **fields: Any) -> Wish:
    said: dict[str, Any] = {
        "contact": HANNAH,
        "people": (),
        "agreed_total": session.price * places,
        "source": Booking.Source.PHONE,
        "purpose": Booking.Purpose.WORK,
    }
    wish: dict[str, Any] = {
        "staff": fields.get("staff") or make_staff(),
        "form_key": uuid.uuid4(),
        "session_id": session.pk,
        "places": places,
        "order": Order(**said | (order or {})),
    }
    return Wish(**wish | fields)


def test_everything_that_was_said_is_kept(frozen_now: datetime) -> None:
    session, staff = make_session(), make_staff(first_name="Jas", last_name="Bains")
    rylstone = Organisation.objects.create(name="Rylstone Nursery")
    people = [Person("Hannah", "Okafor", HANNAH.email, is_booker=True), Person("Tom", "Ackroyd", "tom@example.org")]
    order = {"people": people, "po_number": "PO 7", "referral_source": "My employer"}
    with acting_as(Actor("staff", "Jas Bains", staff.pk)):
        made = book_for_customer(
            wish=a_wish(session, places=3, order=order, staff=staff, organisation=rylstone, notes="Wants a receipt.")
        )

    booking = Booking.objects.get()
    assert (made.booking, made.is_new, made.beyond_capacity) == (booking, True, 0)
    assert (booking.status, booking.total, booking.source) == ("pending", Decimal("270.00"), "phone")
    assert (booking.created_by, booking.organisation, booking.notes) == (staff, rylstone, "Wants a receipt.")
    assert (booking.po_number, booking.referral_source, booking.purpose) == ("PO 7", "My employer", "work")
    assert (booking.terms_accepted_at, booking.policy) == (frozen_now, selectors.current_policy())
    assert (booking.created_at, booking.lapses_at) == (frozen_now, frozen_now + timedelta(hours=48))
    assert [(one.full_name, one.user) for one in Attendee.objects.order_by("position")] == [
        ("Hannah Okafor", booking.customer),
        ("Tom Ackroyd", None),
        ("", None),
    ]
    payment = Payment.objects.get()
    assert (payment.status, payment.amount, payment.payer) == ("open", booking.total, booking.customer)
    message = Message.objects.get()
    assert (made.link, message.kind, message.to_email, message.amount) == (
        message,
        "payment_link",
        HANNAH.email,
        booking.total,
    )
    lines = Activity.objects.filter(user=booking.customer).order_by("id")
    assert [(line.kind, line.summary, line.actor_label, line.subject_key) for line in lines] == [
        (
            "booking_placed",
            "Booked 3 places on Emergency First Aid at Work by telephone, £270.00",
            "Jas Bains",
            str(booking.pk),
        ),
        (
            "payment_link_sent",
            f"Sent a payment link for £270.00, booking {booking.reference}",
            "Jas Bains",
            str(booking.pk),
        ),
    ]


def test_the_figures_of_the_customer_are_worked_out_anew(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        made = book_for_customer(wish=a_wish(make_session()))
    tasks = [(call.args[0], call.args[1]) for call in callbacks]
    assert ("customers.tasks.refresh_statistics", [str(made.booking.customer_id)]) in tasks


def test_somebody_known_is_never_made_again_and_only_blanks_are_filled() -> None:
    hannah = make_user(HANNAH.email, first_name="Hanna", phone="")
    made = book_for_customer(wish=a_wish(make_session()))
    hannah.refresh_from_db()
    assert (made.booking.customer, User.objects.filter(kind="customer").count()) == (hannah, 1)
    assert (hannah.first_name, hannah.phone) == ("Hanna", HANNAH.phone)


def test_who_was_chosen_keeps_what_is_on_record_and_gets_what_is_missing() -> None:
    chosen = make_user("", phone="0114 496 0000")
    made = book_for_customer(wish=a_wish(make_session(), customer_id=chosen.pk))
    chosen.refresh_from_db()
    assert made.booking.customer == chosen
    assert (chosen.email, chosen.email_key, chosen.phone) == (HANNAH.email, HANNAH.email, "0114 496 0000")


def test_an_address_that_somebody_else_has_makes_no_booking() -> None:
    make_user(HANNAH.email)
    chosen = make_user("")
    with pytest.raises(AddressTaken):
        book_for_customer(wish=a_wish(make_session(), customer_id=chosen.pk))
    assert not Booking.objects.exists()


def test_a_form_sent_twice_makes_one_booking() -> None:
    wish = a_wish(make_session(), places=2, order={"contact": Contact("Ada", "Byron", "")})
    first, second = book_for_customer(wish=wish), book_for_customer(wish=wish)
    assert (first.booking, first.is_new, second.is_new, second.link) == (second.booking, True, False, None)
    assert (Booking.objects.count(), Payment.objects.count(), User.objects.filter(kind="customer").count()) == (1, 1, 1)


@pytest.mark.parametrize("capacity, beyond", [(2, 1), (3, 0)])
def test_over_capacity_only_with_a_reason_which_is_kept(capacity: int, beyond: int) -> None:
    session = make_session(capacity=capacity)
    made = book_for_customer(
        wish=a_wish(session, places=3, notes="Ring first.", exceed_because="The room holds 14, says the trainer")
    )
    assert made.beyond_capacity == beyond
    why = f"{beyond} over capacity: The room holds 14, says the trainer"
    assert made.booking.notes == (f"Ring first.\n{why}" if beyond else "Ring first.")
    assert list(Activity.objects.filter(kind="capacity_exceeded").values_list("summary", flat=True)) == [why] * beyond


def test_without_a_reason_the_capacity_holds() -> None:
    session = make_session(capacity=3)
    make_booking(session)
    make_hold(session)
    with pytest.raises(NotEnoughPlaces) as refused:
        book_for_customer(wish=a_wish(session, places=2))
    assert refused.value.left == 1
    assert (Booking.objects.count(), Hold.objects.count(), Message.objects.count()) == (1, 1, 0)
    assert not User.objects.filter(email=HANNAH.email).exists()


def test_the_office_books_after_the_website_has_closed_and_until_the_course_begins(frozen_now: datetime) -> None:
    soon = make_session(starts_at=frozen_now + timedelta(minutes=5), is_private=True)
    made = book_for_customer(wish=a_wish(soon))
    # Places are never kept past the start.
    assert made.booking.lapses_at == soon.starts_at
    assert latest_lapse(made.booking) == soon.starts_at


@pytest.mark.parametrize("status", ["draft", "cancelled", "completed"])
def test_a_session_that_is_not_open_is_refused(status: str) -> None:
    with pytest.raises(BookingClosed):
        book_for_customer(wish=a_wish(make_session(status=CourseSession.Status(status))))
    assert not Booking.objects.exists()


def test_a_course_that_has_begun_and_another_price_are_refused() -> None:
    with pytest.raises(BookingClosed):
        book_for_customer(wish=a_wish(make_session(starts_at=clock.now())))
    with pytest.raises(PriceChanged):
        book_for_customer(wish=a_wish(make_session(), order={"agreed_total": Decimal("80.00")}))
    assert (Booking.objects.count(), Hold.objects.count()) == (0, 0)


def test_a_free_course_and_a_link_that_is_not_wanted_send_none() -> None:
    free = book_for_customer(wish=a_wish(make_session(price=Decimal(0))))
    later = book_for_customer(wish=a_wish(make_session(), sends_link=False))
    nowhere = book_for_customer(wish=a_wish(make_session(), order={"contact": Contact("Ada", "Byron", "")}))
    assert (free.link, later.link, nowhere.link, Message.objects.count()) == (None, None, None, 0)
    assert list(Payment.objects.values_list("allocations__booking", flat=True)) == [
        nowhere.booking.pk,
        later.booking.pk,
    ]


def test_a_payment_that_the_bank_gave_up_leaves_what_the_link_had_left(frozen_now: datetime) -> None:
    booking = book_for_customer(wish=a_wish(make_session())).booking
    promised = booking.lapses_at
    booking.lapses_at = None
    wait_for_payment_again(booking=booking, now=frozen_now)
    assert booking.lapses_at == promised
    booking.lapses_at = None
    wait_for_payment_again(booking=booking, now=frozen_now + timedelta(hours=48))
    minutes = BookingPolicy.objects.get().declined_extra_minutes
    assert booking.lapses_at == frozen_now + timedelta(hours=48, minutes=minutes)
