"""Help, terms, privacy, accessibility: what they say comes from where staff change it."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings.models import BookingPolicy
from bookings.services import policies
from bookings.views.wizard import ELSEWHERE_COOKIE, HOLD_COOKIE
from communications.apps import FIRST_TEXTS
from communications.models import PageText
from communications.pages import page_html
from communications.selectors import newest_page_texts, page_text
from communications.services import page_texts
from config.brand import BRAND
from customers import access_cookies, visit_cookies
from customers.views.sign_in import ASKED_COOKIE
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

PAGES = {"/help/": "Help", "/terms/": "Booking terms", "/privacy/": "Privacy", "/accessibility/": "Accessibility"}


@pytest.mark.parametrize("address, heading", PAGES.items())
def test_each_page_has_its_heading_and_costs_one_query(client: Client, address: str, heading: str) -> None:
    client.get(address)  # what pages read once a process is read
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", page) == [heading]
    assert f"<title>{heading} – {BRAND.name}</title>" in page
    assert len(queries) == 1


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_only_looked_at(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


def test_help_says_how_to_reach_us(client: Client) -> None:
    main = client.get("/help/").content.decode().partition("<main")[2].partition("</main>")[0]
    for fact in (BRAND.phone, BRAND.phone_link, BRAND.hours, BRAND.email):
        assert fact in main


def test_the_first_texts_lead_only_to_pages_there_are(client: Client) -> None:
    for text in PageText.objects.all():
        targets = re.findall(r'href="(/[^"]*)"', page_html(text.body))
        assert [target for target in targets if client.get(target).status_code not in {200, 302}] == []


def test_the_first_texts_use_no_sign_that_would_stand_there_as_it_is() -> None:
    for text in PageText.objects.all():
        assert re.findall(r"[`*_#{}]", re.sub(r"<[^>]*>|sign_in", "", page_html(text.body))) == []


def test_every_page_has_a_first_text() -> None:
    assert {file.stem for file in FIRST_TEXTS.iterdir()} == set(PageText.Page.values)
    assert list(PageText.objects.values_list("page", "version")) == [
        ("accessibility", 1),
        ("help", 1),
        ("privacy", 1),
    ]
    assert not PageText.objects.filter(body__contains="{", page="help").exclude(body__contains="{phone}").exists()


def test_every_cookie_of_a_customer_is_named_to_them(client: Client) -> None:
    listed = client.get("/privacy/").content.decode().partition("Cookies</h2>")[2].partition("<h2")[0]
    ours = {HOLD_COOKIE, ELSEWHERE_COOKIE, access_cookies.COOKIE_NAME, visit_cookies.COOKIE_NAME, ASKED_COOKIE}
    named = set(re.findall(r"<li><strong>(\w+)</strong>", listed))
    assert named == ours | {settings.CSRF_COOKIE_NAME}


def test_the_terms_are_the_policy_in_force(client: Client) -> None:
    policy = BookingPolicy(
        terms="Fresh words.\n\n- first\n- second", full_refund_days=21, part_refund_days=1, part_refund_percent=30
    )
    policies.add_version(policy)
    page = " ".join(client.get("/terms/").content.decode().split())
    assert "<p>Fresh words.</p>" in page
    assert "Cancel 21 days or more before the course, and we refund everything. Cancel 1 day or more" in page
    assert "we refund 30%." in page
    assert "Version 2, in force since" in page
    assert "cancel for any reason within 14 days of booking, and we refund everything." in page


def test_who_booked_under_older_terms_can_read_them(client: Client) -> None:
    policies.add_version(BookingPolicy(terms="Fresh words."))
    old = " ".join(client.get("/terms/1/").content.decode().split())
    assert "swap a name free of charge" in old
    assert "This is version 1, for bookings that were made under it." in old
    assert 'href="/terms/"' in old
    new = client.get("/terms/2/").content.decode()
    assert "Fresh words." in new
    assert "for bookings that were made under it" not in new
    assert [client.get(f"/terms/{version}/").status_code for version in (0, 3, 10**30)] == [404, 404, 404]


def test_no_share_is_promised_where_there_is_none(client: Client) -> None:
    policies.add_version(BookingPolicy(part_refund_percent=0))
    page = " ".join(client.get("/terms/").content.decode().split())
    assert "we refund everything. Later there is no refund." in page


def test_facts_of_the_business_stand_in_its_texts() -> None:
    assert page_html("Call {phone}, {hours}. {name}: {email}") == (
        f'<p>Call <a href="{BRAND.phone_link}">{BRAND.phone}</a>, {BRAND.hours}. '
        f'{BRAND.name}: <a href="mailto:{BRAND.email}">{BRAND.email}</a></p>\n'
    )


def test_a_change_is_a_new_version_and_the_old_one_stays(client: Client) -> None:
    editor = make_staff()
    before = page_text(PageText.Page.PRIVACY)
    text = page_text(PageText.Page.PRIVACY)
    text.title, text.body = "Your privacy", "New words."
    page_texts.add_version(text=text, changed_by=editor)

    assert (text.version, text.changed_by, text.changed_at > before.changed_at) == (2, editor, True)
    assert page_text(PageText.Page.PRIVACY) == text
    assert PageText.objects.get(page="privacy", version=1).body == before.body
    assert set(newest_page_texts().values_list("page", "version")) == {
        ("accessibility", 1),
        ("help", 1),
        ("privacy", 2),
    }
    page = client.get("/privacy/").content.decode()
    assert "<p>New words.</p>" in page
    assert before.body.splitlines()[0] not in page
