"""The tasks hand on, and the sweepers find exactly what is due."""

from datetime import timedelta
from decimal import Decimal

import pytest

from config.kernel import clock
from payments import tasks
from payments.models import Refund, StripeEvent
from tests.factories import make_booking, make_payment, make_refund
from tests.factories.stripe_events import make_event

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
POUND = Decimal("1.00")


def test_events_that_wait_and_are_due_are_started_oldest_first(django_capture_on_commit_callbacks) -> None:
    now = clock.now()
    make_event("x", "y", event_id="evt_late", next_attempt_at=now - MINUTE)
    make_event("x", "y", event_id="evt_later", next_attempt_at=now - 2 * MINUTE)
    make_event("x", "y", event_id="evt_not_yet", next_attempt_at=now + MINUTE)
    for state in ("applied", "ignored", "failed"):
        make_event("x", "y", event_id=f"evt_{state}", state=state, next_attempt_at=now - MINUTE)
    with django_capture_on_commit_callbacks() as callbacks:
        tasks.sweep_stripe_events()
    assert [callback.args[:2] for callback in callbacks] == [
        ("payments.tasks.apply_stripe_event", ["evt_later"]),
        ("payments.tasks.apply_stripe_event", ["evt_late"]),
    ]


def test_refunds_that_are_unfinished_and_due_are_started(django_capture_on_commit_callbacks) -> None:
    now = clock.now()
    payment = make_payment(make_booking())
    due = {
        status: make_refund(payment, amount=POUND, status=status, next_attempt_at=now - MINUTE)
        for status in Refund.Status
    }
    make_refund(payment, amount=POUND, status=Refund.Status.REQUESTED, next_attempt_at=now + MINUTE)
    with django_capture_on_commit_callbacks() as callbacks:
        tasks.sweep_refunds()
    wanted = {str(due[status].pk) for status in (Refund.Status.REQUESTED, Refund.Status.PENDING)}
    assert {callback.args[0] for callback in callbacks} == {"payments.tasks.send_refund"}
    assert {callback.args[1][0] for callback in callbacks} == wanted
    assert len(callbacks) == 2


def test_a_task_takes_its_id_as_text() -> None:
    event = make_event("a.kind.of.tomorrow", "xx_1")
    tasks.apply_stripe_event(event.pk)
    event.refresh_from_db()
    assert event.state == StripeEvent.State.IGNORED

    refund = make_refund(make_payment(make_booking()), amount=POUND, status=Refund.Status.REQUESTED)
    tasks.send_refund(str(refund.pk))
    refund.refresh_from_db()
    assert refund.status == Refund.Status.FAILED
