"""What a form of the office takes: its own fields, sums that are sums, and nothing from elsewhere."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from config.kernel import clock
from customers.models import Membership, Organisation, User
from customers.roles import RoleName
from customers.services.roles import set_role
from payments.forms import CancelForm, RefundForm
from tests.architecture.rights_table import ACTIONS, MODELS, STAFF_PAGES
from tests.architecture.rights_world import World, fingerprint, make_world
from tests.architecture.test_rights import address_of
from tests.attack.office_people import browser_of, member
from tests.factories import make_user

pytestmark = pytest.mark.django_db

# What no form has, by names that columns, forms and Django itself use.
FORBIDDEN = {
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "",
    "role": "owner",
    "groups": "1",
    "user_permissions": "1",
    "password": "x",
    "password1": "a made-up password",
    "email_key": "mine@example.com",
    "session_round": "99",
    "id": "00000000-0000-4000-8000-000000000000",
    "pk": "1",
    "status": "confirmed",
    "state": "sent",
    "reference": "RFT-AAAA-AA",
    "reference_key": "RFTAAAAAA",
    "customer": "00000000-0000-4000-8000-000000000000",
    "user": "00000000-0000-4000-8000-000000000000",
    "created_by": "1",
    "policy": "1",
    "total": "0.01",
    "price_per_place": "0.01",
    "vat_rate": "0",
    "terms_accepted_at": "2020-01-01",
    "created_at": "2020-01-01",
    "confirmed_at": "2020-01-01",
    "version": "99",
    "changed_by": "1",
    "code": "MINE",
    "hold": "1",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "label, own",
    [
        ("customers.user", {"first_name": "Mina", "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}),
        (
            "customers.organisation",
            {"name": "Mina", "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"},
        ),
        ("customers.tag", {"name": "Mina"}),
        ("bookings.booking", {"notes": "Mina", "attendees-TOTAL_FORMS": "0", "attendees-INITIAL_FORMS": "0"}),
        ("bookings.course", {"name": "Mina"}),
        ("bookings.venue", {"name": "Mina"}),
        ("bookings.requirementtemplate", {"label": "Mina"}),
    ],
)
def test_a_form_writes_its_own_fields_and_no_others(world: World, label: str, own: dict[str, str]) -> None:
    row = world.objects[label]
    kept = set(FORBIDDEN) & {field.attname for field in row._meta.concrete_fields} | {"id"}
    address = reverse(f"admin:{label.replace('.', '_')}_change", args=[row.pk])
    with transaction.atomic():
        page = world.browsers["w"].get(address)
        form = page.context["adminform"].form
        typed = {name: form[name].value() for name in form.fields}
        sent = {name: value for name, value in typed.items() if value is not None and value is not False}
        sent |= FORBIDDEN | own
        sent |= {name: value for name, value in typed.items() if name in FORBIDDEN and value is not None}
        answer = world.browsers["w"].post(address, sent)
        # Sent as the form has it: what was not taken would have been an error of the form.
        assert answer.status_code == 302, answer.context["errors"]
        after = type(row)._base_manager.filter(pk=row.pk).values().get()
        before = {name: vars(row)[name] for name in kept if name in vars(row) and name not in typed}
        assert {name: after[name] for name in before} == before
        assert "Mina" in after.values()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "total, initial, status",
    [
        ("1000000", "0", 400),
        ("+1000000", "0", 400),
        ("1_000_000", "0", 400),
        ("9" * 5000, "0", 400),
        ("501", "501", 400),
        ("-1", "0", 302),
        ("x", "0", 200),
        ("0", "1000000", 302),
        ("0", "-5", 302),
        (None, None, 200),
    ],
)
def test_numbers_of_forms_that_nobody_typed(total: str | None, initial: str | None, status: int) -> None:
    mo, browser, before = make_user("mo@example.com"), browser_of(member(RoleName.OFFICE)), Membership.objects.count()
    sent = {name: getattr(mo, name) for name in ("kind", "email", "first_name", "last_name", "phone", "company")}
    counts = {"memberships-TOTAL_FORMS": total, "memberships-INITIAL_FORMS": initial}
    sent |= {name: count for name, count in counts.items() if count is not None}
    answer = browser.post(reverse("admin:customers_user_change", args=[mo.pk]), sent | {"first_name": "Mina"})
    assert answer.status_code == status
    assert Membership.objects.count() == before
    mo.refresh_from_db()
    assert (mo.first_name == "Mina") is (status == 302)


def test_a_membership_of_somebody_else_is_not_slipped_in() -> None:
    mo, nia = make_user("mo@example.com"), make_user("nia@example.com")
    works, other = Organisation.objects.create(name="Works"), Organisation.objects.create(name="Other")
    theirs = Membership.objects.create(user=nia, organisation=works, started_on=clock.london_today())
    stored = Membership.objects.values().get(pk=theirs.pk)
    sent = {name: getattr(mo, name) for name in ("kind", "email", "first_name", "last_name", "phone", "company")}
    row = {"id": theirs.pk, "user": nia.pk, "organisation": other.pk, "role": "member", "started_on": "2026-01-01"}
    slipped = {f"memberships-0-{name}": value for name, value in row.items()} | {"memberships-0-DELETE": "on"}
    browser, address = browser_of(member(RoleName.OFFICE)), reverse("admin:customers_user_change", args=[mo.pk])
    for initial in ("0", "1"):
        browser.post(address, sent | {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": initial} | slipped)
    assert Membership.objects.values().get(pk=theirs.pk) == stored
    assert list(Membership.objects.filter(user=nia)) == [theirs]


def test_nothing_is_done_for_a_form_of_another_site(world: World) -> None:
    """Every page that takes a press, by who may press it, without the token."""
    names = [name for name, page in STAFF_PAGES.items() if "w" in page.post and page.status in (200, 302, 405)]
    for label, model in MODELS.items():
        names += [
            f"{label.replace('.', '_')}_{page}" for page, may in (("add", model.add), ("change", model.change)) if may
        ]
    names += [f"{label.replace('.', '_')}_changelist" for label, _action in ACTIONS]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = world.browsers["w"].cookies
    found = {name: strict.post(address_of(world, f"admin:{name}")).status_code for name in names}
    for name in ("admin:login", "admin:logout"):
        found[name] = Client(enforce_csrf_checks=True).post(address_of(world, name)).status_code
    assert {name: status for name, status in found.items() if status != 403} == {}
    assert len(found) > 45
    assert fingerprint() == world.as_made


NO_SUMS = ["", " ", "-0.01", "-1", "NaN", "nan", "Infinity", "-Infinity", "1e9", "1E-2", "0.001", "999999999999"]
NO_SUMS += ["0x10", "1_0", "£", "1.0.0", "270,00 GBP", "270.01", "\0", "\u0663", "1;2", "<b>1</b>", "9" * 5000]


@pytest.mark.parametrize("typed", NO_SUMS)
def test_what_is_no_sum_goes_back_to_nobody(typed: str) -> None:
    left = {"k": ("RFT-1", Decimal("270.00"))}
    form = RefundForm({"booking": "k", "amount": typed, "reason": "goodwill"}, left=left)
    cancel = CancelForm(
        {"refund": typed, "reason": "customer"}, most=Decimal("270.00"), suggested=Decimal(0), may_refund=True
    )
    for name, asked in (("amount", form), ("refund", cancel)):
        if asked.is_valid():
            # Something that people do write: it means what they would mean by it.
            assert Decimal(0) < asked.cleaned_data[name] <= Decimal("270.00")
            assert typed in ("1E-2", "1_0", "\u0663")


@pytest.mark.parametrize(
    "typed, meant", [("£1,080.00", "1080"), (" 12 ", "12"), ("\uff11\uff12", "12"), ("0.01", "0.01")]
)
def test_what_people_write_is_what_they_mean(typed: str, meant: str) -> None:
    left = {"k": ("RFT-1", Decimal("1080.00"))}
    form = RefundForm({"booking": "k", "amount": typed, "reason": "goodwill"}, left=left)
    assert form.is_valid()
    assert form.cleaned_data["amount"] == Decimal(meant)


def test_an_open_session_is_not_made_into_a_password() -> None:
    """Who finds an owner's browser open cannot set the owner's password by the page for colleagues'."""
    owner = member(RoleName.OWNER)
    owner.set_password("a made-up password")
    owner.save()
    browser, sent = browser_of(owner), {"password1": "of the thief 123", "password2": "of the thief 123"}
    page = reverse("admin:auth_user_password_change", args=[owner.pk])
    for answer in (browser.get(page), browser.post(page, sent | {"usable_password": "true"})):
        assert (answer.status_code, answer["Location"]) == (302, reverse("admin:password_change"))
    answer = browser.post(reverse("admin:password_change"), {"old_password": "guess", **sent})
    assert answer.status_code == 200
    owner.refresh_from_db()
    assert owner.check_password("a made-up password")


@pytest.mark.parametrize("role", [RoleName.OFFICE, RoleName.FINANCE, RoleName.INSTRUCTOR, RoleName.AUDITOR])
def test_nobody_raises_themselves_or_takes_an_owner_over(role: RoleName) -> None:
    thief, owner = member(role), member(RoleName.OWNER)
    browser = browser_of(thief)
    stored = {person.pk: User.objects.values().get(pk=person.pk) for person in (thief, owner)}
    typed = {"email": "mine@example.com", "kind": "customer", "first_name": "Mina", "role": "owner", "is_active": "on"}
    sent = typed | {"password1": "of the thief 123", "password2": "of the thief 123", "usable_password": "true"}
    for person in (thief, owner):
        for name in ("auth_user_password_change", "customers_user_change", "customers_user_role"):
            assert browser.post(reverse(f"admin:{name}", args=[person.pk]), sent).status_code in (302, 403)
        assert browser.post(reverse("admin:customers_user_second_factor", args=[person.pk])).status_code == 403
        browser.post(reverse("admin:bookings_booking_new"), sent | {"customer": str(person.pk), "book": "1"})
    for person in (thief, owner):
        assert User.objects.values().get(pk=person.pk) == stored[person.pk]
    set_role(person_id=thief.pk, role=None, by=owner)
    assert browser.get(reverse("admin:index")).status_code == 302
