"""Making and mending people in the office, and who may give rights."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from customers.models import Membership, Organisation, User
from tests.customers.conftest import MakeUser

ADD = "/admin/customers/user/add/"
PASSWORD = "a long made-up password"


def page(person: User, what: str = "change") -> str:
    return f"/admin/customers/user/{person.pk}/{what}/"


def typed(person: User | None = None, **changes: Any) -> dict[str, Any]:
    """What the form would send for this person, with changes; no memberships added."""
    fields = ("kind", "email", "first_name", "last_name", "phone", "company")
    sent = {field: getattr(person, field) if person else "" for field in fields} | {"kind": "customer"}
    sent |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    return sent | {"is_active": "on"} | changes


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


@pytest.fixture
def ann(make_user: MakeUser, db: None) -> User:
    return make_user("Ann@Example.com", first_name="Ann", last_name="Lee")


@pytest.fixture
def clerk(make_user: MakeUser, db: None) -> User:
    """May add and change people and nothing else."""
    clerk = make_user("clerk@example.com", kind=User.Kind.ADMIN, is_staff=True, password=PASSWORD)
    people = Permission.objects.filter(content_type__app_label="customers", codename__endswith="_user")
    clerk.user_permissions.set(people)
    return clerk


@pytest.fixture
def clerks_browser(clerk: User) -> Client:
    browser = Client()
    browser.force_login(clerk)
    return browser


def test_a_customer_is_made_without_a_password(office: Client) -> None:
    response = office.post(ADD, typed(email=" Bea@Example.com, ", first_name="Bea"))
    assert response.status_code == 302
    bea = User.objects.get(email_key="bea@example.com")
    assert (bea.email, bea.kind, bea.has_usable_password()) == ("Bea@Example.com", User.Kind.CUSTOMER, False)


def test_a_person_may_have_no_address(office: Client, ann: User) -> None:
    for _ in range(2):
        assert office.post(ADD, typed(first_name="Cy")).status_code == 302
    assert list(User.objects.filter(first_name="Cy").values_list("email", "email_key")) == [("", None), ("", None)]


@pytest.mark.parametrize("email", ["ANN@example.com", "ann@example.com."])
def test_an_address_is_one_persons(office: Client, ann: User, email: str) -> None:
    response = office.post(ADD, typed(email=email))
    assert errors(response) == {"email": ["There is already a person with this email address."]}
    assert User.objects.filter(email_key="ann@example.com").count() == 1


@pytest.mark.parametrize("email", ["ann", "none@none.com", "ann@example", "ann@bee@example.com"])
def test_what_is_no_address_is_refused(office: Client, email: str) -> None:
    before = User.objects.count()
    response = office.post(ADD, typed(email=email))
    assert errors(response) == {"email": ["Enter an email address like name@example.com."]}
    assert User.objects.count() == before


def test_details_are_mended(office: Client, ann: User) -> None:
    response = office.post(page(ann), typed(ann, email="ann@example.com", last_name="Lee-Smith"))
    assert response.status_code == 302
    ann.refresh_from_db()
    assert (ann.email, ann.email_key, ann.last_name) == ("ann@example.com", "ann@example.com", "Lee-Smith")
    assert ann.password.startswith("!")


def test_rights_are_not_given_with_details_not_even_by_an_owner(office: Client, ann: User) -> None:
    group = Group.objects.create(name="owner")
    sent = typed(ann, is_staff="on", is_superuser="on", groups=[str(group.pk)], role="owner", is_active="")
    assert office.post(page(ann), sent).status_code == 302
    ann.refresh_from_db()
    assert (ann.is_staff, ann.is_superuser, ann.groups.count(), ann.is_active) == (False, False, 0, True)


def test_a_membership_ends_and_joins_nobody_else(office: Client, ann: User, owner: User) -> None:
    works, other = Organisation.objects.create(name="Works"), Organisation.objects.create(name="Other")
    joined = Membership.objects.create(user=ann, organisation=works, started_on=date(2026, 1, 1))
    sent = {"user": str(owner.pk), "organisation": str(other.pk), "role": "member", "started_on": "2026-01-01"}
    url = f"/admin/customers/membership/{joined.pk}/change/"
    assert office.post(url, sent | {"ended_on": "2026-06-30"}).status_code == 302
    joined.refresh_from_db()
    assert (joined.user_id, joined.organisation_id, joined.ended_on) == (ann.pk, works.pk, date(2026, 6, 30))


def test_a_membership_is_added_on_a_persons_page(office: Client, ann: User) -> None:
    works = Organisation.objects.create(name="Works")
    sent = typed(ann) | {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-user": str(ann.pk),
        "memberships-0-organisation": str(works.pk),
        "memberships-0-role": "organiser",
        "memberships-0-started_on": "2026-11-01",
    }
    assert office.post(page(ann), sent).status_code == 302
    joined = Membership.objects.get()
    assert (joined.user_id, joined.organisation_id, joined.role) == (ann.pk, works.pk, "organiser")


def test_staff_get_a_password_and_customers_do_not(office: Client, owner: User, ann: User, clerk: User) -> None:
    sent = {"password1": "another made-up one", "password2": "another made-up one", "usable_password": "true"}
    assert office.post(page(clerk, "password"), sent).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password("another made-up one")
    for answer in (office.get(page(ann, "password")), office.post(page(ann, "password"), sent)):
        assert answer.status_code == 403
    ann.refresh_from_db()
    assert not ann.has_usable_password()
    assert "../password/" in office.get(page(clerk)).content.decode()
    assert "../password/" not in office.get(page(ann)).content.decode()


def test_a_clerk_gives_no_rights(clerks_browser: Client, ann: User) -> None:
    office = Group.objects.create(name="Office")
    sent = typed(ann, last_name="Lee-Smith", is_staff="on", is_superuser="on", groups=[str(office.pk)], kind="admin")
    assert clerks_browser.post(page(ann), sent).status_code == 302
    ann.refresh_from_db()
    assert ann.last_name == "Lee-Smith"
    assert (ann.is_staff, ann.is_superuser, ann.groups.count()) == (False, False, 0)


def test_a_clerk_touches_nobody_with_rights(clerks_browser: Client, owner: User, clerk: User) -> None:
    sent = {"password1": "another made-up one", "password2": "another made-up one", "usable_password": "true"}
    for person in (owner, clerk):
        stored = User.objects.values().get(pk=person.pk)
        assert clerks_browser.post(page(person), typed(person, email="mine@example.com")).status_code == 403
        assert clerks_browser.post(page(person, "password"), sent).status_code == 403
        assert User.objects.values().get(pk=person.pk) == stored


def test_nobody_is_shown_a_password_hash(office: Client, clerks_browser: Client, owner: User, clerk: User) -> None:
    owner.refresh_from_db()
    for browser in (office, clerks_browser):
        for person in (owner, clerk):
            response = browser.get(page(person))
            assert response.status_code == 200
            assert person.password not in response.content.decode()


def test_a_strangers_browser_is_sent_to_log_in(client: Client, ann: User) -> None:
    for url in (page(ann), "/admin/customers/user/", ADD, page(ann, "password")):
        response = client.get(url)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/admin/login/")
