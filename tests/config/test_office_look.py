"""The frame of the office: who is led where, where one is, and that Django's own pages find all their places in it."""

import re
from pathlib import Path

import django.contrib.admin
import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from config import pictures
from config.env import BASE_DIR
from config.office_menu import MENU, Count, menu_for
from tests.factories import make_staff, make_user

DJANGOS = Path(django.contrib.admin.__file__).parent / "templates"
UNUSED = {
    "dark-mode-vars": "the office is light",
    "stylesheet": "Django's own stylesheets lie in a layer below ours",
    "stylesheet_rtl": "it is in English",
    "responsive": "as stylesheet",
    "welcome-msg": "the menu of the person has their name",
    "nav-global": "nothing fills it",
}
"""Blocks of Django's frame that ours does not have."""


def blocks(template: Path) -> set[str]:
    return set(re.findall(r"{%\s*block ([\w-]+)", template.read_text()))


def words(user: object, path: str = "/admin/", query: str = "") -> dict[str, list[str]]:
    groups = menu_for(user, path, QueryDict(query), {})  # type: ignore[arg-type]
    return {name: [shown.entry.words for shown in entries] for name, entries in groups.items()}


def here(user: object, path: str, query: str = "") -> list[str]:
    groups = menu_for(user, path, QueryDict(query), {})  # type: ignore[arg-type]
    return [shown.entry.words for entries in groups.values() for shown in entries if shown.is_here]


@pytest.mark.django_db
def test_the_owner_is_led_everywhere_and_every_way_leads_somewhere(client: Client) -> None:
    owner = make_staff(is_superuser=True)
    client.force_login(owner)

    assert words(owner) == {name: [entry.words for entry in entries] for name, entries in MENU.items()}
    statuses = {entry.words: client.get(entry.address).status_code for entries in MENU.values() for entry in entries}
    assert statuses == dict.fromkeys(statuses, 200)


@pytest.mark.django_db
def test_nobody_is_led_to_what_they_may_not_open() -> None:
    trainer = make_staff("bookings.view_coursesession")

    assert words(trainer) == {"Daily work": ["Today", "Sessions"]}
    assert words(make_user()) == {"Daily work": ["Today"]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path, query, expected",
    [
        ("/admin/", "", ["Today"]),
        ("/admin/bookings/booking/", "status=confirmed", ["Bookings"]),
        ("/admin/bookings/bookingpolicy/1/change/", "", ["Booking policy"]),
        ("/admin/customers/user/", "kind__exact=instructor", ["Trainers"]),
        ("/admin/customers/user/", "", ["Customers"]),
        ("/admin/password_change/", "", []),
    ],
)
def test_at_most_one_entry_says_where_one_is(path: str, query: str, expected: list[str]) -> None:
    assert here(make_staff(is_superuser=True), path, query) == expected


@pytest.mark.django_db
def test_a_count_stands_beside_its_entry() -> None:
    groups = menu_for(make_staff(), "/admin/", QueryDict(), {"Today": Count(5, is_urgent=True)})
    (today,) = groups["Daily work"]
    assert today.count == Count(5, is_urgent=True)


def test_djangos_pages_find_all_their_places_in_our_frame() -> None:
    assert blocks(DJANGOS / "admin" / "base.html") - blocks(BASE_DIR / "templates" / "admin" / "base.html") == set(
        UNUSED
    )


@pytest.mark.django_db
def test_the_frame_is_ours_alone(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True, first_name="Jas", last_name="Bains"))
    page = client.get(reverse("admin:bookings_course_add")).content.decode()

    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page) == [
        "/static/css/django.css",
        "/static/css/office.css",
    ]
    assert "theme.js" not in page
    assert page.count("<h1") == page.count("<main ") == page.count("<header ") == 1
    assert '<span class="avatar" aria-hidden="true">JB</span><span class="person-name">Jas Bains</span>' in page


@pytest.mark.django_db
@pytest.mark.parametrize("permission, boxes", [("payments.view_payment", 2), ("bookings.view_coursesession", 0)])
def test_the_search_is_for_who_may_find_anything(client: Client, permission: str, boxes: int) -> None:
    client.force_login(make_staff(permission))
    page = client.get(reverse("admin:password_change")).content.decode()
    assert page.count('action="/admin/customers/lookup/"') == boxes


@pytest.mark.django_db
def test_what_is_not_there_or_not_allowed_is_said_in_the_offices_frame(client: Client) -> None:
    client.force_login(make_staff())

    for address, status, h1 in (
        ("/admin/nothing/", 404, "We can’t find that page"),
        (reverse("admin:bookings_booking_changelist"), 403, "You can’t open this page"),
    ):
        response = client.get(address)
        assert response.status_code == status
        assert f"<h1>{h1}</h1>" in response.content.decode()
        assert "css/office.css" in response.content.decode()


def ticks(taken: int, capacity: int) -> dict[str, int]:
    paths = re.findall(r'<path class="(\w+)" d="([^"]+)"', pictures.office_meter(taken, capacity))
    return {name: path.count("z") for name, path in paths}


@pytest.mark.parametrize(
    "taken, capacity, expected",
    [
        (0, 12, {"open": 12}),
        (7, 12, {"full": 7, "open": 5}),
        (12, 12, {"full": 12}),
        # More than staff meant to let in.
        (14, 12, {"full": 12}),
        (1, 40, {"full": 1, "open": 9}),
        (39, 40, {"full": 9, "open": 1}),
        (40, 40, {"full": 10}),
    ],
)
def test_in_the_office_a_tall_tick_is_a_taken_place(taken: int, capacity: int, expected: dict[str, int]) -> None:
    assert ticks(taken, capacity) == expected


@pytest.mark.parametrize("name, expected", [("Jas Bains", "JB"), ("Ewa Maria Nowak", "EN"), ("Cher", "C"), ("", "")])
def test_initials_are_of_the_first_and_the_last_name(name: str, expected: str) -> None:
    assert Template("{% load office %}{{ name|initials }}").render(Context({"name": name})) == expected
