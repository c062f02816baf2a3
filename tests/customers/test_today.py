"""The page the office opens on, as each role sees it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from config.kernel import clock
from customers.models import User
from customers.roles import RoleName
from customers.services.roles import ensure_roles
from payments.models import Discrepancy
from tests.customers.waiting import MAKERS, needs, taught
from tests.factories import make_booking, make_staff, offer_first_templates

pytestmark = pytest.mark.django_db

TODAY = "/admin/"
LOW = "Low: fewer than a third of the places are taken."


def log_in(client: Client, role: RoleName) -> User:
    ensure_roles()
    person = make_staff()
    person.groups.add(Group.objects.get(name=role))
    client.force_login(person)
    return person


def page(client: Client) -> str:
    response = client.get(TODAY)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_office_is_calm(client: Client) -> None:
    log_in(client, RoleName.OWNER)
    html = page(client)
    assert reverse("admin:index") == TODAY
    assert "Nothing needs you. No course is planned." in html
    assert "No course runs today." in html
    assert "No course begins in the next 14 days." in html
    assert LOW not in html
    assert html.count('class="figure-value"') == 4
    assert '<a href="/admin/bookings/coursesession/">All sessions</a>' in html


def test_what_needs_somebody_stands_there_with_its_button(client: Client) -> None:
    session = taught(starts_at=clock.now() + timedelta(days=3), capacity=5)
    make_booking(session)
    for number in range(7):
        Discrepancy.objects.create(kind="unknown_payment", stripe_object_id=f"pi_{number}", found="<b>£180.00</b>")
    log_in(client, RoleName.FINANCE)
    html = page(client)
    assert "7 things need you. Next course is on" in html
    assert html.count("/resolve/") == html.count(">Match it<") == 5
    assert "&lt;b&gt;£180.00&lt;/b&gt;" in html
    assert '<a href="/admin/payments/discrepancy/">and 2 more like this</a>' in html
    first = Discrepancy.objects.order_by("created_at")[0]
    assert f'href="/admin/payments/discrepancy/{first.pk}/resolve/">Match it<' in html
    assert "Phone booking" not in html
    assert "New session" not in html
    assert "1 of 5" in html
    assert ">Low</span>" in html
    assert LOW in html


def test_what_low_means_is_said_only_where_something_is(client: Client) -> None:
    make_booking(taught(starts_at=clock.now() + timedelta(days=3), capacity=3))
    log_in(client, RoleName.OFFICE)
    html = page(client)
    assert "1 of 3" in html
    assert ">Low</span>" not in html
    assert LOW not in html


@pytest.mark.parametrize(
    "role, figures, has_buttons",
    [
        (RoleName.OWNER, 4, True),
        (RoleName.OFFICE, 4, True),
        (RoleName.FINANCE, 4, False),
        (RoleName.INSTRUCTOR, 0, False),
        (RoleName.AUDITOR, 4, False),
    ],
)
def test_each_role_has_its_own_today(client: Client, role: RoleName, figures: int, has_buttons: bool) -> None:
    for make in MAKERS:
        make()
    log_in(client, role)
    html = page(client)
    assert html.count('class="figure-value"') == figures
    assert ("New session" in html) is has_buttons
    assert ("critical requirement" in html) is (role in {RoleName.OWNER, RoleName.OFFICE, RoleName.AUDITOR})
    assert ("Money with no payment of ours" in html) is (role != RoleName.INSTRUCTOR)
    assert ("epilepsy" in html) is False
    assert ("Nothing needs you." in html) is (role == RoleName.INSTRUCTOR)
    assert ("Needs you now</h2>" in html) is (role != RoleName.AUDITOR)
    # The office settles no money with Stripe, finance no sessions, the auditor nothing.
    assert ("Others see to this</h2>" in html) is (role in {RoleName.OFFICE, RoleName.FINANCE, RoleName.AUDITOR})


def test_who_teaches_is_told_what_to_know_and_asked_for_nothing(client: Client) -> None:
    offer_first_templates()
    sam = log_in(client, RoleName.INSTRUCTOR)
    session = taught(starts_at=clock.now() + timedelta(days=5))
    session.instructors.add(sam)
    said = needs(session, "large-print")
    html = page(client)
    assert "1 thing to know before your courses." in html
    assert "To know before your courses</h2>" in html
    assert "Needs you now" not in html
    address = reverse("admin:bookings_specialrequirement_page", args=[said.pk])
    assert f'href="{address}">Read it<' in html
    # What it leads to is theirs to read.
    assert "Show what was said" in client.get(address).content.decode()


def test_an_auditor_reads_facts_and_is_asked_for_nothing(client: Client) -> None:
    for make in MAKERS:
        make()
    log_in(client, RoleName.AUDITOR)
    html = page(client)
    assert f"{len(MAKERS)} things wait for others." in html
    # No number beside the navigation either.
    assert 'class="count' not in html
    facts = re.findall(r'<h3><a href="([^"]+)">', html)
    assert html.count('class="desk-item"') == len(facts) == len(MAKERS)
    assert '<a class="button' not in html
    assert {client.get(address).status_code for address in facts} == {200}


def test_it_is_only_looked_at(client: Client) -> None:
    assert client.get(TODAY).status_code == 302
    log_in(client, RoleName.OWNER)
    assert client.post(TODAY).status_code == 405
