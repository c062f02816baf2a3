"""Every page of the office with an address that nobody got from us: answered, kept in no browser, told to no log."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.architecture.rights_table import MODELS, STAFF_PAGES
from tests.architecture.rights_world import World, make_world
from tests.architecture.test_rights import address_of

pytestmark = pytest.mark.django_db

# Files of scripts, and what is the same for everybody.
OPEN_TO_KEEP = {"jsi18n"}
PAGES = [name for name, page in STAFF_PAGES.items() if page.get]
LISTS = [f"{label.replace('.', '_')}_changelist" for label in MODELS]
ODD = [
    (PAGES, "tab=x&before=%00&page=-1&part=%00&kind=x&customer=zzz&session=a~b&course=%00&tab[]=x&after=zz"),
    (PAGES, "q=%00%E2%80%AE%27%22&before=999999999999999999-1&booked_to=%00&term=" + "9" * 4000),
    (LISTS, "q=%25_%5C%E2%80%AE%27%22&starts_from=0001-01-01&booked_to=%00&o=" + "9" * 4400),
    (LISTS, "after=%00&before=zz&_popup=1&happened_from=2026-W47-5&show=x"),
]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.mark.parametrize("names, query", ODD)
def test_no_address_is_an_error_of_ours(world: World, names: list[str], query: str) -> None:
    wrong = []
    for name in names:
        with transaction.atomic():
            answer = world.browsers["w"].get(f"{address_of(world, f'admin:{name}')}?{query}")
            text = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            wrong.append(f"{name}: {answer.status_code}")
        is_kept = "no-store" not in answer.headers.get("Cache-Control", "")
        if text and answer.status_code == 200 and name not in OPEN_TO_KEEP and is_kept:
            wrong.append(f"{name}: kept")
    assert wrong == []


def test_no_log_names_whom_somebody_looked_for(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for name in (
        "customers_lookup",
        "customers_user_changelist",
        "bookings_booking_export",
        "customers_change_changelist",
    ):
        address = address_of(world, f"admin:{name}")
        for typed in ("Zebedee Quillfeather", "zebedee" * 700, "zebedee\0", "zebedee'"):
            answer = world.browsers["w"].get(address, {"q": typed, "zebedee": typed})
            if answer.streaming:
                b"".join(answer)
    lines = [f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name != "django.request"]
    assert not [line for line in lines if "zebedee" in line.lower().replace("get /admin", "")]
    assert len(lines) >= 16
