"""What happens to an event when Stripe, our records or our code stand in its way."""

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, transaction

from bookings.models import Booking
from config.kernel.actor import Actor, acting_as
from invoicing.models import Invoice
from payments import locks
from payments.flows import completing
from payments.flows.events import apply_stripe_event
from payments.flows.paying import open_checkout
from payments.models import Payment, PaymentEvent, StripeEvent
from payments.services.inbox import MOST_ATTEMPTS, claim_event, fail_event, postpone_event, retry_event
from tests.factories.at_stripe import OpenStandIn, intent_id_of
from tests.factories.orders import an_unpaid_order, booking_of
from tests.factories.stripe_events import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid_event(stripe_stand_in: OpenStandIn) -> StripeEvent:
    """News of an order that was paid, not applied yet."""
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment))
    return make_event("payment_intent.succeeded", intent_id_of(stripe_stand_in, payment))


def nothing_was_applied() -> bool:
    return (
        Payment.objects.get().status == Payment.Status.OPEN
        and Booking.objects.get().status == Booking.Status.PENDING
        and not Invoice.objects.exists()
        and not PaymentEvent.objects.exclude(kind="opened").exists()
    )


@pytest.mark.parametrize("kind", ["500", "503", "429", "timeout_before"])
def test_stripe_in_trouble_means_later(
    stripe_stand_in: OpenStandIn, paid_event: StripeEvent, frozen_now: datetime, kind: str
) -> None:
    path = f"/v1/payment_intents/{paid_event.object_id}"
    # The library repeats a failed request once by itself.
    stripe_stand_in.control("faults", method="GET", path=path, kind=kind, times=2)
    apply_stripe_event(event_id=paid_event.pk)
    paid_event.refresh_from_db()
    assert (paid_event.state, paid_event.attempts) == (StripeEvent.State.RECEIVED, 1)
    assert paid_event.next_attempt_at == frozen_now + timedelta(minutes=1)
    assert paid_event.last_error in {"APIError", "RateLimitError", "APIConnectionError"}
    assert nothing_was_applied()

    stripe_stand_in.request("DELETE", "/_control/faults")
    StripeEvent.objects.update(next_attempt_at=frozen_now)
    apply_stripe_event(event_id=paid_event.pk)
    paid_event.refresh_from_db()
    assert (paid_event.state, paid_event.attempts, paid_event.last_error) == (StripeEvent.State.APPLIED, 2, "")
    assert booking_of(Payment.objects.get()).status == Booking.Status.CONFIRMED


def test_the_pauses_grow_and_end_with_a_person(frozen_now: datetime) -> None:
    event = make_event("payment_intent.succeeded", "pi_1")
    pauses = []
    while event.state == StripeEvent.State.RECEIVED:
        StripeEvent.objects.update(next_attempt_at=frozen_now)
        assert claim_event(event_id=event.pk, now=frozen_now)
        event.refresh_from_db()
        postpone_event(event=event, error="APIConnectionError", now=frozen_now)
        event.refresh_from_db()
        pauses.append(int((event.next_attempt_at - frozen_now).total_seconds() / 60))
    assert pauses[:7] == [1, 2, 5, 15, 60, 180, 180]
    assert (event.state, event.attempts, len(pauses)) == (StripeEvent.State.FAILED, MOST_ATTEMPTS, MOST_ATTEMPTS)
    assert event.last_error == "APIConnectionError"
    # Stripe itself tells us of a payment for three days; we go on at least as long.
    assert sum(pauses[:-1]) > 3 * 24 * 60


def test_what_stripe_refuses_is_for_a_person(stripe_stand_in: OpenStandIn, frozen_now: datetime) -> None:
    event = make_event("payment_intent.succeeded", "pi_of_another_account")
    apply_stripe_event(event_id=event.pk)
    event.refresh_from_db()
    assert (event.state, event.attempts, event.finished_at) == (StripeEvent.State.FAILED, 1, frozen_now)
    assert event.last_error.startswith("resource_missing: ")


def test_a_fault_of_ours_leaves_nothing_half_done(
    stripe_stand_in: OpenStandIn, paid_event: StripeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(**_kwargs: object) -> None:
        # The last step: everything before it was written already.
        assert Invoice.objects.count() == 1
        raise ZeroDivisionError("hannah@example.org")

    with monkeypatch.context() as broken:
        broken.setattr(completing, "queue_booking_messages", stumble)
        apply_stripe_event(event_id=paid_event.pk)
    paid_event.refresh_from_db()
    assert (paid_event.state, paid_event.last_error) == (StripeEvent.State.FAILED, "ZeroDivisionError")
    assert nothing_was_applied()

    with transaction.atomic():
        assert retry_event(event=locks.lock_event(paid_event.pk), now=paid_event.received_at)
    apply_stripe_event(event_id=paid_event.pk)
    paid_event.refresh_from_db()
    assert paid_event.state == StripeEvent.State.APPLIED
    assert booking_of(Payment.objects.get()).status == Booking.Status.CONFIRMED
    assert Invoice.objects.count() == 1


def test_the_databases_trouble_passes(
    stripe_stand_in: OpenStandIn, paid_event: StripeEvent, monkeypatch: pytest.MonkeyPatch, frozen_now: datetime
) -> None:
    def deadlock(**_kwargs: object) -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(completing, "queue_booking_messages", deadlock)
    apply_stripe_event(event_id=paid_event.pk)
    paid_event.refresh_from_db()
    assert (paid_event.state, paid_event.attempts) == (StripeEvent.State.RECEIVED, 1)
    assert (paid_event.last_error, paid_event.next_attempt_at) == (
        "OperationalError",
        frozen_now + timedelta(minutes=1),
    )
    assert nothing_was_applied()


def test_trying_again_starts_with_all_attempts(frozen_now: datetime, django_capture_on_commit_callbacks) -> None:
    event = make_event(
        "payment_intent.succeeded", "pi_1", state="failed", attempts=MOST_ATTEMPTS, finished_at=frozen_now
    )
    with django_capture_on_commit_callbacks() as started:
        assert retry_event(event=event, now=frozen_now)
        assert not retry_event(event=event, now=frozen_now)
    event.refresh_from_db()
    assert (event.state, event.attempts, event.finished_at) == (StripeEvent.State.RECEIVED, 0, None)
    assert event.next_attempt_at == frozen_now
    assert len(started) == 1


@pytest.mark.parametrize("state", ["applied", "ignored", "failed"])
def test_a_finished_event_is_left_alone(state: str, frozen_now: datetime) -> None:
    # Nobody listens at Stripe's address: asking would fail.
    event = make_event("payment_intent.succeeded", "pi_1", state=state, finished_at=frozen_now, attempts=2)
    before = StripeEvent.objects.values().get()
    apply_stripe_event(event_id=event.pk)
    # Another worker's trouble comes too late.
    postpone_event(event=event, error="late", now=frozen_now)
    fail_event(event=event, error="late", now=frozen_now)
    assert StripeEvent.objects.values().get() == before


def test_an_event_finished_while_stripe_was_asked_is_left_alone(
    stripe_stand_in: OpenStandIn, paid_event: StripeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_event = locks.lock_event

    def lock_late(event_id: str) -> StripeEvent:
        StripeEvent.objects.filter(pk=event_id).update(state="applied")
        return lock_event(event_id)

    monkeypatch.setattr(locks, "lock_event", lock_late)
    apply_stripe_event(event_id=paid_event.pk)
    assert nothing_was_applied()


def test_an_event_that_is_not_there_is_no_error() -> None:
    apply_stripe_event(event_id="evt_nobody_stored")
    assert StripeEvent.objects.count() == 0


def test_who_did_it_is_stripe_whoever_asks(stripe_stand_in: OpenStandIn, paid_event: StripeEvent) -> None:
    with acting_as(Actor("staff", "Somebody")):
        apply_stripe_event(event_id=paid_event.pk)
    assert PaymentEvent.objects.get(kind="succeeded").actor_kind == "stripe"
