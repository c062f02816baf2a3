"""How the office says days, times and sums, and what narrows its lists: alike for every model."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, override

import pytest
from django.contrib import admin
from django.db import transaction
from django.db.models import DateField, DateTimeField, Model
from django.urls import reverse

from config.kernel import clock
from customers.list_filters import ChoiceFilter, DateFilter
from tests.architecture.rights_world import World, make_world

pytestmark = pytest.mark.django_db

LABELS = sorted(model._meta.label_lower for model in admin.site._registry)
MONTHS = "Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec"
# Times in Django's words or on a clock of 24 hours, days as machines and Americans write them, sums of no currency.
FOREIGN = re.compile(
    r"\b[ap]\.m\.|\b\d\d?:\d\d(?!\d|[ap]m)|\b\d{4}-\d\d-\d\d|\b\d\d?/\d\d?/\d\d|"
    rf"\b(?:{MONTHS})[a-z]*\.? \d\d?,|(?<![£\d,.])\d[\d,]*\.\d\d\b(?!%)",
    re.IGNORECASE,
)
# The database allows no change of the one, and the other only with what was arranged.
KEPT_EMPTY = {"invoicing.Invoice.due_on", "bookings.SpecialRequirement.handled_at"}
# Lists that do not open on the row that there is.
ASKED = {"payments.discrepancy": {"show": "all"}, "payments.stripeevent": {"show": "all"}}


class Words(HTMLParser):
    """What the main part of a page says, and what stands in its fields of text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._is_main = False
        self.feed(html)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_main = self._is_main or tag == "main"
        named = dict(attrs)
        if self._is_main and tag == "input" and named.get("type") == "text":
            self.said.append(named.get("value") or "")

    @override
    def handle_data(self, data: str) -> None:
        if self._is_main and data.strip():
            self.said.append(data.strip())


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once, with something in every day and moment that may be empty. Nobody changes anything in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        for row in made.objects.values():
            fill(row)
        yield made
        transaction.set_rollback(True)


def fill(row: Model) -> None:
    empty = [
        field
        for field in row._meta.concrete_fields
        if isinstance(field, DateField) and getattr(row, field.name) is None and str(field) not in KEPT_EMPTY
    ]
    now = clock.now()
    values = {one.name: now if isinstance(one, DateTimeField) else clock.london_date(now) for one in empty}
    if values:
        type(row)._default_manager.filter(pk=row.pk).update(**values)


def words_of(world: World, label: str, ending: str) -> list[str]:
    """What the owner reads on the list of this model, or on a page of its row."""
    key = world.objects[label].pk
    address = reverse(f"admin:{label.replace('.', '_')}_{ending}", args=[] if ending == "changelist" else [key])
    response = world.browsers["w"].get(address, ASKED.get(label, {}) if ending == "changelist" else {})
    assert response.status_code == 200
    said = Words(response.content.decode()).said
    assert said
    if ending == "changelist":
        assert response.context["cl"].result_list
    return said


@pytest.mark.parametrize(
    "foreign",
    ["21 Nov 2026, 5:59 p.m.", "17:59", "2026-11-21", "21/11/2026", "Nov. 21, 2026", "November 21, 2026", "90.00"],
)
def test_what_is_foreign_is_known(foreign: str) -> None:
    assert FOREIGN.search(f"On {foreign} or so")


@pytest.mark.parametrize(
    "ours", ["Sat 21 Nov, 5:59pm", "Saturday 21 November 2026, 9am", "£1,090.00", "17.5%", "INV-2026-00001"]
)
def test_what_is_ours_is_not_foreign(ours: str) -> None:
    assert not FOREIGN.search(f"On {ours} or so")


@pytest.mark.parametrize("ending", ["changelist", "change", "history"])
@pytest.mark.parametrize("label", LABELS)
def test_nothing_is_said_in_foreign_words(world: World, label: str, ending: str) -> None:
    assert [words for words in words_of(world, label, ending) if FOREIGN.search(words)] == []


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_lists_are_narrowed_by_fields_of_our_form(model: type[Model]) -> None:
    filters = admin.site._registry[model].list_filter
    assert [one for one in filters if not (isinstance(one, type) and issubclass(one, ChoiceFilter | DateFilter))] == []


@pytest.mark.parametrize("label", LABELS)
def test_each_filter_takes_its_last_choice(world: World, label: str) -> None:
    browser, address = world.browsers["w"], reverse(f"admin:{label.replace('.', '_')}_changelist")
    cl = browser.get(address).context["cl"]
    for one in cl.filter_specs:
        asked = [str(choice["query_string"]) for choice in one.choices(cl)][-1:]
        asked = asked or [f"?{one.name}_from=2026-11-21&{one.name}_to=2026-11-21"]
        assert browser.get(address + asked[0]).status_code == 200
