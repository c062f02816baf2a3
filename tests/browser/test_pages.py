"""Every public page: what it says of itself, whether anything is in anybody's way, what it weighs, and its HTML."""

import json
import subprocess
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bookings.models import Course
from tests.browser.scenes import Scene
from tests.browser.seeing import AXE, Counting, Seen, see
from tests.browser.states import State
from tests.browser.states_after import AFTER
from tests.browser.states_open import OPEN
from tests.browser.states_steps import STEPS
from tests.browser.walking import open_walk
from tests.system.servers import CHECKOUT
from tests.system.site import RunningSite

type Look = Callable[[State], Seen]

STATES = [*OPEN, *STEPS, *AFTER]
EVERY_STATE = pytest.mark.parametrize("state", STATES, ids=[state.name for state in STATES])
HERE = Path(__file__).parent
MOST_BYTES = 60 * 1024
"""Design, section 13."""


@pytest.fixture(scope="module")
def look(browser: Browser, site: RunningSite) -> Iterator[Look]:
    """Goes to a page and looks at it, once in all."""
    if not AXE.exists():
        pytest.skip("What looks at pages is not installed (`npm ci`; `make lint` does it where Node.js is).")
    known = set(Course.objects.values_list("pk", flat=True))

    @cache
    def look_at(state: State) -> Seen:
        with open_walk(browser, site.url) as walk:
            counting = Counting(walk)
            state.come(Scene(site, walk))
            return see(walk, counting)

    yield look_at
    # Later modules find the catalogue as it was.
    Course.objects.exclude(pk__in=known).update(is_published=False)


@EVERY_STATE
def test_it_says_what_it_is(state: State, look: Look) -> None:
    seen = look(state)
    assert (seen.status, len(seen.headings), seen.language) == (state.status, 1, "en-GB")
    assert fnmatchcase(seen.headings[0], state.h1), seen.headings
    assert seen.title.endswith(" – React Fast Training")
    assert seen.title.startswith("Error: ") == state.is_error
    assert seen.focus == state.focus


@EVERY_STATE
def test_nothing_is_in_anybodys_way(state: State, look: Look) -> None:
    """WCAG 2.2 A and AA and best practice, as far as axe can tell."""
    assert look(state).axe == {f"{scheme}, {width}": [] for width in (390, 1280) for scheme in ("light", "dark")}


@EVERY_STATE
def test_it_is_never_scrolled_sideways(state: State, look: Look) -> None:
    assert look(state).sticking_out == {"320, 100 %": [], "390, 200 %": [], "1280, 200 %": []}


@EVERY_STATE
def test_the_browser_has_nothing_to_complain_of(state: State, look: Look) -> None:
    seen = look(state)
    assert (seen.said, seen.violations) == ([], [])


@pytest.mark.parametrize("state", [state for state in STATES if state.is_before_payment], ids=lambda state: state.name)
def test_it_is_light(state: State, look: Look) -> None:
    load = look(state).load
    assert (load.kinds["Stylesheet"], load.kinds["Script"], load.kinds["Font"]) == (1, 1, 1)
    assert load.size < MOST_BYTES


def test_the_html_of_every_page_is_valid(look: Look, tmp_path: Path) -> None:
    for state in STATES:
        (tmp_path / f"{state.name}.html").write_text(look(state).html)
    assert html_problems(tmp_path) == []


def html_problems(folder: Path) -> list[str]:
    """What html-validate says of every HTML file in a folder, by file, line and rule."""
    told = folder / "told.json"
    program, rules = CHECKOUT / "node_modules" / ".bin" / "html-validate", HERE / "html-validate.cjs"
    command: list[str | Path] = [program, "--config", rules, "--formatter", f"json={told}", *folder.glob("*.html")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [
        f"{Path(file['filePath']).stem}:{problem['line']}: {problem['ruleId']}: {problem['message']}"
        for file in json.loads(told.read_text())
        for problem in file["messages"]
    ]
