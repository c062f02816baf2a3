"""The parts of `make run` that can be looked at alone."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded.processes import EmbeddedError, Server
from config.runner.children import ChildDiedError, Family, run_step
from config.runner.environment import keep_secrets, read_surroundings
from config.runner.ports import answers, reserved, stand_in_port
from tests.config.processes import is_running, processes_under, wait_for
from tests.system.servers import free_port

# A shell with a child of its own, as a worker has; neither ends by itself.
SHELL = ["sh", "-c", "sleep 600 & wait"]


@pytest.fixture
def family(tmp_path: Path):
    family = Family(tmp_path / "log")
    yield family
    family.stop()


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path):
    path = tmp_path / "var" / "dev.env"
    first = keep_secrets(path, {"ONE": lambda: "made=first"})
    second = keep_secrets(path, {"ONE": lambda: "made again", "TWO": lambda: "added"})

    assert first == {"ONE": "made=first"}
    assert second == {"ONE": "made=first", "TWO": "added"}
    assert path.read_text() == "ONE=made=first\nTWO=added\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["dev.env"]


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "8000.0", "८०००"])
def test_a_port_that_is_none_is_a_sentence(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(EmbeddedError) as refusal:
        read_surroundings()
    assert str(refusal.value) == f"PORT is {port!r}; it must be a number from 1 to 65535."


def test_a_taken_port_is_a_sentence(taken_port):
    with pytest.raises(EmbeddedError) as refusal, reserved(taken_port):
        pass
    sentence = f"Port {taken_port} is taken by another program. Stop that, or choose another port: PORT=8080 make run"
    assert str(refusal.value) == sentence


def test_a_reserved_port_is_taken_for_other_runners_and_free_for_the_web_server():
    port = free_port()
    with reserved(port):
        with pytest.raises(EmbeddedError, match=f"^Port {port} is taken by another program"), reserved(port):
            pass
        with socket.create_server(("127.0.0.1", port), reuse_port=True):
            assert answers(port) is True
    assert answers(port) is False
    with reserved(port):
        pass


def test_the_stand_in_keeps_its_port_unless_somebody_has_it(taken_port):
    free = free_port()
    assert stand_in_port(free - 1000) == free
    assert stand_in_port(taken_port - 1000) != taken_port


def test_a_child_that_dies_is_named_with_its_last_words(family, tmp_path):
    family.start("worker", SHELL, {})
    family.start("web server", ["sh", "-c", "echo broken; exit 3"], {})

    with pytest.raises(ChildDiedError) as death:
        family.watch_until(lambda: False)
    assert str(death.value) == (
        "The web server stopped by itself (exit code 3), so everything was stopped. "
        f"The last lines of {tmp_path}/log/web-server.log are:\nbroken"
    )


def test_a_server_that_dies_is_named(family):
    process = subprocess.Popen(["sleep", "600"], start_new_session=True)
    family.servers.append(Server("Redis", "unix:///nowhere", process, signal.SIGTERM))
    process.kill()

    with pytest.raises(ChildDiedError) as death:
        family.watch_until(lambda: False)
    assert str(death.value) == "Redis stopped by itself, so everything was stopped."


def test_stopping_ends_children_and_their_children(family):
    family.start("worker", SHELL, {})
    # This one goes politely and leaves its child behind.
    family.start("web server", ["sh", "-c", "trap 'exit 0' TERM; sleep 600 & wait"], {})
    pids = [child.process.pid for child in family.children]
    wait_for(lambda: all(processes_under(pid) for pid in pids))
    everybody = {*pids, *(grandchild for pid in pids for grandchild in processes_under(pid))}
    assert len(everybody) == 4

    family.stop()

    wait_for(lambda: not any(is_running(pid) for pid in everybody))
    assert [child.process.returncode for child in family.children] == [-signal.SIGTERM, 0]


def test_a_step_that_fails_shows_what_it_said():
    assert run_step("Talking", [sys.executable, "-c", "print('all is well')"], os.environ) == "all is well"
    with pytest.raises(EmbeddedError) as failure:
        run_step("Talking", [sys.executable, "-c", "raise SystemExit('not today')"], os.environ)
    assert str(failure.value) == "Talking failed (exit code 1):\nnot today"
