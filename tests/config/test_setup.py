"""The bootstrap says in a sentence what it cannot do."""

import shutil
import subprocess

import pytest


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
