"""What cannot be kept, typed into every field of every form of the office: said there, and never an error of ours."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.forms import BaseForm
from django.test import Client

from tests.architecture.rights_table import MODELS, STAFF_PAGES
from tests.architecture.rights_world import World, make_world
from tests.architecture.test_rights import address_of

pytestmark = pytest.mark.django_db

FORMS = [name for name, page in STAFF_PAGES.items() if "w" in page.post and page.status in (200, 302, 405)]
FORMS += [f"{label.replace('.', '_')}_add" for label, model in MODELS.items() if model.add]
FORMS += [f"{label.replace('.', '_')}_change" for label, model in MODELS.items() if model.change]
# Fields that pages read without a form, and those of Django's own.
MORE = (
    "figures",
    "part",
    "form_key",
    "choose",
    "course",
    "unpin",
    "action",
    "_selected_action",
    "next",
    "index",
    "seen",
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def fields_of(browser: Client, address: str) -> set[str]:
    """The names of all fields of the forms on a page."""
    context = browser.get(address).context or {}
    forms = [context[name] for name in ("form", "note_form") if name in context]
    if "adminform" in context:
        forms.append(context["adminform"].form)
    return {name for form in forms if isinstance(form, BaseForm) for name in form.fields}


@pytest.mark.parametrize("typed", ["\0", "9" * 5000])
def test_no_field_breaks_a_page(world: World, typed: str) -> None:
    wrong, filled = [], 0
    for name in FORMS:
        browser, address = world.browsers["w"], address_of(world, f"admin:{name}")
        names = fields_of(browser, address)
        filled += len(names)
        # Some pages look at a button first.
        for sent in (dict.fromkeys([*names, *MORE], typed), dict.fromkeys([*names, "book"], typed)):
            cookies = SimpleCookie(browser.cookies)
            with transaction.atomic():
                answer = browser.post(address, sent)
                transaction.set_rollback(True)
            browser.cookies = cookies
            if answer.status_code >= 500:
                wrong.append(f"{name}: {answer.status_code}")
    assert wrong == []
    assert filled > 120


def test_what_is_too_big_is_not_taken(world: World) -> None:
    for name in ("customers_user_note", "bookings_venue_add", "communications_pagetext_change"):
        sent = dict.fromkeys(("body", "name", "text"), "x" * 11_000_000)
        assert world.browsers["w"].post(address_of(world, f"admin:{name}"), sent).status_code == 400
