"""Starting tasks: after commit, with ids only, and never at the request's expense.

A real Redis carries them (REDIS_URL); a broker that is down is a port on which nothing listens, one that is
frozen accepts and never answers.
"""

import json
import logging
import socket
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, transaction
from redis import Redis

from config.celery import app
from config.kernel import jobs
from config.kernel.jobs import enqueue

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "kernel-test"
NOBODY_THERE = "redis://127.0.0.1:9/0"


@pytest.fixture(autouse=True)
def _fresh_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_breaker", jobs._Breaker())


@pytest.fixture
def queue() -> Iterator[Redis]:
    """The site's Redis, with an empty queue that no worker reads."""
    with Redis.from_url(settings.REDIS_URL) as client:
        client.delete(QUEUE)
        yield client
        client.delete(QUEUE)


@contextmanager
def configured(**values: Any) -> Iterator[None]:
    """The site's Celery app under other settings."""
    before = {name: app.conf[name] for name in values}
    app.conf.update(values)
    app.amqp.flush_routes()
    try:
        yield
    finally:
        app.conf.update(before)
        app.amqp.flush_routes()


@pytest.fixture(autouse=True)
def _routes() -> Iterator[None]:
    with configured(task_routes={"kernel.*": {"queue": QUEUE}}):
        yield


def waiting(queue: Redis) -> list[tuple[str, list[Any]]]:
    """Name and arguments of every task in the queue, the oldest first, as they lie in Redis."""
    messages = [json.loads(raw) for raw in reversed(cast(list[bytes], queue.lrange(QUEUE, 0, -1)))]
    return [(message["headers"]["task"], json.loads(b64decode(message["body"]))[0]) for message in messages]


@pytest.fixture
def frozen_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A broker that accepts connections and never says a word, which is not waited for here."""
    monkeypatch.setattr(jobs, "_TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with configured(broker_write_url=f"redis://127.0.0.1:{port}/0"):
            yield listener


def test_a_task_is_in_its_queue_with_its_ids(queue: Redis) -> None:
    key = UUID("6f1d6f0e-7d0c-4f0e-9a55-0c6b1f4a3c11")
    enqueue("kernel.first", 42, "evt_1Abc-D.e:f", key)
    assert waiting(queue) == [("kernel.first", [42, "evt_1Abc-D.e:f", str(key)])]


def test_a_task_waits_for_the_commit(queue: Redis) -> None:
    with transaction.atomic():
        enqueue("kernel.first", 1)
        assert waiting(queue) == []
    assert waiting(queue) == [("kernel.first", [1])]


def test_a_rolled_back_transaction_starts_nothing(queue: Redis) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue("kernel.first", 1 // 0)
    with transaction.atomic():
        enqueue("kernel.first", 1)
        transaction.set_rollback(True)
    assert waiting(queue) == []


def test_a_delayed_task_says_so(queue: Redis) -> None:
    enqueue("kernel.later", 1, delay_seconds=60)
    [raw] = cast(list[bytes], queue.lrange(QUEUE, 0, -1))
    assert json.loads(raw)["headers"]["eta"] is not None


def test_every_thread_reaches_the_same_broker(queue: Redis) -> None:
    """Celery's current app is a matter of the thread; a web server has several."""

    def request() -> None:
        enqueue("kernel.from_a_thread", 7)
        connection.close()

    thread = threading.Thread(target=request)
    thread.start()
    thread.join()
    assert waiting(queue) == [("kernel.from_a_thread", [7])]


@pytest.mark.parametrize(
    "argument",
    ["sam@example.org", "Sam Office", "", "x" * 65, "Zoë", "a\nb", True, None, 1.5, b"x", ["x"], {"a": 1}],
)
def test_only_ids_are_taken_and_the_refusal_keeps_quiet(queue: Redis, argument: Any) -> None:
    with pytest.raises(ValueError, match=r"^Tasks take ids only, not this [a-zA-Z]+\.$"):
        enqueue("kernel.first", 1, argument)
    assert waiting(queue) == []


def test_a_task_cannot_be_delayed_by_less_than_nothing(queue: Redis) -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        enqueue("kernel.first", 1, delay_seconds=-1)
    assert waiting(queue) == []


def test_a_broker_that_is_down_is_logged_without_arguments_and_swallowed(caplog: pytest.LogCaptureFixture) -> None:
    with configured(broker_write_url=NOBODY_THERE), transaction.atomic():
        enqueue("kernel.first", "very-particular-id")
    assert caplog.messages == ["The broker did not take task kernel.first (OperationalError); a sweeper will."]
    assert "very-particular-id" not in caplog.text


def test_a_failure_is_remembered_so_that_many_tasks_wait_once(
    frozen_broker: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic():
        for number in range(50):
            enqueue("kernel.many", number)
    frozen_broker.settimeout(0)
    frozen_broker.accept()[0].close()
    with pytest.raises(BlockingIOError):
        frozen_broker.accept()  # one attempt, and it was the only one
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_after_a_while_the_broker_is_tried_again(queue: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_QUIET_SECONDS", 0.0)
    with configured(broker_write_url=NOBODY_THERE):
        enqueue("kernel.lost", 1)
    enqueue("kernel.found", 2)
    assert waiting(queue) == [("kernel.found", [2])]


def test_while_a_failure_is_remembered_nothing_is_sent(queue: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_QUIET_SECONDS", 3600.0)
    with configured(broker_write_url=NOBODY_THERE):
        enqueue("kernel.lost", 1)
    enqueue("kernel.skipped", 2)
    assert waiting(queue) == []
