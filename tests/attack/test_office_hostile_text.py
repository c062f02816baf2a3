"""Whatever stands in a field, also what came in by another way than our forms, is shown in the office as words."""

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, override

import pytest
from django.db import transaction
from django.db.models import CharField, Model, TextField
from django.urls import reverse

from bookings.admin.export import safe
from communications.models import Message
from communications.pages import page_html
from customers.models import Change, Viewing
from tests.architecture.rights_table import MODELS, STAFF_PAGES
from tests.architecture.rights_world import World, make_world
from tests.architecture.test_rights import address_of

pytestmark = pytest.mark.django_db

HOSTILE = "\"'></title></textarea></script>--><x-evil onx=1>{{7*7}}"
# Machine text: by it rows are found, files are named, or one of a few words is chosen.
MACHINE = {
    "email_key",
    "reference_key",
    "token_hash",
    "secret_hash",
    "dedupe_key",
    "pdf_path",
    "pdf_sha256",
    "password",
}
MACHINE |= {"slug", "currency", "stripe_object_id", "record_kind", "record_key", "body_html", "code_hash", "object_id"}


class Looking(HTMLParser):
    """What a browser would make of a page that it should not."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.is_in_script = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.is_in_script = tag == "script" and "src" not in given
        if tag == "x-evil":
            self.found.append("an element")
        self.found += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        links = [str(given[name]).strip().lower() for name in ("href", "src", "action", "formaction") if name in given]
        self.found += [link for link in links if link.startswith(("javascript:", "data:", "vbscript:", "//"))]

    @override
    def handle_data(self, data: str) -> None:
        if self.is_in_script and data.strip():
            self.found.append("a script on the page")

    @override
    def handle_endtag(self, tag: str) -> None:
        self.is_in_script = False


def evil_in(html: str) -> list[str]:
    looking = Looking()
    looking.feed(html)
    return looking.found


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One of everything, with hostile text in every field that holds text."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        yield replace(world, objects={label: poisoned(row) for label, row in world.objects.items()})
        transaction.set_rollback(True)


def poisoned(row: Model) -> Model:
    """Past every form and service. What the database lets nobody change is written anew."""
    texts = {
        field.name: HOSTILE[: field.max_length or None]
        for field in row._meta.concrete_fields
        if isinstance(field, CharField | TextField)
        and not (field.choices or field.primary_key or field.unique or field.name in MACHINE)
    }
    if isinstance(row, Change | Viewing):
        fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        return type(row)._base_manager.create(**fields | texts | {"id": None})
    if texts:
        type(row)._base_manager.filter(pk=row.pk).update(**texts)
    return row


def test_no_page_of_the_office_makes_more_of_it_than_words(world: World) -> None:
    names = [name for name, page in STAFF_PAGES.items() if "w" in page.get and page.status == 200]
    names += [f"{label.replace('.', '_')}_{page}" for label in MODELS for page in ("changelist", "change", "history")]
    wrong, showing = [], 0
    for name in names:
        query = {"q": HOSTILE, "tab": HOSTILE} if name in ("customers_lookup", "customers_user_page") else {}
        page = world.browsers["w"].get(address_of(world, f"admin:{name}"), query)
        if page.status_code == 200 and not page.streaming and "html" in page.headers["Content-Type"]:
            text = page.content.decode()
            showing += "x-evil" in text
            wrong += [f"{name}: {what}" for what in evil_in(text)]
    assert wrong == []
    # Else the pages show nothing of what was put in, and this proves nothing.
    assert showing > 90


def test_what_is_looked_for_would_be_found() -> None:
    page = f'<a href=" JavaScript:x">{HOSTILE}</a><p style="x" onclick="y">z</p><script>alert(1)</script>'
    assert evil_in(page) == ["javascript:x", "an element", "x-evil onx", "p style", "p onclick", "a script on the page"]


@pytest.mark.parametrize("tab", ["timeline", "bookings", "payments", "invoices", "messages"])
def test_every_tab_of_a_customer(world: World, tab: str) -> None:
    address = address_of(world, "admin:customers_user_page")
    text = world.browsers["w"].get(address, {"tab": tab}).content.decode()
    assert evil_in(text) == []
    assert "x-evil" in text


def test_what_is_found_while_somebody_types(world: World) -> None:
    browser = world.browsers["w"]
    parts = [browser.get(reverse("admin:customers_lookup"), {"part": "results", "q": "x-evil"})]
    sent = {"form_key": "x", "first_name": HOSTILE, "last_name": HOSTILE, "email": HOSTILE, "session": HOSTILE}
    parts += [
        browser.post(reverse("admin:bookings_booking_new"), sent | {"part": part}) for part in ("people", "words")
    ]
    parts.append(browser.post(reverse("admin:bookings_booking_new"), sent | {"book": "1", "names": HOSTILE * 20}))
    for part in parts:
        assert part.status_code == 200
        assert evil_in(part.content.decode()) == []


@pytest.mark.parametrize(
    "typed",
    [
        "[press](javascript:alert(1))",
        "[press](JaVaScRiPt:alert(1))",
        "[press](java\tscript:alert(1))",
        "[press](&#106;avascript:alert(1))",
        "[press](data:text/html;base64,PHNjcmlwdD4=)",
        "[press](//elsewhere.example)",
        "[press](\\\\elsewhere.example)",
        "[press](vbscript:x)",
        "<javascript:alert(1)>",
        "![picture](https://elsewhere.example/x.png)",
        "![picture](x onerror=alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        HOSTILE,
        "<script>alert(1)</script>",
        "<iframe src='https://elsewhere.example'></iframe>",
        '[press](https://a.example ""onmouseover=alert(1)")',
        "`<x-evil onx=1>`",
        "    <x-evil onx=1>",
    ],
)
def test_a_page_text_is_never_a_script(typed: str) -> None:
    html = page_html(typed)
    assert evil_in(html) == []
    assert not any(f"<{tag}" in html for tag in ("img", "script", "iframe", "code", "pre"))


def test_a_page_text_may_be_long(world: World) -> None:
    """As long as a form takes: what makes Markdown slow elsewhere is done in no time."""
    for typed in ("[" * 20_000, "*a_" * 10_000, "> " * 2_000 + "x", "- " * 500 + "x"):
        assert evil_in(page_html(typed)) == []


@pytest.mark.parametrize(
    "begun", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\u2212", " \u200b=", "\u202e=", "\n@", "\x00="]
)
def test_a_cell_is_never_a_formula(begun: str) -> None:
    assert safe(f"{begun}1+1") == f"'{begun}1+1"


def test_a_letter_is_shown_without_any_power(world: World) -> None:
    """Whatever stands in a stored letter, its frame runs no script, sends no form and fetches nothing."""
    letter = world.objects["communications.message"]
    Message.objects.filter(pk=letter.pk).update(body_html=f"<script>alert(1)</script><img src=//x.example>{HOSTILE}")
    shown = world.browsers["w"].get(reverse("admin:communications_message_letter", args=[letter.pk]))
    policy = dict(part.strip().partition(" ")[::2] for part in shown.headers["Content-Security-Policy"].split(";"))
    assert policy["sandbox"] == ""
    assert policy["default-src"] == "'none'"
    assert (policy["img-src"], policy["frame-ancestors"]) == ("data:", "'self'")
    assert "script-src" not in policy
    assert "no-store" in shown.headers["Cache-Control"]
    assert world.browsers["i"].get(reverse("admin:communications_message_letter", args=[letter.pk])).status_code == 403
