"""Addresses of the office that nobody got from us: each is answered, none is an error of ours."""

import pytest
from django.test import Client
from django.urls import reverse

# As in earnest, no transaction is open around a list: a query that the database refuses spoils no other.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "page, query",
    [
        ("bookings_booking", "status__exact=%00"),
        ("bookings_booking", "status__in=%00,confirmed"),
        ("bookings_booking", "status__regex=((("),
        ("bookings_booking", "created_at__year=99999999"),
        ("bookings_booking", "created_at__gte=9999-99-99"),
        ("customers_user", "kind__exact=%00"),
        ("payments_payment", "status__exact=%00"),
        ("communications_message", "kind__exact=%00"),
    ],
)
def test_a_filter_that_the_database_cannot_read_leads_back_to_the_list(office: Client, page: str, query: str) -> None:
    address = reverse(f"admin:{page}_changelist")
    response = office.get(f"{address}?{query}")
    assert (response.status_code, response["Location"]) == (302, f"{address}?e=1")
    assert office.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("view", ["change", "history", "delete"])
@pytest.mark.parametrize("page", ["payments_stripeevent", "customers_user", "bookings_booking"])
def test_a_key_with_a_null_character_is_nobodys(office: Client, page: str, view: str) -> None:
    address = reverse(f"admin:{page}_{view}", args=["\0"])
    # Nothing is deleted here, so its page is refused before anything is looked up.
    assert office.get(address).status_code in ({403} if view == "delete" else {302, 404})


@pytest.mark.parametrize(
    "page, query",
    [
        ("bookings_coursesession", "course=zzz&capacity=3"),
        ("customers_membership", "user=zzz&organisation=%00"),
    ],
)
def test_keys_that_are_none_are_not_filled_in(office: Client, page: str, query: str) -> None:
    response = office.get(f"{reverse(f'admin:{page}_add')}?{query}")
    assert response.status_code == 200
    assert "zzz" not in response.context["adminform"].form.initial.values()


def test_looking_up_a_null_character_is_refused(office: Client) -> None:
    query = {"app_label": "customers", "model_name": "membership", "field_name": "organisation"}
    assert office.get("/admin/autocomplete/", query | {"term": "Works"}).status_code == 200
    assert office.get("/admin/autocomplete/", query | {"term": "\0"}).status_code == 400


@pytest.mark.parametrize("key", ["\0", "zzz", "9" * 30])
@pytest.mark.parametrize("page, action", [("bookings_hold", "release"), ("payments_stripeevent", "try_again")])
def test_an_action_on_a_key_that_is_none_is_refused(office: Client, page: str, action: str, key: str) -> None:
    chosen = {"action": action, "_selected_action": key, "index": "0"}
    answer = office.post(reverse(f"admin:{page}_changelist"), chosen).status_code
    # Any text without a null character may be Stripe's key of an event.
    is_possible = page == "payments_stripeevent" and key != "\0"
    assert answer == (302 if is_possible else 400)
