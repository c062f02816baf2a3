"""Every address of the site against everybody who may come: a stranger, a signed-in customer, and each role.

The rules stand in rights_table.py. What somebody may not press changes nothing, not even by a little.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.rights_table import ACTIONS, EVERYBODY, MODELS, OPEN_PAGES, STAFF_PAGES, Model, Open, Page
from tests.architecture.rights_world import CUSTOMER, STRANGER, World, fingerprint, make_world

pytestmark = pytest.mark.django_db

LOG_IN = "to the log-in"
REFUSED = (LOG_IN, 403, 404, 405)
# Django's own without a name: leading from a key to its page, and telling what is nowhere.
NAMELESS = {"<path:object_id>/", "(?P<url>.*)$"}
ENDINGS = ("changelist", "add", "change", "history", "delete")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once; whatever a request changes is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name or ''}", pattern


ADDRESSES = dict(patterns(get_resolver()))


def model_rows() -> dict[str, Page]:
    """The five pages of every model, as pages."""
    rows: dict[str, Page] = {}
    for label, model in MODELS.items():
        rows |= {f"{label.replace('.', '_')}_{ending}": _page(model, ending) for ending in ENDINGS}
    return rows


def _page(model: Model, ending: str) -> Page:
    match ending:
        case "changelist":
            return Page(model.view)
        case "history":
            return Page(model.history or model.view)
        case "add":
            return Page(model.add, model.add)
        case "change":
            return Page(model.view, model.change)
    return Page("")


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    nameless = {str(pattern.pattern) for name, pattern in patterns(get_resolver()) if name in ("", "admin:")}
    assert nameless <= NAMELESS
    rows = {f"admin:{name}" for name in (*STAFF_PAGES, *model_rows())} | OPEN_PAGES.keys()
    named = {name for name in ADDRESSES if name not in ("", "admin:")}
    assert (sorted(named - rows), sorted(rows - named)) == ([], [])
    assert {model._meta.label_lower for model in admin.site._registry} == MODELS.keys()


def address_of(world: World, name: str) -> str:
    pattern = ADDRESSES[name].pattern
    parameters = getattr(pattern, "converters", {}) or dict.fromkeys(re.compile(str(pattern)).groupindex, "")
    return reverse(name, kwargs=world.arguments(name.rpartition(":")[2], parameters))


def answer(
    browser: Client, method: str, address: str, sent: dict[str, str] | None = None, *, is_kept: bool = False
) -> int | str:
    """The class of the answer, after which all is as before unless it `is_kept`."""
    cookies = SimpleCookie(browser.cookies)
    with transaction.atomic():
        response: HttpResponse = getattr(browser, method)(address, sent)
        if response.streaming:
            b"".join(response)
        transaction.set_rollback(not is_kept)
    browser.cookies = cookies
    is_sent_away = response.status_code == 302 and response.headers["Location"].startswith("/admin/login/")
    return LOG_IN if is_sent_away else response.status_code


def looks(world: World, name: str, row: Page) -> list[str]:
    """What is wrong about looking."""
    address = address_of(world, f"admin:{name}") + (f"?{row.query}" if row.query else "")
    found = {who: answer(world.browsers[who], "get", address) for who in (STRANGER, CUSTOMER, *EVERYBODY)}
    return [f"{name} GET {who}: {got}" for who, got in found.items() if not _is_seen_right(row, who, got)]


def _is_seen_right(row: Page, who: str, got: int | str) -> bool:
    if who in row.get:
        return got == row.status
    return got in (403, 404) if who in EVERYBODY else got == LOG_IN


def presses(world: World, name: str, row: Page) -> list[str]:
    """What is wrong about pressing: first by all who may not, after which nothing has changed, then by who may."""
    address, found = address_of(world, f"admin:{name}"), dict[str, int | str]()
    for who in (STRANGER, CUSTOMER, *EVERYBODY):
        if who not in row.post:
            found[who] = answer(world.browsers[who], "post", address, is_kept=True)
    wrong = [] if fingerprint() == world.as_made else [f"{name} POST: something was changed by who may not"]
    found |= {who: answer(world.browsers[who], "post", address) for who in row.post}
    return wrong + [f"{name} POST {who}: {got}" for who, got in found.items() if not _is_pressed_right(row, who, got)]


def _is_pressed_right(row: Page, who: str, got: int | str) -> bool:
    if who in row.post:
        is_our_error = isinstance(got, int) and got >= 500
        return (got not in REFUSED and not is_our_error) or got == row.status
    if who in row.get:
        return got in (403, 405)
    return got in (403, 404) if who in EVERYBODY else got == LOG_IN


@pytest.mark.parametrize("app", ["auth", "customers", "bookings", "payments", "invoicing", "communications"])
def test_pages_of_models(world: World, app: str) -> None:
    wrong = []
    for name, row in model_rows().items():
        if name.startswith(f"{app}_"):
            wrong += looks(world, name, row)
            wrong += presses(world, name, row) if name.endswith(("_add", "_change", "_delete")) else []
    assert not wrong, "\n".join(wrong)


def test_actions_of_lists(world: World) -> None:
    """Who is not offered one does nothing by sending its name."""
    offered: dict[tuple[str, str], str] = defaultdict(str)
    wrong = []
    for page in admin.site._registry.values():
        label = page.opts.label_lower
        for who in EVERYBODY:
            request = RequestFactory().get("/admin/")
            request.user = world.staff[who]
            for name in page.get_actions(request):
                offered[label, name] += who
    for (label, name), may in ACTIONS.items():
        address = reverse(f"admin:{label.replace('.', '_')}_changelist")
        sent = {"action": name, "_selected_action": str(world.objects[label].pk)}
        for who in set(EVERYBODY) - set(may):
            answer(world.browsers[who], "post", address, sent, is_kept=True)
        if fingerprint() != world.as_made:
            wrong.append(f"{label} {name}: something was changed by who may not")
    assert not wrong, "\n".join(wrong)
    assert offered == ACTIONS


def test_pages_of_the_office(world: World) -> None:
    wrong = []
    for name, row in STAFF_PAGES.items():
        wrong += looks(world, name, row) + presses(world, name, row)
    assert not wrong, "\n".join(wrong)


def test_pages_outside_the_office(world: World) -> None:
    wrong = []
    for name, row in OPEN_PAGES.items():
        address = address_of(world, name)
        wanted = {STRANGER: row.stranger, CUSTOMER: row.customer} | {who: _staffs(row, who) for who in EVERYBODY}
        for who, status in wanted.items():
            found = answer(world.browsers[who], "get", address)
            if found != (LOG_IN if name in ("admin:login_code", "admin:login_set_up") else status):
                wrong.append(f"{name} GET {who}: {found}, not {status}")
        if row.post:
            found = answer(world.browsers[STRANGER], "post", address, is_kept=True)
            if found != row.post or fingerprint() != world.as_made:
                wrong.append(f"{name} POST stranger: {found}")
            found = answer(world.browsers[CUSTOMER], "post", address)
            if found in REFUSED:
                wrong.append(f"{name} POST customer: {found}")
    assert not wrong, "\n".join(wrong)


def _staffs(row: Open, who: str) -> int:
    if isinstance(row.staff, str):
        return row.customer if who in row.staff else row.stranger
    return row.staff or row.stranger
