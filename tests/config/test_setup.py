"""The bootstrap finds a Python wherever there is one, works once, and says in a sentence what it cannot do."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# A uv that notes what it is asked; Python it only has once it has fetched one.
UV = f"""#!/bin/sh
echo "$*" >>"$HOME/asked"
case "$1 $2" in
"python find") [ -e "$HOME/fetched" ] && echo {sys.executable} ;;
"python install") : >"$HOME/fetched" ;;
"venv "*) mkdir -p .venv/bin && /bin/ln -s {sys.executable} .venv/bin/python ;;
esac
"""


@pytest.fixture
def path_without_python(tmp_path):
    """A PATH with what the script itself needs, and with no Python and no uv."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "dirname", "mkdir", "chmod", "flock", "cat", "sha256sum", "rm", "id"):
        (folder / tool).symlink_to(shutil.which(tool) or "")
    return str(folder)


def test_without_python_it_says_what_to_install(checkout, tmp_path, path_without_python):
    (checkout / ".venv").unlink()
    done = subprocess.run(
        ["sh", "config/setup.sh"],
        cwd=checkout,
        env={"PATH": path_without_python, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "Python 3.12 or newer is needed and was not found. Install it (for example `apt-get install python3.13 "
        "python3.13-venv`, `pyenv install 3.13` or `uv python install 3.13`), then start again.\n"
    )
    assert not (checkout / ".venv").exists()


def test_without_chromium_it_says_what_to_install_and_goes_on(checkout, tmp_path, path_without_python):
    done = subprocess.run(
        ["sh", "config/setup.sh", "browser"],
        cwd=checkout,
        env={"PATH": path_without_python, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        0,
        "The tests in a browser need Chromium, which is missing here: `apt-get install chromium`.\n",
    )


@pytest.fixture
def home(tmp_path: Path, checkout: Path) -> Path:
    """The home of somebody who has uv there, and a checkout without its environment."""
    (checkout / ".venv").unlink()
    uv = tmp_path / "home" / ".local" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text(UV)
    uv.chmod(0o700)
    return tmp_path / "home"


def asked_of_uv(checkout: Path, home: Path, path: str) -> list[str]:
    """Sets the checkout up; what uv was asked for meanwhile, besides whether it is there."""
    (home / "asked").unlink(missing_ok=True)
    environment = {"PATH": path, "HOME": str(home)}
    done = subprocess.run(
        ["sh", "config/setup.sh"], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    asked = (home / "asked").read_text().splitlines() if (home / "asked").exists() else []
    return [line for line in asked if line != "--version"]


SYNC = "pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements/dev.txt"


def test_a_python_of_pyenv_is_found_and_the_second_time_there_is_nothing_to_do(
    checkout: Path, home: Path, path_without_python: str
) -> None:
    pythons = home / ".pyenv" / "versions" / "3.13.99" / "bin"
    pythons.mkdir(parents=True)
    (pythons / "python3").symlink_to(sys.executable)

    made, synced, redis = asked_of_uv(checkout, home, path_without_python)
    assert made.startswith("venv --quiet --clear --python ")
    assert synced == SYNC
    assert redis.endswith(" --require-hashes -r requirements/redis-server.txt")
    assert asked_of_uv(checkout, home, path_without_python) == []

    # Another version is asked for: what is there is brought up to date.
    (checkout / ".python-version").unlink()
    (checkout / ".python-version").write_text("3.14\n")
    assert asked_of_uv(checkout, home, path_without_python) == [synced, redis]


def test_where_there_is_no_python_uv_fetches_one(checkout: Path, home: Path, path_without_python: str) -> None:
    asked = asked_of_uv(checkout, home, path_without_python)
    assert asked[:4] == [
        "python find >=3.12",
        "python install 3.13",
        "python find 3.13",
        f"venv --quiet --clear --python {sys.executable} .venv",
    ]
    assert SYNC in asked
