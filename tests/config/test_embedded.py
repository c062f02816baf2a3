"""Throw-away servers: they are there for one command, and gone after it, however it ended."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest
import redis

from config.embedded import folders
from config.embedded.folders import CHECKOUT, PREFIX, SHORT_HOME, short_lived_folder
from tests.config.processes import is_running, processes_under, wait_for

# Says what it was given, waits for a line, and ends with a code of its own.
COMMAND = "import json, os; print(json.dumps(dict(os.environ)), flush=True); input(); raise SystemExit(7)"


# The same with its folders in a place of its own.
ELSEWHERE = """
import pathlib, runpy, sys
from config.embedded import folders
folders.SHORT_HOME = pathlib.Path(sys.argv.pop(1))
runpy.run_module("config.embedded", run_name="__main__")
"""


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where nobody else starts, and tidies up after the dead, at the same time."""
    place = Path(mkdtemp(prefix="place-", dir=SHORT_HOME))
    place.chmod(0o711)
    monkeypatch.setattr(folders, "SHORT_HOME", place)
    yield place
    shutil.rmtree(place)


def start(environment: dict[str, str], place: Path | None = None) -> subprocess.Popen[str]:
    embedded = ["-c", ELSEWHERE, str(place)] if place else ["-m", "config.embedded"]
    return subprocess.Popen(
        [sys.executable, *embedded, "exec", "--", sys.executable, "-c", COMMAND],
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def given(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout
    environment: dict[str, str] = json.loads(process.stdout.readline())
    return environment


def folder_of(environment: dict[str, str]) -> Path:
    return Path(environment["REDIS_URL"].removeprefix("unix://").partition("?")[0]).parent.parent


def test_serves_a_command_and_passes_its_exit_code_on(bare_environment):
    with start(bare_environment) as process:
        environment = given(process)
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")
            connection.execute("CREATE EXTENSION unaccent")
            assert connection.execute("SELECT current_database(), current_user").fetchone() == ("app", "app")
        with redis.Redis.from_url(environment["REDIS_URL"]) as client:
            assert client.ping() is True
        process.communicate("go\n")

    assert process.returncode == 7
    assert not folder_of(environment).exists()


def test_two_at_once_have_servers_of_their_own(bare_environment):
    with start(bare_environment) as one, start(bare_environment) as other:
        assert folder_of(given(one)) != folder_of(given(other))
        assert [process.communicate("go\n")[0] for process in (one, other)] == ["", ""]

    assert (one.returncode, other.returncode) == (7, 7)


def test_addresses_that_are_set_win_and_nothing_is_started(bare_environment):
    addresses = {"DATABASE_URL": "postgres://app@db.example/app", "REDIS_URL": "redis://redis.example/0"}
    with start(bare_environment | addresses) as process:
        environment = given(process)
        # The command is all that runs.
        assert len(processes_under(process.pid)) == 1
        process.communicate("go\n")

    assert {name: environment[name] for name in addresses} == addresses


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_signal_leaves_nothing_running(bare_environment, place, number, code):
    with start(bare_environment, place) as process:
        folder = folder_of(given(process))
        family = processes_under(process.pid)
        # PostgreSQL with its own children, Redis and the command.
        assert len(family) > 3

        process.send_signal(number)
        assert process.wait() == code
        wait_for(lambda: not any(is_running(pid) for pid in family))

    # After SIGKILL nobody was left to remove the folder: the next start does.
    assert folder.exists() is (number == signal.SIGKILL)
    with short_lived_folder():
        assert not folder.exists()


def test_a_folder_in_use_is_left_alone():
    with short_lived_folder() as one:
        with short_lived_folder() as other:
            assert one != other
            assert {path.parent for path in (one, other)} == {SHORT_HOME}
            assert one.name.startswith(PREFIX)
        assert one.exists()
        assert not other.exists()
    assert not one.exists()


def test_a_command_that_is_missing_is_named(bare_environment):
    done = subprocess.run(
        [sys.executable, "-m", "config.embedded", "exec", "--"],
        cwd=CHECKOUT,
        env=bare_environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.endswith("error: name the command to run, after --\n")
