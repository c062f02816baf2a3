"""Booking with an address: known, new or none; alone and all at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from customers.models import Activity, User
from customers.services.matching import DETAILS_DIFFER, match_or_create

ANN = {"first_name": "Ann", "last_name": "Lee", "phone": "0114 496 0321", "company": "Lee Ltd"}


def details(person: User) -> dict[str, str]:
    person.refresh_from_db()
    return {field: getattr(person, field) for field in ANN}


@pytest.mark.django_db
def test_a_new_address_makes_a_customer_without_a_password() -> None:
    person = match_or_create(email=" Ann@Example.com, ", **ANN)
    stored = User.objects.get()
    assert stored.pk == person.pk
    assert (stored.email, stored.email_key) == ("Ann@Example.com", "ann@example.com")
    assert details(stored) == ANN
    assert (stored.kind, stored.is_staff, stored.has_usable_password()) == (User.Kind.CUSTOMER, False, False)
    assert Activity.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["ann@example.com", "ANN@EXAMPLE.COM", "ann@example.com.", "\u200bann@example.com;"])
def test_every_spelling_is_the_same_person(typed: str) -> None:
    first = match_or_create(email="Ann@Example.com", **ANN)
    again = match_or_create(email=typed, **ANN)
    assert again.pk == first.pk
    assert again.email == "Ann@Example.com"
    assert User.objects.count() == 1
    assert Activity.objects.count() == 0


@pytest.mark.django_db
def test_blanks_are_filled() -> None:
    person = match_or_create(email="ann@example.com", first_name="Ann")
    match_or_create(email="ann@example.com", first_name=" ", last_name="Lee", phone="0114 496 0321", company="Lee Ltd")
    assert details(person) == ANN
    assert Activity.objects.count() == 0


@pytest.mark.django_db
def test_nothing_is_overwritten_and_what_differs_is_kept_once() -> None:
    person = match_or_create(email="ann@example.com", **ANN)
    other = {"first_name": "Anne", "last_name": "Lee-Smith", "phone": "07700 900142", "company": "Smith & Co"}
    match_or_create(email="ann@example.com", **other)
    match_or_create(email="ann@example.com", **other)
    assert details(person) == ANN
    kept = Activity.objects.order_by("id").values_list("user_id", "kind", "summary", "actor_kind")
    assert list(kept) == [
        (person.pk, DETAILS_DIFFER, "First name given as “Anne”", "system"),
        (person.pk, DETAILS_DIFFER, "Last name given as “Lee-Smith”", "system"),
        (person.pk, DETAILS_DIFFER, "Telephone given as “07700 900142”", "system"),
        (person.pk, DETAILS_DIFFER, "Company given as “Smith & Co”", "system"),
    ]


@pytest.mark.django_db
def test_the_longest_details_fit_the_timeline() -> None:
    match_or_create(email="ann@example.com", **ANN)
    match_or_create(email="ann@example.com", company="C" * 200)
    assert Activity.objects.get().summary == f"Company given as “{'C' * 200}”"


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "n/a", "none@none", "test@test.com", "ann@bee@example.com", " ; "])
def test_without_a_usable_address_everybody_is_somebody_else(typed: str) -> None:
    first = match_or_create(email=typed, **ANN)
    second = match_or_create(email=typed, **ANN)
    assert first.pk != second.pk
    assert list(User.objects.values_list("email", "email_key")) == [("", None), ("", None)]
    assert not first.has_usable_password()


@pytest.mark.django_db
def test_queries_do_not_grow_with_people(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    match_or_create(email="ann@example.com", **ANN)
    for known in (1, 3):
        for number in range(known):
            match_or_create(email=f"bee{number}@example.com")
        # Insert and lock.
        with django_assert_num_queries(2):
            match_or_create(email="ann@example.com", **ANN)


@pytest.mark.django_db
def test_the_person_is_locked() -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        match_or_create(email="ann@example.com", **ANN)
    assert len([query for query in queries if "FOR NO KEY UPDATE" in query["sql"]]) == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_are_one_person() -> None:
    """All start together; a look before the insert would let several through, the unique key lets one."""
    start = threading.Barrier(16)

    def book(number: int) -> Any:
        try:
            start.wait(timeout=30)
            with transaction.atomic():
                return match_or_create(email="Ann@Example.com", first_name="Ann", phone=f"0114 496 03{number:02d}").pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as threads:
        keys = list(threads.map(book, range(16)))
    person = User.objects.get()
    assert set(keys) == {person.pk}
    # One number is on record and each of the other fifteen is kept.
    assert Activity.objects.filter(user=person, kind=DETAILS_DIFFER).count() == 15


@pytest.mark.django_db(transaction=True)
def test_a_rival_who_gives_up_leaves_no_trace() -> None:
    """Who waited for an insert that was rolled back makes the person instead."""
    inserted, waiting = threading.Event(), threading.Event()

    def rival() -> None:
        try:
            with transaction.atomic():
                match_or_create(email="ann@example.com", first_name="Rival")
                inserted.set()
                waiting.wait(timeout=30)
                transaction.set_rollback(True)
        finally:
            connections.close_all()

    thread = threading.Thread(target=rival)
    thread.start()
    assert inserted.wait(timeout=30)
    releasing = threading.Timer(0.2, waiting.set)
    releasing.start()
    person = match_or_create(email="ann@example.com", first_name="Ann")
    thread.join()
    releasing.join()
    assert User.objects.get().pk == person.pk
    assert person.first_name == "Ann"
