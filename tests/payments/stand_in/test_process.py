"""The stand-in as a process of its own: its address, its file after ``kill -9``, and many callers at once."""

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stripe

from tests.payments.stand_in.conftest import Parameters
from tests.system.servers import free_port
from tests.system.stand_in import SECRET_KEY, StandIn

Start = Callable[..., tuple[subprocess.Popen[str], StandIn]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[str]] = []

    def start_process(*arguments: str) -> tuple[subprocess.Popen[str], StandIn]:
        command = [sys.executable, "-m", "payments.stand_in", "--state", str(tmp_path / "state.sqlite3")]
        process = subprocess.Popen(
            [*command, "--secret-key", SECRET_KEY, *arguments], stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout is not None
        announced = re.fullmatch(r"Stripe stand-in on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
        assert announced is not None
        return process, StandIn(announced[1])

    yield start_process
    for process in running:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_everything_survives_kill_9(
    start: Start, intent_parameters: Parameters, session_parameters: Parameters
) -> None:
    process, stand_in = start("--port", str(free_port()))
    key: stripe.RequestOptions = {"idempotency_key": "key-1"}
    paid = stand_in.stripe.v1.payment_intents.create(intent_parameters, key)
    session = stand_in.stripe.v1.checkout.sessions.create(session_parameters)
    process.send_signal(signal.SIGKILL)
    process.wait()

    _, again = start("--port", stand_in.url.rpartition(":")[2])

    assert again.url == stand_in.url
    assert again.stripe.v1.payment_intents.create(intent_parameters, key).to_dict() == paid.to_dict()
    assert len(again.state()["charges"]) == 1
    assert again.pay(str(session.url)).status == 303
    assert again.stripe.v1.refunds.create({"payment_intent": paid.id}).status == "succeeded"


def test_it_ends_when_it_is_asked_to(start: Start) -> None:
    process, _ = start()

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=20) == 0


def test_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "payments.stand_in", "--state", str(tmp_path / "s"), "--port", str(port)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    assert ended.returncode == 1
    assert ended.stderr == f"The Stripe stand-in cannot listen on 127.0.0.1:{port}: Address already in use.\n"


def test_it_imports_neither_django_nor_the_product() -> None:
    program = (
        "import sys, payments.stand_in.server;"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in"
        " ('django', 'config', 'customers', 'bookings', 'invoicing', 'communications')"
        " or (name.startswith('payments.') and not name.startswith('payments.stand_in'))))"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert ended.stdout == "[]\n"


def test_sixteen_callers_at_once(stand_in: StandIn, session_parameters: Parameters) -> None:
    """Each opens a page and pays it twice at the same moment; every payment happens once."""
    statuses: list[int] = []

    def buy() -> None:
        client = stand_in.client(SECRET_KEY)
        for _ in range(3):
            address = str(client.v1.checkout.sessions.create(session_parameters).url)
            pays = [threading.Thread(target=lambda: statuses.append(stand_in.pay(address).status)) for _ in range(2)]  # noqa: B023
            for thread in pays:
                thread.start()
            for thread in pays:
                thread.join()

    callers = [threading.Thread(target=buy) for _ in range(16)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert sorted(set(statuses)) == [200, 303]
    assert (statuses.count(303), statuses.count(200)) == (48, 48)
    state = stand_in.state()
    assert (state["objects"]["charge"], state["objects"]["checkout.session"]) == (48, 48)
    assert {charge["amount_captured"] for charge in state["charges"]} == {9000}
