"""The change history and the list of looks go when their time is over, and can't be changed or removed before."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from config.celery import app
from config.history import triggers
from customers import tasks
from customers.models import Change, Viewing
from customers.services import history_age
from tests.factories import make_user
from tests.factories.many import copies

pytestmark = pytest.mark.django_db

OF_MONEY = ("payments.Payment", "invoicing.Invoice")


@pytest.fixture(autouse=True)
def _nothing_yet(db: None) -> None:
    """Migrations leave a line or two, unless another test emptied the tables before."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE customers_change, customers_viewing")


def ago(months: int, days: int = 0) -> datetime:
    """So long before the database's now, by its own calendar."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - make_interval(months => %s, days => %s)", [months, days])
        moment: datetime = cursor.fetchone()[0]
    return moment


def changed(kind: str, months: int, days: int = 0) -> Change:
    return Change.objects.create(
        record_kind=kind, record_key="1", action="changed", before={"a": 1}, occurred_at=ago(months, days)
    )


def looked(months: int, days: int = 0) -> Viewing:
    user = make_user()
    return Viewing.objects.create(
        user=user, what="own words", subject_kind="requirement", occurred_at=ago(months, days)
    )


def refuses(statement: str, *parameters: int) -> bool:
    """Whether the database itself refuses what goes past our code."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
    except IntegrityError as error:
        return "written once and stay for as long as they are kept" in str(error)
    return False


def test_what_was_kept_for_24_months_goes_and_that_of_money_after_84() -> None:
    staying = [changed("customers.User", 23), changed("bookings.Booking", 0), looked(23)]
    staying += [changed(kind, 83) for kind in OF_MONEY]
    for going in ("customers.User", "bookings.Booking", "auth.Group"):
        changed(going, 25)
    looked(25)
    for kind in OF_MONEY:
        changed(kind, 85)

    tasks.forget_old_history()

    assert [*Change.objects.order_by("pk"), *Viewing.objects.all()] == [*staying[:2], *staying[3:], staying[2]]
    # A second run finds nothing to do, and what went left no trace of what it said.
    assert history_age.forget_old_history(limit=10, batches=10) == 0
    assert not Change.objects.filter(action="deleted").exists()


def test_at_most_so_many_at_once_and_the_oldest_first() -> None:
    for months in (30, 28, 26, 29, 27):
        changed("customers.User", months)
    assert history_age.forget_old_history(limit=2, batches=1) == 2
    assert set(Change.objects.values_list("occurred_at", flat=True)) == {ago(26), ago(27), ago(28)}
    assert history_age.forget_old_history(limit=2, batches=5) == 3


@pytest.mark.parametrize(
    "kind, kept",
    [
        ("customers.User", history_age.KEPT_MONTHS),
        ("payments.Refund", history_age.MONEY_KEPT_MONTHS),
        ("invoicing.Invoice", history_age.MONEY_KEPT_MONTHS),
    ],
)
def test_before_that_the_database_refuses_to_remove_them(kind: str, kept: int) -> None:
    """The trigger's age and the service's are the same: a day younger is refused, a day older goes."""
    young, old = changed(kind, kept, days=-1), changed(kind, kept, days=1)
    assert refuses("DELETE FROM customers_change WHERE id = %s", young.pk)
    assert refuses("DELETE FROM customers_change")
    assert Change.objects.count() == 2
    assert history_age.forget_old_history(limit=10, batches=1) == 1
    assert [young] == list(Change.objects.all())
    assert not Change.objects.filter(pk=old.pk).exists()


def test_looks_too() -> None:
    young, old = looked(history_age.KEPT_MONTHS, days=-1), looked(history_age.KEPT_MONTHS, days=1)
    assert refuses("DELETE FROM customers_viewing WHERE id = %s", young.pk)
    assert not refuses("DELETE FROM customers_viewing WHERE id = %s", old.pk)
    assert list(Viewing.objects.all()) == [young]


def test_nobody_changes_them_however_old() -> None:
    changed("customers.User", 25)
    looked(25)
    assert refuses("UPDATE customers_change SET actor_label = 'nobody'")
    assert refuses("UPDATE customers_viewing SET actor_label = 'nobody'")
    # Nor makes them old enough to go.
    assert refuses("UPDATE customers_change SET occurred_at = now() - interval '10 years'")
    assert refuses("UPDATE customers_viewing SET occurred_at = now() - interval '10 years'")


def test_the_history_has_no_history_in_which_it_lives_on() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname = %s AND tgrelid IN (%s::regclass, %s::regclass)",
            [triggers.NAME, "customers_change", "customers_viewing"],
        )
        assert cursor.fetchone() == (0,)


def test_nothing_is_read_through_to_find_what_is_old() -> None:
    copies(Change(record_kind="customers.User", record_key="1", action="changed"), id=lambda number: number + 1)
    copies(
        Change(record_kind="payments.Payment", record_key="1", action="changed", occurred_at=ago(40)),
        id=lambda number: number + 100_001,
    )
    copies(Viewing(what="own words", subject_kind="requirement"), id=lambda number: number + 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_change, customers_viewing")
        for (statement, months), index in zip(
            history_age._STATEMENTS, ("change_besides_money", "change_newest", "viewing_newest"), strict=True
        ):
            cursor.execute(f"EXPLAIN {statement}", {"months": months, "limit": 100})
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert index in plan
            assert "Seq Scan" not in plan


def test_it_is_done_once_a_night() -> None:
    entry = app.conf.beat_schedule["customers.tasks.forget_old_history"]
    assert entry["task"] in app.tasks
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({3}, {50})
