"""The office's pages about people: each opens, finds what it should and asks the database no more for more rows."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.kernel import clock
from customers.flows import statistics
from customers.models import (
    AccessLink,
    Activity,
    Change,
    CustomerStatistics,
    Membership,
    Note,
    Organisation,
    PortalVisit,
    SecondFactor,
    SignInRequest,
    Tag,
    User,
    Viewing,
)
from customers.services import access, second_factor, signing_in, timeline, viewings, visits
from tests.customers.conftest import MakeBooking, MakeUser

MODELS = [
    AccessLink,
    Activity,
    Change,
    CustomerStatistics,
    Group,
    Membership,
    Note,
    Organisation,
    PortalVisit,
    SecondFactor,
    SignInRequest,
    Tag,
    User,
    Viewing,
]
WRITTEN_BY_CODE = [
    AccessLink,
    Activity,
    Change,
    CustomerStatistics,
    PortalVisit,
    SecondFactor,
    SignInRequest,
    Viewing,
]


class World:
    """So many of everything, each with the next number in its name."""

    def __init__(self, owner: User, make_user: MakeUser, make_booking: MakeBooking) -> None:
        self.owner, self.make_user, self.make_booking = owner, make_user, make_booking
        self.count = 0

    def add(self) -> dict[Any, Any]:
        self.count += 1
        n = self.count
        user = self.make_user(
            f"ann{n}@example.com",
            first_name=f"Ann{n}",
            last_name="Lee",
            phone=f"07700 90010{n}",
            company=f"Lee {n} Ltd",
        )
        booking = self.make_booking(user, places=2)
        organisation = Organisation.objects.create(name=f"Works {n}")
        user.tags.add(Tag.objects.create(name=f"Tag {n}"))
        Group.objects.create(name=f"Role {n}")
        statistics.recalculate(user_ids=[user.pk])
        link = access.make_access_link(
            purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk), expires_at=clock.now() + timedelta(days=1)
        )
        return {
            User: user,
            "booking": booking,
            Organisation: organisation,
            Tag: Tag.objects.get(name=f"Tag {n}"),
            Group: Group.objects.get(name=f"Role {n}"),
            Membership: Membership.objects.create(user=user, organisation=organisation),
            Note: Note.objects.create(user=user, body=f"Rang about date {n}", author=self.owner),
            Activity: timeline.record_activity(user_id=user.pk, kind="booked", summary=f"Booked {n}"),
            CustomerStatistics: user.statistics,
            AccessLink: link,
            PortalVisit: visits.begin_visit(user=user, keep=False).visit,
            SignInRequest: signing_in.ask(email=user.email),
            SecondFactor: second_factor.begin_set_up(user=user),
            Viewing: viewings.record_viewing(
                user_id=user.pk, what="own words", subject_kind="requirement", subject_key=str(n)
            ),
            Change: Change.objects.create(record_kind="customers.User", record_key=str(user.pk), action="changed"),
        }


@pytest.fixture
def world(owner: User, make_user: MakeUser, make_booking: MakeBooking) -> World:
    return World(owner, make_user, make_booking)


def list_url(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")


def page_url(row: Model) -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def queries_of(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)


def test_every_model_of_this_app_is_there() -> None:
    registered = {model for model in admin.site._registry if model._meta.app_label in {"customers", "auth"}}
    assert registered == set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_for_one_row_and_three(office: Client, world: World, model: type[Model]) -> None:
    office.get(list_url(model))
    world.add()
    one = queries_of(office, list_url(model))
    world.add()
    world.add()
    assert queries_of(office, list_url(model)) == one


@pytest.mark.parametrize("model", MODELS)
def test_a_page_opens_and_costs_the_same_beside_others(office: Client, world: World, model: type[Model]) -> None:
    first = world.add()
    office.get(page_url(first[model]))
    one = queries_of(office, page_url(first[model]))
    world.add()
    world.add()
    assert queries_of(office, page_url(first[model])) == one


def test_a_persons_page_costs_the_same_with_more_notes_and_memberships(office: Client, world: World) -> None:
    rows = world.add()
    office.get(page_url(rows[User]))
    one = queries_of(office, page_url(rows[User]))
    for number in range(2):
        other = Organisation.objects.create(name=f"More {number}")
        Membership.objects.create(user=rows[User], organisation=other)
        Note.objects.create(user=rows[User], body="More", author=world.make_user(f"sam{number}@example.com"))
    assert queries_of(office, page_url(rows[User])) == one


def test_an_organisations_page_costs_the_same_with_more_members(office: Client, world: World) -> None:
    rows = world.add()
    office.get(page_url(rows[Organisation]))
    one = queries_of(office, page_url(rows[Organisation]))
    for number in range(2):
        Membership.objects.create(user=world.make_user(f"bea{number}@example.com"), organisation=rows[Organisation])
    assert queries_of(office, page_url(rows[Organisation])) == one


@pytest.mark.parametrize("model", [User, Activity, CustomerStatistics, Membership, Note])
@pytest.mark.parametrize(
    "text", ["ANN2@example.com", "ann2 lee", "07700 900102", "lee 2 ltd", "{reference}", "{typed}"]
)
def test_people_and_what_hangs_on_them_are_found(office: Client, world: World, model: type[Model], text: str) -> None:
    world.add()
    wanted = world.add()
    world.add()
    reference = wanted["booking"].reference
    query = text.format(reference=reference, typed=reference.lower().replace("-", " "))
    response = office.get(list_url(model), {"q": query})
    assert [row.pk for row in response.context["cl"].result_list] == [wanted[model].pk]


@pytest.mark.parametrize("model", [User, Activity, AccessLink])
def test_a_search_costs_the_same_for_one_row_and_three(office: Client, world: World, model: type[Model]) -> None:
    world.add()
    url = list_url(model) + "?q=Lee"
    office.get(url)
    one = queries_of(office, url)
    world.add()
    world.add()
    assert queries_of(office, url) == one


@pytest.mark.parametrize("model", MODELS)
def test_a_search_for_nobody_finds_nothing(office: Client, world: World, model: type[Model]) -> None:
    world.add()
    response = office.get(list_url(model), {"q": "zebra@nowhere.example"})
    assert response.status_code == 200
    assert list(response.context["cl"].result_list) == []


def test_an_access_link_is_found_by_reference_and_key(office: Client, world: World) -> None:
    rows = world.add()
    world.add()
    for text in (rows["booking"].reference, str(rows["booking"].pk)):
        response = office.get(list_url(AccessLink), {"q": text})
        assert [link.pk for link in response.context["cl"].result_list] == [rows[AccessLink].pk]


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted(office: Client, world: World, model: type[Model]) -> None:
    row = world.add()[model]
    url = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_delete", args=[row.pk])
    assert office.post(url, {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()
    assert b"delete_selected" not in office.get(list_url(model)).content


@pytest.mark.parametrize("model", WRITTEN_BY_CODE)
def test_what_our_code_writes_is_read_only(office: Client, world: World, model: type[Model]) -> None:
    row = world.add()[model]
    stored = model._default_manager.filter(pk=row.pk).values().get()
    add = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_add")
    assert office.post(add, {}).status_code == 403
    assert office.post(page_url(row), dict.fromkeys(stored, "7")).status_code == 403
    assert model._default_manager.filter(pk=row.pk).values().get() == stored


def test_a_links_secret_is_shown_nowhere(office: Client, world: World) -> None:
    link = world.add()[AccessLink]
    for url in (list_url(AccessLink), page_url(link)):
        page = office.get(url).content.decode()
        assert access.link_token(link) not in page
        assert link.token_hash not in page


def revoke(office: Client, choice: dict[str, Any]) -> list[str]:
    response = office.post(list_url(AccessLink), choice, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_links_are_revoked_once(office: Client, world: World) -> None:
    first, second = world.add()[AccessLink], world.add()[AccessLink]
    choice = {"action": "revoke", "_selected_action": [str(first.pk)]}
    assert revoke(office, choice) == ["1 link revoked. It opens nothing any more."]
    first.refresh_from_db()
    second.refresh_from_db()
    revoked_at = first.revoked_at
    assert revoked_at is not None
    assert second.revoked_at is None
    assert revoke(office, choice) == ["0 links revoked. They open nothing any more."]
    first.refresh_from_db()
    assert first.revoked_at == revoked_at


def test_the_list_of_a_big_table_is_not_counted(office: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.add()
    world.add()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_activity")
    monkeypatch.setattr("customers.admin_bases.EstimatingPaginator.EXACT_UP_TO", 1)
    with CaptureQueriesContext(connection) as queries:
        response = office.get(list_url(Activity))
    assert response.context["cl"].result_count == 2
    assert not [query for query in queries if "COUNT(*)" in query["sql"] and "customers_activity" in query["sql"]]


def test_the_figures_say_what_they_count(office: Client, world: World) -> None:
    rows = world.add()
    page = office.get(page_url(rows[User])).content.decode()
    assert "Bookings (booked or waiting for payment): 1. Places: 2. Paid £0.00, refunded £0.00, net £0.00." in page
