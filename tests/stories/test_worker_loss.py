"""A worker's child is killed with -9 in the middle of an event, which is counted all the same."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from payments.models import StripeEvent
from payments.services.inbox import MOST_ATTEMPTS, WORKER_LOST
from tests.factories.stripe_events import make_event
from tests.system.servers import PATIENCE, database_url, start_worker, until
from tests.system.site import Broker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def silent_stripe() -> Iterator[socket.socket]:
    """Takes connections and never answers, so that whoever asks is surely in the middle of it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        yield server


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(Path(mkdtemp(prefix="broker-", dir="/tmp")))
    yield broker
    broker.remove()


def asker(connection: socket.socket) -> int:
    """The id of the process at the other end."""
    theirs, ours = (f"0100007F:{port:04X}" for port in (connection.getpeername()[1], connection.getsockname()[1]))
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    (inode,) = [row[9] for row in rows if row[1:3] == [theirs, ours]]
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) == f"socket:[{inode}]":
                return int(link.parts[2])
        except OSError:
            continue
    raise AssertionError("Nobody is at the other end.")


def test_what_kills_its_worker_is_counted_and_in_the_end_for_a_person(
    broker: Broker, silent_stripe: socket.socket, tmp_path: Path
) -> None:
    event = make_event("payment_intent.succeeded", "pi_1", attempts=MOST_ATTEMPTS - 1)
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker.url,
        "STRIPE_API_BASE": f"http://127.0.0.1:{silent_stripe.getsockname()[1]}",
        "SWEEP_SECONDS": "1",
        "CLAIM_SECONDS": "1",
    }
    worker = start_worker(environment, tmp_path)
    try:
        connection, _ = silent_stripe.accept()
        with connection:
            event.refresh_from_db()
            assert (event.state, event.attempts) == ("received", MOST_ATTEMPTS)
            os.kill(asker(connection), signal.SIGKILL)
        until(lambda: StripeEvent.objects.filter(state="failed").exists())
        assert worker.is_running
    finally:
        worker.stop()
    assert "signal 9 (SIGKILL)" in worker.log()
    event.refresh_from_db()
    assert (event.attempts, event.last_error) == (MOST_ATTEMPTS, WORKER_LOST)
