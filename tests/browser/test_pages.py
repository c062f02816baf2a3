"""Every public page: what it says of itself, whether anything is in anybody's way, what it weighs, and its HTML."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bookings.models import Course
from tests.browser.chromium import launch
from tests.browser.scenes import Scene
from tests.browser.seeing import AXE, Counting, Seen, see
from tests.browser.states import State
from tests.browser.states_after import AFTER
from tests.browser.states_open import OPEN
from tests.browser.states_steps import STEPS
from tests.browser.walking import open_walk
from tests.system.html import html_problems
from tests.system.site import RunningSite
from tests.system.words import unplain_words

type Look = Callable[[State], Seen]

STATES = [*OPEN, *STEPS, *AFTER]
EVERY_STATE = pytest.mark.parametrize("state", STATES, ids=[state.name for state in STATES])
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


def test_text_is_as_large_as_the_browser_is_told(browser: Browser, site: RunningSite) -> None:
    """The other tests enlarge the root's size; this one shows that a reader's own setting does the same."""
    enlarged = launch(browser.browser_type, "--blink-settings=defaultFontSize=32")
    with open_walk(enlarged, site.url) as walk:
        walk.open("/")
        size = "getComputedStyle(document.documentElement).fontSize"
        assert (walk.page.evaluate(size), walk.sticking_out()) == ("32px", [])
    enlarged.close()


@EVERY_STATE
def test_the_browser_has_nothing_to_complain_of(state: State, look: Look) -> None:
    seen = look(state)
    assert (seen.said, seen.violations) == ([], [])
    # What is forbidden is refused, not only reported; and nothing that is written into a page is ever run.
    assert "content-security-policy-report-only" not in seen.headers
    assert "default-src 'none'" in seen.headers["content-security-policy"]
    assert "'unsafe-" not in seen.headers["content-security-policy"]


@pytest.mark.parametrize("state", [state for state in STATES if state.is_before_payment], ids=lambda state: state.name)
def test_it_is_light(state: State, look: Look) -> None:
    load = look(state).load
    assert (load.kinds["Stylesheet"], load.kinds["Script"], load.kinds["Font"]) == (1, 1, 1)
    assert load.size < MOST_BYTES


@EVERY_STATE
def test_it_speaks_plainly(state: State, look: Look) -> None:
    assert unplain_words(look(state).html) == []


def test_the_html_of_every_page_is_valid(look: Look, tmp_path: Path) -> None:
    pages = {state.name: look(state).html for state in STATES}
    assert html_problems(pages, "html-pages.cjs", tmp_path) == []
