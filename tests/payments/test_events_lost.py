"""An event that takes its worker with it: counted before the work, put off by it, and in the end a person's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from payments import locks, tasks
from payments.flows import events
from payments.models import StripeEvent
from payments.services.inbox import MOST_ATTEMPTS, WORKER_LOST, claim_event, give_up_lost, retry_event
from tests.factories.stripe_events import make_event

pytestmark = pytest.mark.django_db

CLAIM = timedelta(seconds=settings.CLAIM_SECONDS)
KIND = "payment_intent.succeeded"


class WorkerKilled(BaseException):
    """After SIGKILL nothing of ours runs; nor does it after this."""


def sweep(capture: DjangoCaptureOnCommitCallbacks) -> list[str]:
    """The events that are handed out."""
    with capture() as callbacks:
        tasks.sweep_stripe_events()
    started: list[Any] = [*callbacks]
    return [callback.args[1][0] for callback in started]


def test_every_attempt_counts_and_after_the_last_it_is_for_a_person(
    frozen_now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def die(_event: StripeEvent) -> events.Application:
        raise WorkerKilled

    monkeypatch.setattr(events, "_fetch", die)
    event = make_event(KIND, "pi_1", next_attempt_at=frozen_now)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert sweep(django_capture_on_commit_callbacks) == [event.pk]
        with pytest.raises(WorkerKilled):
            events.apply_stripe_event(event_id=event.pk)
        event.refresh_from_db()
        assert (event.state, event.attempts, event.next_attempt_at) == ("received", attempt, frozen_now + CLAIM)
        # In hand, as far as anybody knows.
        assert sweep(django_capture_on_commit_callbacks) == []
        events.apply_stripe_event(event_id=event.pk)
        StripeEvent.objects.update(next_attempt_at=frozen_now)

    assert not claim_event(event_id=event.pk, now=frozen_now)
    assert sweep(django_capture_on_commit_callbacks) == []
    event.refresh_from_db()
    assert (event.state, event.attempts, event.last_error) == ("failed", MOST_ATTEMPTS, WORKER_LOST)
    assert event.finished_at == frozen_now

    with transaction.atomic():
        assert retry_event(event=locks.lock_event(event.pk), now=frozen_now)
    assert sweep(django_capture_on_commit_callbacks) == [event.pk]


def test_only_what_is_lost_is_given_up_the_longest_lost_first(frozen_now: datetime) -> None:
    def lost(name: str, minutes: int, **fields: object) -> None:
        moment = frozen_now - timedelta(minutes=minutes)
        make_event(KIND, "pi_1", event_id=name, **{"attempts": MOST_ATTEMPTS, "next_attempt_at": moment} | fields)

    lost("evt_new", 1)
    lost("evt_old", 3)
    lost("evt_in_between", 2)
    lost("evt_in_hand", -1)
    lost("evt_applied", 9, state="applied")
    lost("evt_has_one_left", 9, attempts=MOST_ATTEMPTS - 1)
    untouched = ("evt_in_hand", "evt_applied", "evt_has_one_left")
    before = list(StripeEvent.objects.filter(pk__in=untouched).order_by("pk").values())

    assert give_up_lost(now=frozen_now, limit=2) == 2
    failed = StripeEvent.objects.filter(state="failed")
    assert set(failed.values_list("pk", flat=True)) == {"evt_old", "evt_in_between"}
    assert give_up_lost(now=frozen_now, limit=2) == 1
    assert give_up_lost(now=frozen_now, limit=2) == 0
    assert list(StripeEvent.objects.filter(pk__in=untouched).order_by("pk").values()) == before
