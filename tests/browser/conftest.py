"""A real site in a real browser. The site starts once a run, with a database of its own; the browser once a module.

Playwright runs an event loop in this thread while a browser is open, so no other test may run meanwhile: the browser
is closed at the end of each module, and xdist keeps modules together (--dist loadfile).
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from bookings.models import Course, CourseSession
from config.demo import catalogue
from config.demo.timetable import sessions_ahead
from config.kernel import clock
from tests.browser.chromium import CHROMIUM, MISSING, launch
from tests.browser.database import connected_to, create_database, drop_database
from tests.browser.walking import WIDTHS, Walk, open_walk
from tests.factories import make_course, make_session
from tests.system.servers import CHECKOUT
from tests.system.site import RunningSite, run_site

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nothing where there is no browser."""
    for item in items:
        if HERE in item.path.parents and not CHROMIUM:
            item.add_marker(pytest.mark.skip(MISSING))


@pytest.fixture(scope="session")
def site_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of the site's own. It is connected only while a module here runs."""
    with django_db_blocker.unblock():
        name = create_database()
    yield name
    with django_db_blocker.unblock():
        drop_database(name)


@pytest.fixture(scope="session")
def running_site(
    site_database: str, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[RunningSite]:
    """The site with a worker, hashed static files and the demo's catalogue. Tests ask for `site`."""
    folder = tmp_path_factory.mktemp("site")
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.browser.served_settings",
        # A site that runs from this checkout meanwhile has another answer for manage.py.
        "DEBUG": "false",
        "STATIC_FOLDER": str(folder),
        "MAINTENANCE_FILE": str(folder / "maintenance"),
        # Rarely, as only what the broker did not take in time waits for it.
        "SWEEP_SECONDS": "15",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=CHECKOUT, env={**os.environ, **environment}, check=True)
    with ExitStack() as running:
        with django_db_blocker.unblock(), connected_to(site_database):
            _fill_catalogue()
            site = running.enter_context(run_site(folder, **environment))
            site.start_worker()
        yield site


@pytest.fixture(scope="module")
def site(running_site: RunningSite, site_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[RunningSite]:
    """The running site; a test sees what it stores."""
    with django_db_blocker.unblock(), connected_to(site_database):
        yield running_site


@pytest.fixture(scope="module")
def browser(site: RunningSite) -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # The loop is Playwright's own. It never runs while a test asks the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


@pytest.fixture
def walk(browser: Browser, site: RunningSite) -> Iterator[Callable[..., Walk]]:
    """Opens a new person's browser: walk(width=1280, has_script=False). Nothing may be left on their consoles."""
    with ExitStack() as opened:

        def start(**look: Any) -> Walk:
            return opened.enter_context(open_walk(browser, site.url, **look))

        yield start


def _fill_catalogue() -> None:
    """The courses, venues and coming dates of the demo: pages as heavy as a real company's."""
    rows = catalogue.new_catalogue()
    today = clock.london_today()
    for demo in sessions_ahead(today):
        rows.add_session(demo, status=demo.status, created_at=clock.now())
    catalogue.store(rows, since=today)


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def has_script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=WIDTHS)
def person(request: pytest.FixtureRequest, walk: Callable[..., Walk], has_script: bool) -> Walk:
    """Somebody new, on a phone and at a desk, with scripts and without: four times."""
    return walk(width=request.param, has_script=has_script)


@pytest.fixture
def session(site: RunningSite) -> Iterator[CourseSession]:
    """The one date of a course that nobody sees in the catalogue afterwards."""
    session = make_session(course=make_course(name="Moor Rescue First Aid"), capacity=12)
    yield session
    Course.objects.filter(pk=session.course_id).update(is_published=False)
