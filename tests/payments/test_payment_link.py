"""The payment link: sent by the office, once while one waits, and only for what can be paid."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bookings.flows.payment_link import NoAddress, NotPayable, send_payment_link
from bookings.models import Booking, CourseSession
from bookings.services.lifecycle import give_more_time, latest_lapse
from communications.models import Message
from config.kernel import clock
from customers.models import Activity
from customers.services.matching import AddressTaken
from payments.models import Discrepancy, Payment
from payments.services.recording import record_discrepancy
from tests.factories import make_booking, make_payment, make_session, make_user
from tests.factories.orders import an_unpaid_order, booking_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def waiting(**fields: Any) -> Booking:
    """A booking that nobody has paid, without a payment row: as it comes from elsewhere."""
    return make_booking(status=Booking.Status.PENDING, **fields)


def test_a_link_is_sent_once_while_it_waits_and_its_hours_begin(frozen_now: datetime) -> None:
    payment = an_unpaid_order(places=2)
    sent = send_payment_link(booking_id=booking_of(payment).pk)
    again = send_payment_link(booking_id=booking_of(payment).pk)

    booking = booking_of(payment)
    assert (sent.is_new, again.is_new, again.message) == (True, False, sent.message)
    message = Message.objects.get()
    assert (message.dedupe_key, message.kind) == (f"booking:{booking.pk}:payment-link:1", "payment_link")
    assert (message.to_email, message.to_name, message.user) == (
        "hannah@example.org",
        "Hannah Okafor",
        booking.customer,
    )
    assert (message.amount, message.state) == (booking.total, "queued")
    assert list(message.events.values_list("kind", flat=True)) == ["queued"]
    assert (booking.link_hours_from, booking.lapses_at) == (frozen_now, frozen_now + 48 * HOUR)
    assert Payment.objects.get() == payment
    lines = Activity.objects.filter(kind="payment_link_sent")
    assert [(line.summary, line.subject_key) for line in lines] == [
        (f"Sent a payment link for £180.00, booking {booking.reference}", str(booking.pk))
    ]

    Message.objects.update(state=Message.State.SENT)
    third = send_payment_link(booking_id=booking.pk)
    assert (third.is_new, third.message.dedupe_key) == (True, f"booking:{booking.pk}:payment-link:2")


def test_the_hours_end_with_the_start_of_the_course_also_with_more_time(frozen_now: datetime) -> None:
    session = make_session(starts_at=frozen_now + 3 * HOUR)
    booking = waiting(session=session)
    send_payment_link(booking_id=booking.pk)
    booking.refresh_from_db()
    assert (booking.lapses_at, latest_lapse(booking)) == (session.starts_at, session.starts_at)
    give_more_time(booking=booking, now=frozen_now + 2.9 * HOUR)
    assert booking.lapses_at == session.starts_at


def test_a_decline_near_the_end_of_the_hours_still_gives_its_minutes(frozen_now: datetime) -> None:
    booking = waiting()
    send_payment_link(booking_id=booking.pk)
    booking.refresh_from_db()
    end = frozen_now + 48 * HOUR
    give_more_time(booking=booking, now=end - timedelta(minutes=5))
    assert booking.lapses_at == end + timedelta(minutes=booking.policy.extension_minutes - 5)


def test_a_booking_without_payment_or_end_gets_a_payment_and_no_end() -> None:
    booking = waiting(lapses_at=None)
    make_payment(booking, amount=Decimal("30.00"))
    send_payment_link(booking_id=booking.pk)
    booking.refresh_from_db()
    assert (booking.lapses_at, booking.link_hours_from) == (None, None)
    assert list(Payment.objects.filter(status="open").values_list("amount", flat=True)) == [Decimal("60.00")]
    assert Message.objects.get().amount == Decimal("60.00")


def test_an_address_that_was_missing_is_kept_or_refused() -> None:
    booking = waiting(customer=make_user(""))
    with pytest.raises(NoAddress):
        send_payment_link(booking_id=booking.pk)
    make_user("taken@example.org")
    with pytest.raises(AddressTaken):
        send_payment_link(booking_id=booking.pk, email="Taken@example.org")
    assert (Message.objects.count(), Payment.objects.count()) == (0, 0)

    sent = send_payment_link(booking_id=booking.pk, email="ada@example.org")
    booking.refresh_from_db()
    assert (sent.message.to_email, booking.contact_email, booking.customer.email) == ("ada@example.org",) * 3


def in_question() -> Booking:
    booking = waiting()
    payment = make_payment(booking, status=Payment.Status.OPEN)
    record_discrepancy(kind=Discrepancy.Kind.AMOUNT, stripe_object_id="pi_1", payment=payment, found="1.00")
    return booking


NOT_PAYABLE = {
    "booked": make_booking,
    "cancelled": lambda: make_booking(status=Booking.Status.CANCELLED),
    "expired": lambda: make_booking(status=Booking.Status.EXPIRED),
    "out of time": lambda: waiting(lapses_at=clock.now()),
    "begun": lambda: waiting(session=make_session(starts_at=clock.now())),
    "called off": lambda: waiting(session=make_session(status=CourseSession.Status.CANCELLED)),
    "free": lambda: waiting(session=make_session(price=Decimal(0))),
    "with the bank": lambda: make_payment(waiting(), status=Payment.Status.PROCESSING).allocations.get().booking,
    "in question": in_question,
}


@pytest.mark.parametrize("why", NOT_PAYABLE)
def test_what_cannot_be_paid_gets_no_link(why: str) -> None:
    booking = NOT_PAYABLE[why]()
    before = (Payment.objects.count(), booking.lapses_at)
    with pytest.raises(NotPayable):
        send_payment_link(booking_id=booking.pk)
    booking.refresh_from_db()
    assert (Payment.objects.count(), booking.lapses_at) == before
    assert not Message.objects.exists()
