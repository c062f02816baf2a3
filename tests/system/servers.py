"""The product's processes as they run in earnest: granian and a Celery worker with beat, on the test's database."""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from config.embedded.processes import tied

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0
"""Seconds after which a wait is a failure; nothing is measured by it."""
PORTS = range(20_000, 31_000)
"""Below those that Linux lends to connections, with room for what lies a thousand above."""


def free_port() -> int:
    """A port that nobody has. Until its server takes it, no connection is given it by chance."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def database_url() -> str:
    """The address of the database that the test itself uses."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


class Process:
    """A child with its own output file. `kill` is SIGKILL for it alone; `stop` is what Ctrl-C does, and leaves nothing.

    Its children are in its process group, so none of them outlives the test with the database in its hands.
    """

    def __init__(self, arguments: list[str], environment: Mapping[str, str], output: Path) -> None:
        self.output = output
        self._is_asked = False
        with output.open("ab") as stream:
            self._child = subprocess.Popen(
                arguments,
                env={**os.environ, **environment},
                cwd=CHECKOUT,
                stdout=stream,
                stderr=stream,
                process_group=0,
            )

    @property
    def is_running(self) -> bool:
        return self._child.poll() is None

    def kill(self) -> None:
        self._child.send_signal(signal.SIGKILL)
        self._child.wait(PATIENCE)

    def ask_to_stop(self) -> None:
        """What Ctrl-C does, without waiting for it."""
        if self.is_running and not self._is_asked:
            self._is_asked = True
            self._child.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        self.ask_to_stop()
        if self.is_running:
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait(PATIENCE)

    def log(self) -> str:
        return self.output.read_text(errors="replace")


def start_web(
    port: int, environment: Mapping[str, str], folder: Path, *, wsgi: str = "config.wsgi:application"
) -> Process:
    """granian with the arguments that `make run` gives it; returns when /healthz/ answers."""
    arguments = [sys.executable, "-m", "granian", "--interface", "wsgi", wsgi, "--host", "127.0.0.1"]
    arguments += ["--port", str(port), "--workers", "2", "--blocking-threads", "4", "--no-ws"]
    arguments += ["--workers-kill-timeout", "5"]
    # Tied, like the worker below: a test run that is killed leaves nothing running.
    process = Process(tied(arguments, on_death=signal.SIGTERM), environment, folder / f"web-{port}.log")
    until(lambda: _answers(port) or not process.is_running)
    assert process.is_running, process.log()
    return process


def start_worker(environment: Mapping[str, str], folder: Path) -> Process:
    """A worker with beat and both queues."""
    arguments = [sys.executable, "-m", "celery", "-A", "config", "worker", "-B", "-Q", "default,pdf"]
    arguments += ["--concurrency", "2", "--loglevel", "WARNING"]
    return Process(tied(arguments, on_death=signal.SIGKILL), environment, folder / "worker.log")


def until(condition: object, patience: float = PATIENCE) -> None:
    """Waits until the callable says yes; fails when it never does."""
    assert callable(condition)
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "Waited in vain."
        time.sleep(0.05)


def _answers(port: int) -> bool:
    probe = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        probe.request("GET", "/healthz/")
        return probe.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        probe.close()
