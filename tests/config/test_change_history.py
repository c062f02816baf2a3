"""The database writes down what was changed, by whom, before and after, whichever way it was written."""

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains

from bookings.models import CourseSession, Venue
from config.history import triggers
from config.history.reading import lines
from config.history.rules import EXEMPT, RULES
from config.kernel.actor import CUSTOMER, STRIPE, Actor, acting_as
from config.kernel.crypto import EncryptedJSONField, EncryptedTextField
from customers.models import Change, Note, User
from customers.selectors import changes_of
from tests.factories import make_course, make_session, make_staff, make_user, make_venue

pytestmark = pytest.mark.django_db


def rows(record: str, key: object) -> list[tuple[str, str, dict[str, object], dict[str, object], str, str]]:
    found = changes_of(record, str(key))
    return [(row.action, row.part, row.before, row.after, row.actor_kind, row.actor_label) for row in found]


def staff_actor() -> Actor:
    return Actor("staff", "Dev Chowdhury", make_staff().pk)


def test_the_database_has_exactly_the_triggers_of_the_rules() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, encode(tgargs, 'escape') FROM pg_trigger WHERE tgname = %s",
            [triggers.NAME],
        )
        found = {(table, tuple(given.split("\\000")[:-1])) for table, given in cursor.fetchall()}

    assert found == {(rule.table, triggers.arguments(rule)) for rule in RULES}


def test_every_model_has_a_history_or_a_reason_why_not() -> None:
    tables = {rule.table for rule in RULES}
    silent = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table not in tables and model._meta.label not in EXEMPT
    }

    assert silent == set()


def test_what_is_encrypted_is_never_copied_out() -> None:
    encrypted = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField | EncryptedJSONField)
    }
    shown = {(rule.table, column) for rule in RULES for column in {*rule.hidden, *rule.ignored}}
    audited = {rule.table for rule in RULES}

    assert {(table, column) for table, column in encrypted - shown if table in audited} == set()


def test_a_bulk_update_is_written_down_with_what_was_there_before() -> None:
    venue = make_venue(name="Calder House", town="Leeds")

    with acting_as(staff_actor()):
        Venue.objects.filter(pk=venue.pk).update(name="Calder Mill", parking=True)

    assert rows("bookings.Venue", venue.pk) == [
        (
            "changed",
            "",
            {"name": "Calder House", "parking": False},
            {"name": "Calder Mill", "parking": True},
            "staff",
            "Dev Chowdhury",
        )
    ]


def test_the_actor_of_one_write_is_not_the_next_ones() -> None:
    venue = make_venue(name="One")
    with acting_as(staff_actor()):
        Venue.objects.filter(pk=venue.pk).update(name="Two")
    with acting_as(STRIPE):
        Venue.objects.filter(pk=venue.pk).update(name="Three")
    Venue.objects.filter(pk=venue.pk).update(name="Four")

    assert [row[4:] for row in rows("bookings.Venue", venue.pk)] == [
        ("system", "System"),
        ("stripe", "Stripe"),
        ("staff", "Dev Chowdhury"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_write_without_a_transaction_names_its_actor_and_no_later_one() -> None:
    venue = make_venue(name="One")
    with acting_as(staff_actor()):
        Venue.objects.filter(pk=venue.pk).update(name="Two")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bookings_venue SET name = 'Three' WHERE id = %s", [venue.pk])

    # Written by nobody's code of ours, in a process that says "customer" of itself.
    assert [row[4:] for row in rows("bookings.Venue", venue.pk)] == [
        ("customer", "Customer"),
        ("staff", "Dev Chowdhury"),
    ]


def test_what_staff_make_is_written_down_and_what_customers_make_is_not() -> None:
    theirs = make_user(first_name="Hannah")
    with acting_as(staff_actor()):
        ours = Note.objects.create(user=theirs, body="Rings after four.")

    (created,) = rows("customers.Note", ours.pk)

    assert (created[0], created[2], created[3]["body"]) == ("created", {}, "Rings after four.")
    assert rows("customers.User", theirs.pk) == []


def test_secrets_and_book_keeping_stay_out() -> None:
    user = make_user()
    User.objects.filter(pk=user.pk).update(password="!one", last_login=user.created_at)

    assert [(row[2], row[3]) for row in rows("customers.User", user.pk)] == [
        ({"password": "hidden"}, {"password": "hidden"})
    ]


def test_a_save_that_changes_nothing_leaves_no_line() -> None:
    venue = make_venue()
    venue.save()

    assert rows("bookings.Venue", venue.pk) == []


def test_parts_stand_in_the_history_of_their_record() -> None:
    user = make_user()
    with acting_as(staff_actor()):
        user.tags.create(name="Key account")
        user.tags.clear()

    assert [(row[0], row[1]) for row in rows("customers.User", user.pk)] == [("deleted", "tags"), ("created", "tags")]


def test_a_customers_write_costs_no_statement_more(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with acting_as(CUSTOMER):
        venue = make_venue()
    with acting_as(CUSTOMER), django_assert_num_queries(1):
        Venue.objects.filter(pk=venue.pk).update(name="Elsewhere")


def test_the_history_is_searched_by_whose_it_is_and_by_who_did_it(client: Client) -> None:
    # Migrations may leave some.
    before = Change.objects.count()
    owner = make_staff(is_superuser=True)
    hannah = make_user(first_name="Hannah", last_name="Okafor", email="hannah@example.org")
    dev = make_staff(first_name="Dev", last_name="Chowdhury")
    with acting_as(Actor("staff", "Dev Chowdhury", dev.pk)):
        User.objects.filter(pk=hannah.pk).update(phone="01904 555 0100")
        make_venue(name="Unrelated")
    client.force_login(owner)
    address = reverse("admin:customers_change_changelist")

    of_hannah = client.get(address, {"q": "okafor"}).content.decode()
    by_dev = client.get(address, {"q": "dev chow"}).content.decode()

    assert "01904 555 0100" in of_hannah
    assert "Unrelated" not in of_hannah
    assert "Unrelated" in by_dev
    assert Change.objects.count() == before + 2


def test_the_list_and_the_page_of_a_record_cost_the_same_for_one_and_three(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True))
    course = make_course()
    costs = []
    for number in range(3):
        session = make_session(course=course, venue=make_venue())
        with acting_as(staff_actor()):
            for house in range(number + 1):
                CourseSession.objects.filter(pk=session.pk).update(capacity=20 + house, venue=make_venue())
        addresses = (
            reverse("admin:customers_change_changelist"),
            reverse("admin:bookings_coursesession_history", args=[session.pk]),
        )
        for address in addresses:
            client.get(address)
        with CaptureQueriesContext(connection) as queries:
            for address in addresses:
                client.get(address)
        costs.append(len(queries))

    assert costs == costs[:1] * 3


def test_the_page_of_a_record_tells_it_in_words(client: Client) -> None:
    session = make_session(venue=make_venue(name="Calder House", town="Leeds"))
    with acting_as(staff_actor()):
        CourseSession.objects.filter(pk=session.pk).update(venue=make_venue(name="Kelham Works", town="Sheffield"))
    client.force_login(make_staff("bookings.view_coursesession", "bookings.view_booking"))

    page = client.get(reverse("admin:bookings_coursesession_history", args=[session.pk]))

    assertContains(page, "Dev Chowdhury")
    assertContains(
        page, "<p class='difference'><b>Venue</b>: Calder House, Leeds → Kelham Works, Sheffield</p>", html=True
    )


def test_days_moments_sums_and_rates_are_told_as_everywhere() -> None:
    before = {"starts_at": "2025-12-03T09:00:00+00:00", "price": 90.00, "vat_rate": "20.00", "capacity": 12}
    after = {"starts_at": "no moment any more", "price": 1080.5, "vat_rate": 17.5, "capacity": 8}
    change = Change(record_kind="bookings.CourseSession", action="changed", before=before, after=after)
    ended = Change(record_kind="customers.Membership", action="changed", after={"ended_on": "2025-12-03"})
    told = [[(one.before, one.after) for one in line.differences] for line in lines([change, ended])]
    assert told == [
        [("12", "8"), ("£90.00", "£1,080.50"), ("Wed 3 Dec 2025, 9am", "no moment any more"), ("20%", "17.5%")],
        [("nothing", "Wed 3 Dec 2025")],
    ]


def test_who_may_not_see_a_record_may_not_see_its_history(client: Client) -> None:
    client.force_login(make_staff("bookings.view_course"))

    assert client.get(reverse("admin:bookings_venue_history", args=[make_venue().pk])).status_code == 403
    assert client.get(reverse("admin:bookings_course_history", args=[make_venue().pk])).status_code in {302, 404}
