"""Every page of the office: whether it opens, whether anything is in anybody's way, and its HTML."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bookings.models import Course
from tests.architecture.rights_table import STAFF_PAGES
from tests.browser.office import LOOKS, NO_PAGES, THE_WAY_IN, Look, Office, Seen
from tests.browser.seeing import AXE
from tests.system.html import html_problems
from tests.system.site import RunningSite

EVERY_PAGE = pytest.mark.parametrize("look", LOOKS, ids=str)

DJANGOS = re.compile(r"\w+_(changelist|add|change)|app_list")
"""Pages whose rows or fields are written by Django itself. Of the rest everything is ours."""
DJANGOS_HTML = {
    "wcag/h32": "what may only be read stands in a form without a button",
    "wcag/h63": "the first cell of a row is a heading without a scope",
    "wcag/h71": "a group of fields is named by aria-labelledby and not by a legend, or has no name",
    "wcag/h30": "the pictures beside a field are links without an address until something is chosen",
    "prefer-native-element": "a link that looks like a button says that it is one",
    "input-missing-label": "rows to be copied have fields without an id, and a new password's a field for managers",
    "no-missing-references": "a date is described by a warning that only a script adds",
}
SELECT2S_AXE = 'list: <ul class="select2-selection__rendered"'
"""The sign that empties a list of several stands in the list itself."""
CHROMES_ADVICE = '[DOM] Input elements should have autocomplete attributes (suggested: "username")'
"""On Django's page for somebody else's password."""


@pytest.fixture(scope="module")
def office(browser: Browser, site: RunningSite) -> Iterator[Office]:
    if not AXE.exists():
        pytest.skip("What looks at pages is not installed (`npm ci`; `make lint` does it where Node.js is).")
    known = set(Course.objects.values_list("pk", flat=True))
    with ExitStack() as stack:
        yield Office.open(browser, site.url, stack)
    # Later modules find the catalogue as it was.
    Course.objects.exclude(pk__in=known).update(is_published=False)


@pytest.fixture(scope="module")
def seen(office: Office) -> Callable[[Look], Seen]:
    """What there is to see on a page; gone to and looked at once in all."""
    return cache(office.look)


@pytest.fixture(scope="module")
def way_in(office: Office) -> Mapping[str, Seen]:
    return office.way_in()


def is_fine(page: Seen, *, status: int = 200, is_error: bool = False, is_djangos: bool = False) -> None:
    assert (page.status, len(page.headings)) == (status, 1), page.title
    assert page.title.endswith(" – React Fast Training office")
    assert page.title.startswith("Error: ") == is_error
    found = [fault for faults in page.axe.values() for fault in faults]
    said = page.said
    if is_djangos:
        found = [fault for fault in found if not fault.startswith(SELECT2S_AXE)]
        said = [line for line in said if not line.startswith(CHROMES_ADVICE)]
    assert (found, page.sticking_out, said, page.violations) == ([], [], [], [])


def test_what_is_left_out_is_still_there() -> None:
    """What is not left out is looked at by its row in the table of rights, which every address has to have."""
    assert NO_PAGES.keys() - STAFF_PAGES.keys() == set()


@EVERY_PAGE
def test_a_page_opens_and_nothing_is_in_anybodys_way(look: Look, seen: Callable[[Look], Seen]) -> None:
    is_djangos = DJANGOS.fullmatch(look.name) is not None
    is_fine(seen(look), status=look.status, is_error=look.is_error, is_djangos=is_djangos)


@pytest.mark.parametrize("name", THE_WAY_IN)
def test_nothing_is_in_the_way_in(name: str, way_in: Mapping[str, Seen]) -> None:
    is_fine(way_in[name], is_error=name.endswith("wrong"))


def test_the_html_of_every_page_is_valid(
    seen: Callable[[Look], Seen], way_in: Mapping[str, Seen], tmp_path: Path
) -> None:
    pages = {str(look): seen(look).html for look in LOOKS} | {f"way in, {name}": way_in[name].html for name in way_in}
    problems = html_problems(pages, "html-pages.cjs", tmp_path)
    ours = [problem for problem in problems if not _is_djangos(problem)]
    assert ours == []


def _is_djangos(problem: str) -> bool:
    page, _line, rule, _words = problem.split(": ", 1)[0].split(":") + problem.split(": ", 2)[1:]
    return DJANGOS.fullmatch(page.split(" ")[0]) is not None and rule in DJANGOS_HTML
