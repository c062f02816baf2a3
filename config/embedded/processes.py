"""Starting processes that cannot outlive us, waiting for them, and ending them with all their children."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 60.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.02


class EmbeddedError(Exception):
    """A server could not be found or started; the text is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Server:
    """One running server: its address, its process, and the signal that stops it in good order."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals

    def stop(self) -> None:
        """End the server and wait until it is gone. A second call is a quiet no-op."""
        stop_process(self.process, self.stop_signal)


def tied(command: Sequence[str], *, on_death: signal.Signals) -> list[str]:
    """The command, wrapped so that the kernel sends it `on_death` when the process that starts it dies.

    Start it from the main thread: the kernel watches the starting thread. The kernel forgets the wish when credentials
    change, so the account is switched by Popen(user=...), before setpriv runs.
    """
    return ["setpriv", "--pdeathsig", on_death.name.removeprefix("SIG"), "--", *command]


def spawn(
    command: Sequence[str], log: Path, on_death: signal.Signals, *, account: Mapping[str, Any]
) -> subprocess.Popen[bytes]:
    """Start a tied process in a session of its own, in the folder of its log; `account` is for Popen."""
    with log.open("wb") as output:
        return subprocess.Popen(
            tied(command, on_death=on_death),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **account,
        )


def stop_process(
    process: subprocess.Popen[bytes], stop_signal: signal.Signals, *, seconds: float = STOP_SECONDS
) -> None:
    """Ask a process that leads its own session to stop; after `seconds`, whatever is left of its group is killed."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_ready(name: str, process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    """Return as soon as `ready()`; raise EmbeddedError with the end of the log when the process dies or dawdles."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            stop_process(process, signal.SIGKILL)
            last = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
            raise EmbeddedError(f"{name} did not start. The last lines of {log} are:\n{last}")
        time.sleep(POLL_SECONDS)
