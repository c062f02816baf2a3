"""The timeline: who did what, written once."""

import pytest
from pytest_django import DjangoAssertNumQueries

from config.kernel.actor import Actor, acting_as
from config.kernel.append_only import AppendOnlyError
from customers.models import Activity, User
from customers.services.timeline import record_activity, record_once


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann@example.com", first_name="Ann")


def test_a_line_names_its_subject_and_who_did_it(ann: User) -> None:
    sam = User.objects.create_user("sam@example.com", kind=User.Kind.ADMIN)
    with acting_as(Actor("staff", "Sam Office", sam.pk)):
        record_activity(
            user_id=ann.pk, kind="booked", summary="Booked 2 places", subject_kind="booking", subject_key="b-1"
        )
    stored = Activity.objects.get()
    assert (stored.user_id, stored.kind, stored.summary) == (ann.pk, "booked", "Booked 2 places")
    assert (stored.subject_kind, stored.subject_key) == ("booking", "b-1")
    assert (stored.actor_kind, stored.actor_label, stored.actor_user_id) == ("staff", "Sam Office", sam.pk)


def test_without_anybody_it_is_the_system(ann: User) -> None:
    line = record_activity(user_id=ann.pk, kind="booked", summary="Booked 2 places")
    assert (line.actor_kind, line.actor_label, line.actor_user_id) == ("system", "System", None)


def test_a_line_is_neither_changed_nor_deleted(ann: User) -> None:
    line = record_activity(user_id=ann.pk, kind="booked", summary="Booked 2 places")
    line.summary = "Booked 3 places"
    for refused in (
        line.save,
        line.delete,
        Activity.objects.all().delete,
        lambda: Activity.objects.update(summary="Nothing"),
    ):
        with pytest.raises(AppendOnlyError):
            refused()
    assert list(Activity.objects.values_list("summary", flat=True)) == ["Booked 2 places"]


def test_once_is_once_for_each_person_and_kind(ann: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    bea = User.objects.create_user("bea@example.com")
    record_once(user=bea, kind="noted", summaries=["One"])
    record_activity(user_id=ann.pk, kind="other", summary="One")
    with django_assert_num_queries(2):
        made = record_once(user=ann, kind="noted", summaries=["One", "Two", "One"])
    assert [line.summary for line in made] == ["One", "Two"]
    assert record_once(user=ann, kind="noted", summaries=["Two"]) == []
    with django_assert_num_queries(0):
        assert record_once(user=ann, kind="noted", summaries=[]) == []
    assert Activity.objects.filter(user=ann, kind="noted").count() == 2
