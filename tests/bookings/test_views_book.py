"""Step 1: the number of places, the date, and the hold."""

import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings

from bookings.models import BookingPolicy, CourseSession, Hold
from config.kernel import clock, signing
from tests.bookings.answers import page_after, take_places
from tests.factories import make_booking, make_course, make_hold, make_session

pytestmark = pytest.mark.django_db

THREE_PEOPLE = [("", "", "")] * 3


def day(session: CourseSession) -> str:
    return clock.format_date(clock.london_date(session.starts_at))


def radio(page: str, session: CourseSession) -> str:
    """How the row of a date stands: "checked", "disabled", both or nothing."""
    found = re.search(rf'<input type="radio" name="session" value="{session.code}"[^>]*"([^">]*)>', page)
    assert found is not None
    return found[1].strip()


def test_continue_takes_the_places_and_gives_the_browser_its_secret(client: Client) -> None:
    session = make_session()
    response = client.post(f"/sessions/{session.code}/book/", {"places": "3"})

    assert (response.status_code, response.headers["Location"]) == (302, f"/sessions/{session.code}/book/people/")
    hold = Hold.objects.get()
    assert (hold.session, hold.places) == (session, 3)
    cookie = response.cookies["hold"]
    assert signing.hash_token(cookie.value) == hold.secret_hash
    assert cookie["path"] == f"/sessions/{session.code}/book/"
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")


@override_settings(SITE_IS_HTTPS=True)
def test_the_cookie_is_secure_where_the_site_is(client: Client) -> None:
    session = make_session()
    assert client.post(f"/sessions/{session.code}/book/", {"places": "1"}).cookies["hold"]["secure"] is True


def test_the_page_shows_the_session_and_is_not_kept(client: Client) -> None:
    session = make_session()
    response = client.get(f"/sessions/{session.code}/book/")
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    page = response.content.decode()
    assert "<h1>Choose your session</h1>" in page
    assert "Emergency First Aid at Work, £90 a person including VAT." in page
    assert "12 places left" in page
    assert "Step 1 of 5: Session" in page
    assert "5. Payment" in page


def test_a_free_course_has_no_step_for_paying(client: Client) -> None:
    session = make_session(course=make_course(price=0))
    page = client.get(f"/sessions/{session.code}/book/").content.decode()
    assert "Step 1 of 4: Session" in page
    assert "Payment" not in page
    assert "Emergency First Aid at Work, free." in page


@pytest.mark.parametrize("typed", ["", "0", "13", "-1", "1e5", "2.5", "two", "²", "9" * 5000, "\x00", "1\x00"])
def test_a_number_that_is_none_gets_a_sentence(client: Client, typed: str) -> None:
    session = make_session()
    response = client.post(f"/sessions/{session.code}/book/", {"places": typed})
    page = page_after(client, response)
    assert page.count("Enter how many people are coming, from 1 to 12") == 2
    assert '<a href="#id_places">' in page
    assert "<title>Error: Choose your session. Step 1 of 5 – React Fast Training</title>" in page
    assert Hold.objects.count() == 0


@pytest.mark.parametrize("typed", ["3", " 3 ", "٣", "03"])
def test_a_number_in_any_spelling_is_understood(client: Client, typed: str) -> None:
    session = make_session()
    client.post(f"/sessions/{session.code}/book/", {"places": typed})
    assert Hold.objects.get().places == 3


def test_the_policy_says_how_many_at_most(client: Client) -> None:
    BookingPolicy.objects.create(version=2, max_places=4)
    session = make_session()
    page = page_after(client, client.post(f"/sessions/{session.code}/book/", {"places": "5"}))
    assert "Enter how many people are coming, from 1 to 4" in page
    assert Hold.objects.count() == 0


def test_fewer_places_left_than_people(client: Client) -> None:
    course = make_course()
    session = make_session(course=course, capacity=5)
    make_booking(session, people=THREE_PEOPLE)
    other = make_session(course=course)
    page = page_after(client, client.post(f"/sessions/{session.code}/book/", {"places": "3"}))
    assert page.count("There are only 2 places left. Book 2, or choose another date.") == 2
    assert f'name="session" value="{other.code}"' in page
    assert Hold.objects.count() == 0


def test_a_full_session_says_so_and_offers_other_dates(client: Client) -> None:
    course = make_course()
    session = make_session(course=course, capacity=3)
    make_booking(session, people=THREE_PEOPLE)
    other = make_session(course=course)
    page = client.get(f"/sessions/{session.code}/book/").content.decode()
    assert f"{day(session)} is full.</strong> Choose another date." in page
    assert radio(page, session) == "disabled"
    assert radio(page, other) == ""
    assert "Continue</button>" in page


def test_a_full_session_without_another_date_leads_no_further(client: Client) -> None:
    session = make_session(capacity=3)
    make_booking(session, people=THREE_PEOPLE)
    page = client.get(f"/sessions/{session.code}/book/").content.decode()
    assert "is full.</strong> Places come back when somebody changes their plans." in page
    assert 'class="actions"' not in page


def test_a_session_that_fills_up_meanwhile(client: Client) -> None:
    session = make_session(capacity=3)
    make_booking(session, people=THREE_PEOPLE)
    page = page_after(client, client.post(f"/sessions/{session.code}/book/", {"places": "1"}))
    assert "That session just filled up." in page
    assert Hold.objects.count() == 0


def test_a_cancelled_session_cannot_be_booked(client: Client) -> None:
    session = make_session(status=CourseSession.Status.CANCELLED)
    assert f"{day(session)} is cancelled." in client.get(f"/sessions/{session.code}/book/").content.decode()
    client.post(f"/sessions/{session.code}/book/", {"places": "1"})
    assert Hold.objects.count() == 0


def test_booking_closes_before_the_start(client: Client) -> None:
    session = make_session(starts_at=clock.now() + timedelta(minutes=90))
    page = client.get(f"/sessions/{session.code}/book/").content.decode()
    assert f"Online booking for {day(session)} has closed." in page
    page = page_after(client, client.post(f"/sessions/{session.code}/book/", {"places": "1"}))
    assert "Online booking for this session has closed. Call 0114 496 0321" in page
    assert Hold.objects.count() == 0


def test_a_private_session_opens_to_who_has_its_address(client: Client) -> None:
    session = make_session(is_private=True)
    assert take_places(client, session).session == session


@pytest.mark.parametrize("code", ["NOSUCH22", "%00", "a" * 300, "é"])
def test_an_unknown_code_is_not_found(client: Client, code: str) -> None:
    assert client.get(f"/sessions/{code}/book/").status_code == 404


def test_a_draft_is_not_found(client: Client) -> None:
    session = make_session(status=CourseSession.Status.DRAFT)
    assert client.get(f"/sessions/{session.code}/book/").status_code == 404
    assert client.post(f"/sessions/{session.code}/book/", {"places": "1"}).status_code == 404


def test_coming_back_changes_the_number_and_is_not_blocked_by_ones_own_hold(client: Client) -> None:
    session = make_session(capacity=3)
    take_places(client, session, 2)
    page = client.get(f"/sessions/{session.code}/book/").content.decode()
    assert "3 places left" in page
    assert "We’re holding your 2 places until" in page
    assert 'name="places" value="2"' in page
    hold = take_places(client, session, 3)
    assert (Hold.objects.count(), hold.places) == (1, 3)


def test_a_hold_is_extended_from_here(client: Client) -> None:
    session = make_session()
    hold = take_places(client, session)
    response = client.post(f"/sessions/{session.code}/book/", {"extend": "1"})
    assert response.headers["Location"] == f"/sessions/{session.code}/book/"
    hold.refresh_from_db()
    assert hold.extensions == 1


def test_a_hold_is_not_extended_for_ever(client: Client) -> None:
    session = make_session()
    hold = take_places(client, session)
    Hold.objects.update(extensions=12)
    page = page_after(client, client.post(f"/sessions/{session.code}/book/", {"extend": "1"}))
    assert "We can’t hold these places any longer than this." in page
    hold.refresh_from_db()
    assert hold.extensions == 12


def test_extending_without_a_hold_changes_nothing(client: Client) -> None:
    session = make_session()
    make_hold(session)
    response = client.post(f"/sessions/{session.code}/book/", {"extend": "1"})
    assert response.status_code == 302
    assert Hold.objects.get().extensions == 0


def test_the_cookie_of_one_session_is_nothing_on_another(client: Client) -> None:
    mine, other = make_session(), make_session()
    make_hold(other, secret="theirs")
    client.cookies["hold"] = "theirs"
    response = client.get(f"/sessions/{mine.code}/book/people/")
    assert response.headers["Location"] == f"/sessions/{mine.code}/book/"
