"""Step 2 for who is signed in: what is known of them stands there already, and of nobody else anything."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Booking, Hold
from config.kernel import clock
from customers.models import PortalVisit, User
from customers.services.visits import begin_visit, end_visit
from customers.visit_cookies import COOKIE_NAME
from tests.bookings.answers import HANNAH, agreed, name_people, say_needs, take_places
from tests.factories import make_booking, make_session, make_user

pytestmark = pytest.mark.django_db

VALUES = re.compile(r'<input [^>]*?name="([a-z_]+)"[^>]*? value="([^"]*)"')


@pytest.fixture
def hannah() -> User:
    """A customer who booked for a colleague before."""
    person = make_user(
        "Hannah@example.org", first_name="Hannah", last_name="Okafor", phone="07700 900142", company="Rylstone"
    )
    make_booking(customer=person, people=[("Tom", "Ackroyd", "tom@example.org")])
    return person


def url(hold: Hold) -> str:
    return f"/sessions/{hold.session.code}/book/people/"


def sign_in(client: Client, person: User) -> str:
    token = begin_visit(user=person, keep=False).token
    client.cookies[COOKIE_NAME] = token
    return token


def page_of(client: Client, hold: Hold) -> str:
    response = client.get(url(hold))
    assert "no-store" in response.headers["Cache-Control"]
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def filled_in(page: str) -> dict[str, str]:
    """What stands in the booker's own fields, leaving out the choices."""
    return {name: value for name, value in VALUES.findall(page) if name in HANNAH and name != "purpose"}


def test_who_is_signed_in_types_nothing_again(client: Client, hannah: User) -> None:
    hold = take_places(client, make_session(), 2)
    sign_in(client, hannah)
    page = page_of(client, hold)
    assert filled_in(page) == {
        "first_name": "Hannah",
        "last_name": "Okafor",
        "email": "Hannah@example.org",
        "phone": "07700 900142",
        "company": "Rylstone",
    }
    assert "You’re signed in, so we’ve filled in what we know of you." in page
    assert ("There is a problem" in page, "Tom" in page, "Ackroyd" in page) == (False, False, False)
    # Looking keeps nothing.
    hold.refresh_from_db()
    assert hold.draft == {}


def test_what_is_not_known_is_left_to_type(client: Client) -> None:
    hold = take_places(client, make_session())
    sign_in(client, make_user("jo@example.org", first_name="", last_name="", phone="", company=""))
    assert filled_in(page_of(client, hold)) == {"email": "jo@example.org"}


def test_it_costs_one_look_and_none_for_anybody_else(
    client: Client, hannah: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hold = take_places(client, make_session(), 3)
    client.get(url(hold))
    with django_assert_num_queries(3):
        client.get(url(hold))
    sign_in(client, hannah)
    with django_assert_num_queries(4):
        client.get(url(hold))
    client.post(url(hold), HANNAH)
    with django_assert_num_queries(3):
        client.get(url(hold))


def test_without_a_visit_that_is_open_the_page_is_as_for_anybody(client: Client, hannah: User) -> None:
    hold = take_places(client, make_session())
    empty = page_of(client, hold)
    assert filled_in(empty) == {}

    token = sign_in(client, hannah)
    assert page_of(client, hold) != empty
    end_visit(token)
    assert page_of(client, hold) == empty
    token = sign_in(client, hannah)
    PortalVisit.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert page_of(client, hold) == empty
    client.cookies[COOKIE_NAME] = "of nobody"
    assert page_of(client, hold) == empty


def test_another_persons_visit_shows_theirs_alone(client: Client, hannah: User) -> None:
    hold = take_places(client, make_session())
    sign_in(client, hannah)
    page_of(client, hold)
    sign_in(client, make_user("jo@example.org", first_name="Jo", last_name="", phone="", company=""))
    assert filled_in(page_of(client, hold)) == {"first_name": "Jo", "email": "jo@example.org"}


def test_what_was_typed_is_never_overwritten(client: Client, hannah: User) -> None:
    hold = take_places(client, make_session())
    sign_in(client, hannah)
    client.post(url(hold), {"first_name": "", "last_name": "Ng", "email": "", "extend": "1"})
    page = page_of(client, hold)
    assert filled_in(page) == {"last_name": "Ng"}
    assert "You’re signed in" not in page


def test_what_is_changed_counts_for_this_booking(client: Client, hannah: User) -> None:
    session = make_session()
    take_places(client, session)
    sign_in(client, hannah)
    name_people(client, session, first_name="Hanna", email="hannah@example.org", phone="07700 900555")
    say_needs(client, session)
    client.post(f"/sessions/{session.code}/book/check/", agreed(session))
    booking = Booking.objects.get(session=session)
    assert (booking.contact_first_name, booking.contact_phone) == ("Hanna", "07700 900555")
    assert booking.customer == hannah
    hannah.refresh_from_db()
    assert (hannah.first_name, hannah.phone, hannah.email) == ("Hannah", "07700 900142", "Hannah@example.org")


def test_who_says_not_you_is_signed_out_too(client: Client, hannah: User) -> None:
    session = make_session()
    hold = take_places(client, session)
    sign_in(client, hannah)
    assert "Not you?" in page_of(client, hold)
    client.post(f"/sessions/{session.code}/book/", {"start_again": "1"})
    assert client.cookies[COOKIE_NAME].value == ""
    assert PortalVisit.objects.get().ended_at is not None
    hold = take_places(client, session)
    assert filled_in(page_of(client, hold)) == {}
