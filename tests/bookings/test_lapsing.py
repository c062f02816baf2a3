"""Orders that nobody paid in time: places freed, the page closed, late money settled."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bookings import selectors, tasks
from bookings.flows import lapsing
from bookings.flows.lapsing import release_booking, release_lapsed
from bookings.models import Booking
from config.kernel import clock
from customers.models import Activity
from invoicing.models import Invoice
from payments.models import Payment, Refund
from tests.factories import make_booking, make_hold, make_payment, make_session
from tests.factories.orders import an_unpaid_order, booking_of, let_lapse

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def started(callbacks: list[Any]) -> list[tuple[str, list[str]]]:
    return [(callback.args[0], callback.args[1]) for callback in callbacks]


def test_a_lapsed_order_frees_its_places_and_has_its_payment_closed(django_capture_on_commit_callbacks) -> None:
    session = make_session(capacity=2)
    payment = an_unpaid_order(session, places=2)
    let_lapse(payment)
    with django_capture_on_commit_callbacks() as callbacks:
        assert release_lapsed() == 1
    booking = booking_of(payment)
    assert (booking.status, booking.expired_at is None) == (Booking.Status.EXPIRED, False)
    assert selectors.places_left(session, clock.now()) == 2
    assert started(callbacks) == [("payments.tasks.close_payment", [str(payment.pk)])]
    # The payment itself waits for what Stripe says.
    payment.refresh_from_db()
    assert payment.status == Payment.Status.OPEN
    lines = Activity.objects.filter(kind="booking_expired")
    assert [line.subject_key for line in lines] == [str(booking.pk)]

    with django_capture_on_commit_callbacks() as callbacks:
        assert release_lapsed() == 0
        assert not release_booking(booking_id=booking.pk)
    assert callbacks == []
    assert lines.count() == 1


def test_nothing_else_is_released() -> None:
    session = make_session()
    kept = [
        make_booking(session, status=Booking.Status.PENDING, lapses_at=clock.now() + MINUTE),
        make_booking(session, status=Booking.Status.PENDING, lapses_at=None),
        make_booking(session),
        make_booking(session, status=Booking.Status.CANCELLED, lapses_at=clock.now() - MINUTE),
    ]
    before = list(Booking.objects.order_by("pk").values())
    assert release_lapsed() == 0
    assert not any(release_booking(booking_id=booking.pk) for booking in kept)
    assert list(Booking.objects.order_by("pk").values()) == before


def test_an_order_that_was_paid_between_the_look_and_the_lock_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    booking = make_booking(status=Booking.Status.PENDING, lapses_at=clock.now() - MINUTE)
    release = lapsing.release_booking

    def release_late(*, booking_id):
        Booking.objects.update(status="confirmed", confirmed_at=clock.now(), lapses_at=None)
        return release(booking_id=booking_id)

    monkeypatch.setattr(lapsing, "release_booking", release_late)
    assert release_lapsed() == 0
    assert Booking.objects.get(pk=booking.pk).status == Booking.Status.CONFIRMED
    assert Activity.objects.count() == 0


def test_the_oldest_go_first_and_a_batch_has_an_end() -> None:
    session = make_session()
    ages = (3, 9, 5)
    made = {
        age: make_booking(session, status=Booking.Status.PENDING, lapses_at=clock.now() - age * MINUTE) for age in ages
    }
    assert release_lapsed(limit=2) == 2
    assert Booking.objects.get(status=Booking.Status.PENDING) == made[3]
    assert release_lapsed(limit=2) == 1


def test_a_finished_payment_is_not_closed_again(django_capture_on_commit_callbacks) -> None:
    booking = make_booking(status=Booking.Status.PENDING, lapses_at=clock.now() - MINUTE)
    make_payment(booking, status=Payment.Status.CANCELLED)
    with django_capture_on_commit_callbacks() as callbacks:
        assert release_lapsed() == 1
    assert callbacks == []


def test_the_sweeper_does_it() -> None:
    payment = an_unpaid_order()
    let_lapse(payment)
    tasks.sweep_lapsed()
    assert booking_of(payment).status == Booking.Status.EXPIRED
    assert (Refund.objects.count(), Invoice.objects.count()) == (0, 0)


def test_lapsed_holds_need_no_sweeper() -> None:
    session = make_session(capacity=1)
    make_hold(session, expires_at=clock.now() - MINUTE)
    assert selectors.places_left(session, clock.now()) == 1


def test_one_order_that_cannot_be_released_does_not_keep_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = an_unpaid_order(), an_unpaid_order()
    let_lapse(first)
    let_lapse(second)
    really = lapsing.release_booking

    def release(*, booking_id: UUID) -> bool:
        if booking_id == booking_of(first).pk:
            raise ValueError("A row nobody foresaw.")
        return really(booking_id=booking_id)

    monkeypatch.setattr(lapsing, "release_booking", release)

    assert release_lapsed() == 1
    assert [booking_of(payment).status for payment in (first, second)] == ["pending", "expired"]
    assert [record.message for record in caplog.records] == ["A lapsed booking could not be released."]


def test_a_whole_batch_that_cannot_be_released_is_passed_by_up_to_a_bound(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    session = make_session(capacity=12)
    now = clock.now()
    orders = [
        make_booking(session, status=Booking.Status.PENDING, lapses_at=now - minutes * MINUTE)
        for minutes in range(12, 0, -1)
    ]
    broken = {booking.pk for booking in orders[:9]}
    really = lapsing.release_booking

    def release(*, booking_id: UUID) -> bool:
        if booking_id in broken:
            raise ValueError("A row nobody foresaw.")
        return really(booking_id=booking_id)

    monkeypatch.setattr(lapsing, "release_booking", release)

    assert release_lapsed(limit=1) == 1
    assert Booking.objects.get(status=Booking.Status.EXPIRED) == orders[9]
    assert len(caplog.records) == 9

    broken.add(orders[10].pk)
    assert release_lapsed(limit=1) == 0
    assert Booking.objects.get(status=Booking.Status.EXPIRED) == orders[9]
    assert len(caplog.records) == 9 + 10
