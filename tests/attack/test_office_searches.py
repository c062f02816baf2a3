"""What is typed into a search or a name, however long or strange, is answered; none is an error of ours."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Organisation, User, Viewing
from customers.roles import RoleName
from tests.attack.office_people import browser_of, member
from tests.factories import make_booking, make_session, make_user

pytestmark = pytest.mark.django_db

# One sign each that stands for six letters: PostgreSQL keeps no word of more than 2,046 bytes.
LONG_WORDS = "\N{SQUARE KIROMEETORU}" * 150
SEARCHED = [
    "customers_user",
    "customers_note",
    "customers_change",
    "customers_signinrequest",
    "bookings_booking",
    "bookings_attendee",
    "bookings_coursesession",
    "payments_payment",
    "payments_stripeevent",
    "payments_discrepancy",
    "invoicing_invoice",
    "communications_message",
]


@pytest.fixture
def owner() -> Client:
    return browser_of(member(RoleName.OWNER))


@pytest.mark.parametrize("typed", ["a" * 4000, LONG_WORDS, "a b " * 1000])
def test_every_list_answers_whatever_is_looked_for(owner: Client, typed: str) -> None:
    addresses = [reverse(f"admin:{name}_changelist") for name in SEARCHED]
    addresses += [reverse("admin:customers_lookup"), reverse("admin:bookings_booking_export")]
    assert {address: owner.get(address, {"q": typed}).status_code for address in addresses} == dict.fromkeys(
        addresses, 200
    )
    field = {"app_label": "customers", "model_name": "membership", "field_name": "organisation", "term": typed}
    assert owner.get("/admin/autocomplete/", field).status_code == (400 if len(typed) > 200 else 200)


def test_names_of_signs_that_stand_for_many_letters_are_kept_and_found(owner: Client) -> None:
    person = make_user("km@example.com", first_name=LONG_WORDS, last_name=LONG_WORDS, company=LONG_WORDS)
    Organisation.objects.create(name=LONG_WORDS)
    make_booking(make_session(), customer=person, people=[(LONG_WORDS, LONG_WORDS, "")])
    found = owner.get(reverse("admin:customers_user_changelist"), {"q": LONG_WORDS[:40]})
    assert list(found.context["cl"].result_list) == [person]
    assert User.objects.get(pk=person.pk).first_name == LONG_WORDS


def test_what_a_file_was_made_by_is_kept_without_signs_that_nothing_can_hold(owner: Client) -> None:
    address = reverse("admin:bookings_booking_export")
    assert owner.get(f"{address}?booked_to=%00&starts_from=%E2%80%AE&q=Ann+Lee&%00=1").status_code in (200, 400)
    assert owner.get(f"{address}?booked_to=%00").status_code == 200
    kept = Viewing.objects.latest("pk").subject_key
    assert kept == "booked_to="
