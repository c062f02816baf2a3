"""`python -m config.runner` itself: it starts once, serves, and leaves nothing running, however it ends."""

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import sys

import pytest

from tests.config.processes import is_running, processes_under, wait_for
from tests.system.servers import free_port

# Keys of Stripe's keep the stand-in and the demo data, which take a while, out of all tests but one.
KEYS = {"STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_PUBLISHABLE_KEY": "pk_test_x", "STRIPE_WEBHOOK_SECRET": "whsec_x"}


@pytest.fixture
def start(checkout, bare_environment):
    """Starts the runner in the copy of the checkout; what a failed test leaves running is ended."""
    started = []

    def start(**environment) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.runner"],
            cwd=checkout,
            env=bare_environment | KEYS | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def lines_until(process: subprocess.Popen[str], start_of_line: str) -> list[str]:
    assert process.stdout
    lines: list[str] = []
    while not (lines and lines[-1].startswith(start_of_line)):
        line = process.stdout.readline()
        assert line, lines
        lines.append(line.rstrip("\n"))
    return lines


def read_json(port: int, path: str) -> object:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", path)
        return json.load(connection.getresponse())


def test_it_runs_the_site_and_killing_it_leaves_nothing_running(start):
    port = free_port()
    runner = start(PORT=str(port))

    lines = lines_until(runner, "Logs are in ")
    assert f"The site is running on http://127.0.0.1:{port}/ and the office on http://127.0.0.1:{port}/admin/." in lines
    wait_for(lambda: read_json(port, "/readyz/") == {"database": True, "broker": True, "worker": True})
    # PostgreSQL, Redis, granian and its two workers, Celery with two children and its scheduler, at the least.
    family = processes_under(runner.pid)
    assert len(family) > 8

    second = start(PORT=str(port))
    sentence = f"This checkout is running already (process {runner.pid}). Stop that one first.\n"
    assert second.communicate()[0] == sentence
    assert second.returncode == 1

    runner.kill()
    wait_for(lambda: not any(is_running(pid) for pid in family))


def test_without_keys_it_brings_a_stand_in_and_the_demo_once(start, checkout):
    port = free_port()
    nothing_set = dict.fromkeys(KEYS, "")
    printed = []
    for _ in range(2):
        runner = start(PORT=str(port), **nothing_set)
        lines = lines_until(runner, "Logs are in ")
        printed.append([line for line in lines if "@reactfast.example" in line])
        log_in, password, role = printed[-1][0].split()
        running = (checkout / "var" / "run.env").read_text()
        assert "\nSTRIPE_API_BASE=http://127.0.0.1:" in running
        assert f"\nDEMO_STAFF_PASSWORD={password}\n" in (checkout / "var" / "dev.env").read_text()
        assert (log_in, role) == ("owner@reactfast.example", "(owner)")
        assert not (checkout / "var" / "demo.unfinished").exists()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            connection.request("GET", "/")
            assert connection.getresponse().read().count(b'href="/courses/') == 14
        runner.send_signal(signal.SIGINT)
        runner.communicate()
        assert runner.returncode == 0
    # The second start finds the demo there, and the same people log in with the same password.
    assert printed[0] == printed[1]
    assert len(printed[0]) == 5


def test_an_early_interrupt_stops_what_has_started(start, checkout):
    runner = start(PORT=str(free_port()))
    lines_until(runner, "Bringing the database up to date")
    family = processes_under(runner.pid)
    assert len(family) > 2

    runner.send_signal(signal.SIGINT)
    assert runner.communicate()[0] == "Everything is stopped.\n"
    assert runner.returncode == 0
    wait_for(lambda: not any(is_running(pid) for pid in family))
    assert not (checkout / "var" / "run.env").exists()


def test_a_taken_port_stops_it_before_anything_starts(start, checkout):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = start(PORT=str(port))
        sentence = f"Port {port} is taken by another program. Stop that, or choose another port: PORT=8080 make run\n"
        assert refused.communicate()[0] == sentence

    assert refused.returncode == 1
    assert sorted(path.name for path in (checkout / "var").iterdir()) == ["dev.env", "run.lock"]
