"""Looking at what runs under a process, and waiting for something to happen."""

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 60


def processes_under(pid: int) -> set[int]:
    """All descendants of a process, from /proc."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (status := _status(int(folder.name))):
            parents[int(folder.name)] = int(status[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def is_running(pid: int) -> bool:
    """A zombie has ended; who collects it is not our concern."""
    status = _status(pid)
    return status is not None and status[0] != "Z"


def _status(pid: int) -> list[str] | None:
    try:
        # After the name in brackets: state, parent, ...
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return None


def wait_for(happened: Callable[[], object]) -> None:
    """Return when it has happened; the patience is only there to end a broken test."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "It never happened."
        time.sleep(0.02)
