"""In which order the workers of a run take the files: the dear ones early, so that none waits at the end for another.

By itself xdist (--dist loadfile) begins with the files of many tests, and the dearest of all have one or two. A file
stays with one worker, and so does the folder whose modules share a running site.
"""

from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

TESTS = Path(__file__).parent.parent
ONE_SITE = "tests/browser"
"""Its modules share a site and a worker, which take a while to start."""
EARLY = (
    # One piece, and the longest.
    "browser",
    # Long, and waiting for nothing: they go well beside a browser.
    "attack",
    "architecture",
    "bookings",
    # What starts servers of its own.
    "stories/test_worker_kill.py",
    "concurrency",
    "config/test_runner.py",
    "config/test_load_demo.py",
    "stories",
)
"""Folders and files. The rest are files of a few seconds, which are shared out evenly at the end."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hands out the files in the order in which they were collected; None where files are not kept together."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    scheduler = LoadFileScheduling(config, log)
    scheduler._split_scope = _piece
    return scheduler


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)


def _piece(nodeid: str) -> str:
    """What stays together with this test."""
    return ONE_SITE if nodeid.startswith(f"{ONE_SITE}/") else nodeid.partition("::")[0]


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(TESTS).as_posix() if item.path.is_relative_to(TESTS) else ""
    turns = (turn for turn, early in enumerate(EARLY) if path == early or path.startswith(f"{early}/"))
    return next(turns, len(EARLY))
