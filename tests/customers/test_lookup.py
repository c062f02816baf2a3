"""The page that finds everything, and who may see what on it."""

import logging
import re
from typing import Any

import pytest
from django.test import Client

from customers.models import User
from tests.factories import make_booking, make_payment, make_staff, make_user

pytestmark = pytest.mark.django_db

LOOKUP = "/admin/customers/lookup/"
LOOK = (
    "customers.view_user",
    "customers.view_organisation",
    "bookings.view_booking",
    "invoicing.view_invoice",
    "payments.view_payment",
)


@pytest.fixture
def desk(client: Client) -> Client:
    """The browser of somebody who may look at everything and make nothing."""
    client.force_login(make_staff(*LOOK, first_name="Jas", last_name="Bains"))
    return client


@pytest.fixture
def hannah() -> User:
    return make_user("hannah@rylstone.example", phone="07700 900142", company="Rylstone Nursery")


def page(browser: Client, text: str, **more: str) -> str:
    return browser.get(LOOKUP, {"q": text} | more).content.decode()


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]+)" data-found', html)


def counted(html: str) -> str:
    match = re.search(r'role="status" data-lookup-count>(.*?)</p>', html, re.DOTALL)
    assert match is not None
    return " ".join(match[1].split())


def test_the_page_begins_empty(desk: Client) -> None:
    html = page(desk, "")
    assert (links(html), counted(html)) == ([], "")
    assert html.count("data-lookup=") == 1


def test_one_person_who_is_just_what_was_typed_is_gone_to(desk: Client, hannah: User) -> None:
    for text in ("Hannah@Rylstone.example", "hannah okafor", "+44 7700 900142"):
        response = desk.get(LOOKUP, {"q": text})
        assert (response.status_code, response["Location"]) == (302, f"/admin/customers/user/{hannah.pk}/")


def test_so_are_a_booking_and_a_payment(desk: Client, hannah: User) -> None:
    booking = make_booking(customer=hannah)
    payment = make_payment(booking, stripe_intent_id="pi_3Q")
    assert desk.get(LOOKUP, {"q": booking.reference})["Location"] == f"/admin/bookings/booking/{booking.pk}/"
    assert desk.get(LOOKUP, {"q": "pi_3Q"})["Location"] == f"/admin/payments/payment/{payment.pk}/"


def test_many_are_listed_with_what_they_are(desk: Client, hannah: User) -> None:
    other = make_user(first_name="Ann", last_name="Okafor")
    html = page(desk, "okafor")
    assert sorted(links(html)) == sorted(f"/admin/customers/user/{person.pk}/" for person in (hannah, other))
    assert counted(html) == "2 found for “okafor”."
    assert "hannah@rylstone.example · 07700 900142 · Rylstone Nursery" in " ".join(html.split())


def test_a_close_one_is_offered_and_never_gone_to(desk: Client, hannah: User) -> None:
    html = page(desk, "okafr")
    assert links(html) == [f"/admin/customers/user/{hannah.pk}/"]
    assert counted(html) == "Nothing is just “okafr”. 1 close to it."
    assert 'Did you mean <a href="/admin/customers/lookup/?q=okafor">okafor</a>?' in html
    assert "“okafor” is close" in html


def test_nothing_found_offers_what_may_come_next(client: Client) -> None:
    client.force_login(make_staff(*LOOK, "bookings.add_booking", "customers.add_user"))
    html = page(client, "Zoë Quill")
    assert counted(html) == "Nothing found for “Zoë Quill”."
    assert 'name="first_name" value="Zoë"' in html
    assert 'name="last_name" value="Quill"' in html
    assert links(html) == ["/admin/customers/user/add/"]
    assert 'name="email" value="zoe@new.example"' in page(client, "zoe@new.example")
    assert 'name="phone" value="07700 900999"' in page(client, "07700 900999")


def test_who_may_make_nothing_is_offered_nothing(desk: Client, hannah: User) -> None:
    assert "/admin/bookings/booking/new/" not in page(desk, "nobody at all") + page(desk, "okaf")


def test_the_script_gets_the_results_alone_and_is_not_sent_away(desk: Client, hannah: User) -> None:
    html = page(desk, "hannah okafor", part="results")
    assert links(html) == [f"/admin/customers/user/{hannah.pk}/"]
    assert "<html" not in html
    assert re.findall(r"data-count>\s*(.*?)\s*</p>", html) == ["1 found for “hannah okafor”."]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "%00", "\0", "' OR 1=1 --", "a" * 3000, "\u202egnp"])
@pytest.mark.parametrize("part", ["", "results"])
def test_hostile_words_are_only_words(desk: Client, hannah: User, text: str, part: str) -> None:
    response = desk.get(LOOKUP, {"q": text, "part": part})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize(
    "permission, found", [("customers.view_user", "/admin/customers/user/"), ("bookings.view_booking", "/booking/")]
)
def test_each_group_is_for_who_may_look_at_it(client: Client, hannah: User, permission: str, found: str) -> None:
    make_booking(customer=hannah, people=[("Okafor", "Junior", "")])
    client.force_login(make_staff(permission, first_name="Jas", last_name="Bains"))
    assert [found in link for link in links(page(client, "okaf"))] == [True]


def test_an_instructor_has_no_lookup(client: Client, hannah: User) -> None:
    client.force_login(make_staff("bookings.view_coursesession", "bookings.view_attendee"))
    for part in ("", "results"):
        assert client.get(LOOKUP, {"q": "okafor", "part": part}).status_code == 403


def test_it_is_only_looked_at(desk: Client, client: Client) -> None:
    assert desk.post(LOOKUP, {"q": "okafor"}).status_code == 405
    client.logout()
    assert client.get(LOOKUP, {"q": "okafor"})["Location"].startswith("/admin/login/")


def test_the_word_is_in_no_log(desk: Client, hannah: User, caplog: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        page(desk, "okafr zebra")
        desk.get(LOOKUP, {"q": "zebra@stripes.example"})
    assert "zebra" not in "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db")
