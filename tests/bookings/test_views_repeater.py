"""Step 2: people added, removed and put back with presses that return to the same spot, and their places with them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings import selectors
from bookings.models import BookingPolicy, CourseSession, Hold
from config.kernel import clock
from tests.bookings.answers import HANNAH, page_after, take_places
from tests.factories import make_booking, make_session

pytestmark = pytest.mark.django_db

TOM = {"person-2-first_name": "Tom", "person-2-last_name": "Ackroyd", "person-2-email": "tom@example.org"}
PRIYA = {"person-3-first_name": "Priya", "person-3-last_name": "Shah", "person-3-to_booker": "on"}


def url(session: CourseSession) -> str:
    return f"/sessions/{session.code}/book/people/"


@pytest.fixture
def session() -> CourseSession:
    return make_session(capacity=5)


def press(client: Client, session: CourseSession, **answers: str) -> Any:
    return client.post(url(session), HANNAH | answers)


def page(client: Client, session: CourseSession) -> str:
    return client.get(url(session)).content.decode()


def left(session: CourseSession) -> int:
    return selectors.places_left(session, clock.now())


def test_adding_a_person_takes_a_place_and_leads_to_their_name(client: Client, session: CourseSession) -> None:
    take_places(client, session, 2)
    assert "3 more places left" in page(client, session)
    response = press(client, session, add="1", coming="on", **TOM)
    assert response.headers["Location"] == f"{url(session)}#id_person-3-first_name"
    hold = Hold.objects.get()
    assert (hold.places, hold.draft["person-2-first_name"], left(session)) == (3, "Tom", 2)
    shown = page(client, session)
    assert shown.count('id="id_person-3-first_name"') == 1
    assert "2 more places left" in shown
    assert "There is a problem" not in shown


def test_nobody_is_added_where_no_place_is_left(client: Client, session: CourseSession) -> None:
    take_places(client, session, 2)
    make_booking(session, people=[("", "", "")] * 3)
    shown = page_after(client, press(client, session, add="1", **TOM))
    assert "There are only 2 places left. Book 2, or choose another date." in shown
    assert "There are no more places left on this date." in shown
    assert 'name="add"' not in shown
    assert 'value="Tom"' in shown
    assert Hold.objects.get().places == 2


def test_at_the_limit_words_take_the_buttons_place(client: Client, session: CourseSession) -> None:
    BookingPolicy.objects.create(version=2, max_places=2)
    take_places(client, session, 2)
    shown = page(client, session)
    assert "That’s 2 people, as many as one booking can have." in shown
    assert 'name="add"' not in shown
    assert press(client, session, add="1").status_code == 200
    assert Hold.objects.get().places == 2


def test_removing_a_person_gives_the_place_back_and_can_be_undone(client: Client, session: CourseSession) -> None:
    take_places(client, session, 3)
    shown = page(client, session)
    assert re.search(r'value="2"[^>]*>Remove<span class="visually-hidden"> person 2</span>', shown)
    response = press(client, session, remove="2", coming="on", **TOM, **PRIYA)
    assert response.headers["Location"] == f"{url(session)}#person-2"
    assert (Hold.objects.get().places, left(session)) == (2, 3)
    shown = page(client, session)
    assert re.search(r"<strong[^>]*>Tom Ackroyd was removed.</strong>", shown)
    assert 'value="Priya"' in shown
    assert 'value="Tom"' not in shown

    priya = {key.replace("3", "2"): value for key, value in PRIYA.items()}
    response = press(client, session, undo="1", coming="on", **priya)
    assert response.headers["Location"] == f"{url(session)}#person-2"
    draft = Hold.objects.get().draft
    assert (Hold.objects.get().places, left(session)) == (3, 2)
    assert (draft["person-2-first_name"], draft["person-3-first_name"]) == ("Tom", "Priya")
    assert (draft["person-2-email"], draft["person-3-to_booker"]) == ("tom@example.org", True)
    assert "was removed" not in page(client, session)


def test_removing_the_last_one_leads_to_adding(client: Client, session: CourseSession) -> None:
    take_places(client, session, 2)
    response = press(client, session, remove="2", **TOM)
    assert response.headers["Location"] == f"{url(session)}#add"
    shown = page(client, session)
    assert shown.index("Tom Ackroyd was removed.") < shown.index('id="add"')
    # One place is the fewest.
    assert 'name="remove"' not in shown
    assert press(client, session, remove="1").status_code == 200
    assert Hold.objects.get().places == 1


def test_who_was_removed_cannot_be_put_back_where_the_place_is_gone(client: Client, session: CourseSession) -> None:
    take_places(client, session, 3)
    press(client, session, remove="2", **TOM)
    make_booking(session, people=[("", "", "")] * 3)
    shown = page_after(client, press(client, session, undo="1"))
    assert "There are only 2 places left." in shown
    assert Hold.objects.get().places == 2


def test_going_on_settles_a_removal(client: Client, session: CourseSession) -> None:
    take_places(client, session, 2)
    press(client, session, remove="2", **TOM)
    assert press(client, session).status_code == 302
    assert "removed" not in Hold.objects.get().draft
    assert press(client, session, undo="1").headers["Location"] == url(session)
    assert Hold.objects.get().places == 1


@pytest.mark.parametrize("number", ["0", "3", "-1", "x", "", "99999999999", "²"])
def test_removing_nobody_changes_nothing(client: Client, session: CourseSession, number: str) -> None:
    take_places(client, session, 2)
    assert press(client, session, remove=number, **TOM).headers["Location"] == url(session)
    hold = Hold.objects.get()
    assert (hold.places, hold.draft["person-2-first_name"]) == (2, "Tom")


def test_somebody_can_be_removed_after_the_places_lapsed(client: Client, session: CourseSession) -> None:
    take_places(client, session, 3)
    Hold.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    make_booking(session, people=[("", "", "")] * 4)
    for number in ("3", "2"):
        assert press(client, session, remove=number).status_code == 302
    assert press(client, session).headers["Location"].endswith("/requirements/")
    assert Hold.objects.get().is_live(clock.now())


def test_a_booker_who_comes_too_is_person_one_with_nothing_to_retype(client: Client, session: CourseSession) -> None:
    take_places(client, session, 2)
    assert press(client, session, coming="on", **TOM).status_code == 302
    shown = page(client, session)
    assert "you-are-one is-coming" in shown
    assert "Hannah Okafor</span> – no need to type it again." in shown
    assert "group person person-one" in shown


def test_who_was_typed_as_person_one_makes_room_for_the_booker(client: Client, session: CourseSession) -> None:
    take_places(client, session, 2)
    toms = {key.replace("2", "1"): value for key, value in TOM.items()}
    assert press(client, session, coming="on", **toms).status_code == 302
    draft = Hold.objects.get().draft
    assert (draft.get("person-1-first_name"), draft["person-2-first_name"]) == (None, "Tom")


def test_one_too_many_gets_a_place_by_adding(client: Client, session: CourseSession) -> None:
    take_places(client, session, 1)
    toms = {key.replace("2", "1"): value for key, value in TOM.items()}
    shown = page_after(client, press(client, session, coming="on", **toms))
    assert "With you, that’s 2 people for 1 place." in shown
    assert 'value="Tom"' in shown
    assert "group person person-one" not in shown
    response = press(client, session, add="1", coming="on", **toms)
    assert response.headers["Location"] == f"{url(session)}#id_person-2-first_name"
    assert press(client, session, coming="on", **TOM).status_code == 302
    assert Hold.objects.get().places == 2


def test_another_tab_with_fewer_people_wipes_nobody(client: Client, session: CourseSession) -> None:
    take_places(client, session, 3)
    press(client, session, **TOM, **PRIYA)
    press(client, session, **TOM)
    assert Hold.objects.get().draft["person-3-first_name"] == "Priya"


def test_a_shared_address_is_allowed_and_explained(client: Client, session: CourseSession) -> None:
    take_places(client, session, 3)
    priya = {"person-3-first_name": "Priya", "person-3-last_name": "Shah", "person-3-email": "Tom@example.org"}
    assert press(client, session, **TOM, **priya).status_code == 302
    assert "That’s the address of person 2 too." in page(client, session)


def test_the_same_person_twice_is_asked_about(client: Client, session: CourseSession) -> None:
    take_places(client, session, 3)
    twice = {key.replace("2", "3"): value for key, value in TOM.items()}
    shown = page_after(client, press(client, session, **TOM, **twice))
    assert '<a href="#id_person-3-is_another">Person 3: is this the same person as person 2?' in shown
    assert shown.count('name="person-3-is_another"') == 1
    assert 'name="person-2-is_another"' not in shown
    assert press(client, session, **TOM, **twice, **{"person-3-is_another": "on"}).status_code == 302


def test_who_came_to_change_something_goes_back_to_the_review(client: Client, session: CourseSession) -> None:
    take_places(client, session, 1)
    changing = f"{url(session)}?back=check"
    added = client.post(changing, HANNAH | {"add": "1"})
    assert added.headers["Location"] == f"{changing}#id_person-2-first_name"
    assert client.post(changing, HANNAH).headers["Location"] == f"/sessions/{session.code}/book/check/"
    assert client.post(f"{url(session)}?back=//evil.example", HANNAH).headers["Location"].endswith("/requirements/")


@pytest.mark.parametrize("places", [1, 3, 12])
def test_the_page_costs_the_same_however_many_come(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, places: int
) -> None:
    session = make_session()
    take_places(client, session, places)
    press(client, session, **TOM)
    client.get(url(session))
    # The hold with its session; the places held and booked by others.
    with django_assert_num_queries(3):
        assert client.get(url(session)).status_code == 200
    with django_assert_num_queries(2):
        assert press(client, session, **(TOM if places > 1 else {})).status_code == 302
