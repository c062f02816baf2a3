"""Of several workers one sends; what a dead worker had in hand goes out after all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import LazySettings
from django.db import connection

from communications import tasks
from communications.flows import delivering
from communications.models import Message
from communications.services import delivery, outbox
from config.kernel import clock
from tests.communications.builders import HANNAH, TOM, Book, Sink, Started
from tests.factories.together import PATIENCE

WORKERS = 4


def at_once[T](work: Callable[[], T]) -> list[T]:
    """What several threads, each with its own connection, make of the same work begun at the same moment."""
    barrier = Barrier(WORKERS)

    def run() -> T:
        try:
            connection.ensure_connection()
            barrier.wait(PATIENCE)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(run) for _ in range(WORKERS)]]


def queue(book: Book) -> Message:
    return outbox.queue_booking_messages(booking=book(), invoice=None)[0]


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_sends(book: Book, sink: Sink, started: Started) -> None:
    message = queue(book)
    at_once(lambda: delivering.deliver(message_id=message.pk))
    message.refresh_from_db()
    assert (len(sink.received), message.state, message.attempts) == (1, "sent", 1)
    assert [event.kind for event in message.events.all()] == ["queued", "claimed", "sent"]


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_claims(book: Book, started: Started) -> None:
    """The same with the claim alone, so that nobody is late because sending took a while."""
    for _ in range(10):
        message = queue(book)
        claims = at_once(lambda message=message: delivery.claim(message_id=message.pk))  # type: ignore[misc]
        assert [claim for claim in claims if claim] == [message]


@pytest.mark.django_db(transaction=True)
def test_of_several_transactions_one_queues(book: Book, started: Started) -> None:
    booking = book([HANNAH, TOM])
    results = at_once(lambda: outbox.queue_booking_messages(booking=booking, invoice=None))
    assert {tuple(messages) for messages in results} == {tuple(results[0])}
    assert Message.objects.count() == 2
    assert len(started.take()) == 2


@pytest.mark.django_db
def test_a_claim_says_who_has_it_since_when(book: Book) -> None:
    message = queue(book)
    before = clock.now()
    claimed = delivery.claim(message_id=message.pk)
    assert claimed == message
    assert claimed is not None
    assert (claimed.state, claimed.attempts) == ("sending", 1)
    assert claimed.claimed_at is not None
    assert before <= claimed.claimed_at <= clock.now()
    assert delivery.claim(message_id=message.pk) is None


@pytest.mark.django_db
def test_a_message_whose_worker_died_goes_out_after_all(
    book: Book, sink: Sink, started: Started, settings: LazySettings
) -> None:
    message = queue(book)
    claimed = delivery.claim(message_id=message.pk)
    tasks.sweep_messages()
    message.refresh_from_db()
    assert message.state == "sending"

    Message.objects.update(claimed_at=clock.now() - timedelta(seconds=settings.CLAIM_SECONDS + 1))
    tasks.sweep_messages()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)
    assert [e.kind for e in message.events.all()] == ["queued", "claimed", "freed"]
    delivering.deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (len(sink.received), message.state, message.attempts) == (1, "sent", 2)

    assert claimed is not None
    assert delivery.put_back(message=claimed, reason="Late.") is False
    assert delivery.mark_failed(message=claimed, reason="Late.") is False
    message.refresh_from_db()
    assert (message.state, message.last_error, message.events.count()) == ("sent", "", 5)


@pytest.mark.django_db
def test_a_message_that_kills_every_worker_is_given_up(book: Book) -> None:
    message = queue(book)
    old = clock.now() - timedelta(hours=1)
    Message.objects.update(state="sending", attempts=8, claimed_at=old)
    assert delivery.free_stuck(older_than=timedelta(minutes=1), limit=10) == 1
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("failed", "The worker was lost each time it sent this message.")


@pytest.mark.django_db
def test_the_sweeper_starts_what_is_due_and_no_more_than_its_limit(
    book: Book,
    started: Started,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    messages = [queue(book) for _ in range(4)]
    now = clock.now()
    ages = [5, 30, 60, 20]
    for message, seconds in zip(messages, ages, strict=True):
        Message.objects.filter(pk=message.pk).update(send_after=now - timedelta(seconds=seconds))
    monkeypatch.setattr(delivering, "SWEEP_LIMIT", 2)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        delivering.sweep()
    # The oldest two; one younger than the broker needs is left to the broker.
    assert started.take() == [([str(messages[2].pk)], 0), ([str(messages[1].pk)], 0)]


@pytest.mark.django_db
def test_freeing_is_bounded_and_takes_the_oldest_first(book: Book) -> None:
    messages = [queue(book) for _ in range(3)]
    now = clock.now()
    for minutes, message in enumerate(messages, start=10):
        Message.objects.filter(pk=message.pk).update(
            state="sending", attempts=1, claimed_at=now - timedelta(minutes=minutes)
        )
    assert delivery.free_stuck(older_than=timedelta(minutes=1), limit=2) == 2
    assert [Message.objects.get(pk=m.pk).state for m in messages] == ["sending", "queued", "queued"]
