"""A machine where nobody has set anything of ours, and a copy of this checkout that a test may run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.folders import CHECKOUT


@pytest.fixture
def bare_environment() -> dict[str, str]:
    """The environment of a machine where nobody has set anything of ours."""
    ours = ("DATABASE_", "REDIS_", "STRIPE_", "SECRET_", "FIELD_", "SITE_", "STORAGE_", "DEBUG", "PORT", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture
def checkout(tmp_path: Path, bare_environment: dict[str, str]) -> Iterator[Path]:
    """This checkout under another path, with a `var/` of its own; what root keeps elsewhere is removed at the end."""
    copy = tmp_path / "checkout"
    copy.mkdir()
    # config/ finds the checkout by its own place, so it is copied; the rest is only looked at.
    shutil.copytree(CHECKOUT / "config", copy / "config", ignore=shutil.ignore_patterns("__pycache__"))
    for path in CHECKOUT.iterdir():
        if path.name not in {"config", "var", ".env", ".git"} and not path.name.startswith(".coverage"):
            (copy / path.name).symlink_to(path)
    yield copy
    subprocess.run([sys.executable, "-m", "config.embedded", "forget"], cwd=copy, env=bare_environment, check=True)
