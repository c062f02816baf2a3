"""The command line: `python -m config.embedded exec -- COMMAND...` and `python -m config.embedded forget`."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType

from config.embedded.folders import forget_kept_data, short_lived_folder
from config.embedded.postgres import start_postgres
from config.embedded.processes import EmbeddedError, tied
from config.embedded.redis_server import start_redis


@contextlib.contextmanager
def throw_away_servers(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The addresses that `environment` lacks (`DATABASE_URL`, `REDIS_URL`), served until the block ends."""
    with short_lived_folder() as folder, contextlib.ExitStack() as running:
        addresses = {}
        for name, part, start in (("DATABASE_URL", "postgres", start_postgres), ("REDIS_URL", "redis", start_redis)):
            if not environment.get(name):
                home = folder / part
                server = start(home, home, throw_away=True)
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


def _exit_on_signal(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _pass_signals_to(child: subprocess.Popen[bytes]) -> None:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        # A terminal has already sent Ctrl-C to the whole foreground group; a second one would cut short a tidy exit.
        if not (number == signal.SIGINT and _in_foreground()):
            child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and obey it; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description="Local PostgreSQL and Redis.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("exec", help="run a command beside throw-away servers")
    run.add_argument("command", nargs=argparse.REMAINDER, help="the command and its arguments, after --")
    verbs.add_parser("forget", help="remove the data that `make run` keeps for this checkout")
    chosen = parser.parse_args(arguments)
    if chosen.verb == "forget":
        forget_kept_data()
        return 0
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
