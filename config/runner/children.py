"""The site's processes: started together, watched together, ended together."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.folders import CHECKOUT
from config.embedded.processes import EmbeddedError, Server, stop_process, tied

WATCH_SECONDS = 0.2
GRACE_SECONDS = 10.0


class ChildDiedError(Exception):
    """A process that should run until the end has ended by itself; the text is a sentence."""


@dataclass(frozen=True)
class Child:
    """One process of the site and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass
class Family:
    """Everything the runner has started; `stop()` ends it in the reverse order."""

    logs: Path
    servers: list[Server] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        on_death: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start a process that runs until the end; `on_death` is what it gets when the runner is killed."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name.lower().replace(' ', '-')}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                tied(command, on_death=on_death),
                cwd=CHECKOUT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.children.append(Child(name, process, log))

    def watch_until(self, happened: Callable[[], bool]) -> None:
        """Return when it has happened; raise ChildDiedError as soon as anything ends by itself."""
        while not happened():
            for server in self.servers:
                if server.process.poll() is not None:
                    raise ChildDiedError(f"{server.name} stopped by itself, so everything was stopped.")
            for child in self.children:
                code = child.process.poll()
                if code is not None:
                    last = "\n".join(child.log.read_text(errors="replace").splitlines()[-15:])
                    raise ChildDiedError(
                        f"The {child.name} stopped by itself ({_how(code)}), so everything was stopped. "
                        f"The last lines of {child.log} are:\n{last}"
                    )
            time.sleep(WATCH_SECONDS)

    def stop(self) -> None:
        """End the children together, then the servers; what does not go within ten seconds is killed."""
        for child in self.children:
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            stop_process(child.process, signal.SIGKILL)
        for server in reversed(self.servers):
            server.stop()


def run_step(name: str, command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a command to its end and return what it printed; raise EmbeddedError with that when it fails."""
    wrapped = tied(command, on_death=signal.SIGKILL)
    process = subprocess.Popen(
        wrapped,
        cwd=CHECKOUT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate()
    finally:
        stop_process(process, signal.SIGKILL)
    printed = output.decode(errors="replace").rstrip()
    if process.returncode != 0:
        raise EmbeddedError(f"{name} failed ({_how(process.returncode)}):\n{printed}")
    return printed


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
