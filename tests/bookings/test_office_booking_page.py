"""The page on which the office books for somebody, while they type: who is meant, what there is, what to tell them."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from bookings.models import Booking, CourseSession
from config.kernel import clock
from tests.bookings.office_desk import KEY, URL, sit_down, typed
from tests.factories import make_booking, make_session, make_staff, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    sit_down(client)
    return client


def test_customer_and_session_come_with_the_address(office: Client) -> None:
    session, hannah = make_session(), make_user("hannah@example.org", phone="07700 900142")
    page = office.get(URL, {"customer": str(hannah.pk), "session": str(session.pk)})
    assert (page.context["customer"], page.context["chosen"].session) == (hannah, session)
    assert page.context["total"] == session.price
    assert "hannah@example.org · 07700 900142" in page.content.decode()
    # What Enter presses comes before what forgets the customer.
    assert page.content.decode().index('name="look"') < page.content.decode().index('name="nobody"')

    # What is no key, or nobody's, means nobody: the page opens all the same.
    for odd in ("x\0", "1" * 300, KEY):
        page = office.get(URL, {"customer": odd, "session": odd})
        assert (page.status_code, page.context["customer"], page.context["chosen"]) == (200, None, None)


def test_who_answers_the_telephone_can_begin_at_once(office: Client) -> None:
    """In the first field that is asked for; with anything typed already, nothing jumps."""
    session = make_session()

    fresh = office.get(URL).content.decode()
    known = office.get(URL, {"customer": str(make_user().pk)}).content.decode()
    typed_on = office.post(URL, typed(session, book=None) | {"look": "all"}).content.decode()

    assert re.findall(r'name="(\w+)"[^>]* autofocus', fresh) == ["email"]
    assert re.findall(r'name="(\w+)"[^>]* autofocus', known) == ["session"]
    assert "autofocus" not in typed_on


def test_people_are_found_while_typing_and_without_a_script(office: Client) -> None:
    hannah = make_user("hannah@rylstone.example", phone="07700 900142")
    make_user("tom@example.org", first_name="Tom", last_name="Ackroyd")
    for what in ({"email": "hannah@ryl"}, {"last_name": "okaf"}, {"phone": "+44 7700 900142"}):
        part = office.post(URL, what | {"part": "people"})
        page = office.post(URL, what | {"look": "people", "notes": "Kept."})
        assert part.context["people"] == page.context["people"] == [hannah]
        assert f'name="choose" value="{hannah.pk}"' in part.content.decode()
        assert "<html" not in part.content.decode()
        assert "Kept." in page.content.decode()
    assert office.post(URL, {"email": "ha", "part": "people"}).context["people"] == []

    page = office.post(URL, {"choose": hannah.pk, "last_name": "okaf", "notes": "Kept.", "places": "3"})
    assert (page.context["customer"], page.context["form"]["last_name"].value()) == (hannah, None)
    assert (page.context["form"]["notes"].value(), page.context["places"]) == ("Kept.", 3)
    page = office.post(URL, {"nobody": "1", "customer": hannah.pk, "notes": "Kept."})
    assert (page.context["customer"], page.context["form"]["notes"].value()) == (None, "Kept.")


def test_what_another_page_sends_along_is_there_and_the_rest_is_fresh(office: Client) -> None:
    form = office.post(URL, {"last_name": "Sutcliffe"}).context["form"]
    assert (form["last_name"].value(), form["source"].value(), form["sends_link"].value()) == (
        "Sutcliffe",
        "phone",
        True,
    )
    assert form["form_key"].value()
    # On our own form a box without a tick is an answer.
    assert office.post(URL, {"form_key": KEY, "look": "people"}).context["form"]["sends_link"].value() is False


def test_what_to_tell_them_follows_the_choice(office: Client) -> None:
    session = make_session(starts_at=clock.now() + timedelta(days=5), capacity=2)
    said = {"session": f"{session.pk}~90.00", "places": "3", "purpose": "self", "part": "words"}
    part = office.post(URL, said)
    assert (part.context["total"], part.context["beyond"]) == (Decimal("270.00"), 1)
    words = part.content.decode()
    assert "Because you’re booking for yourself" in words
    assert "Only 2 are left. Choose another session, or book fewer." in " ".join(words.split())
    assert "£270.00" in words


def test_what_to_tell_them_comes_before_they_agree_and_before_the_press(office: Client) -> None:
    """Also on a telephone, where there is one column."""
    page = office.get(URL).content.decode()
    order = [page.index(mark) for mark in ('name="places"', 'data-part="words"', 'name="terms"', 'name="book"')]
    assert order == sorted(order)


def test_the_list_holds_what_can_be_booked_and_narrows_to_a_course(
    office: Client, django_assert_num_queries: Any
) -> None:
    private, full = make_session(is_private=True), make_session(capacity=1)
    make_booking(full)
    soon = make_session(starts_at=clock.now() + timedelta(minutes=5))
    make_session(status=CourseSession.Status.CANCELLED)
    make_session(starts_at=clock.now() - timedelta(hours=1))
    office.get(URL)
    with django_assert_num_queries(9):
        page = office.get(URL)
    shown = {offer.session: offer.left for group in page.context["groups"] for offer in group.offers}
    assert shown == {private: 12, full: 0, soon: 12}
    page = office.post(URL, {"course": str(full.course_id), "look": "sessions"})
    assert [offer.session for group in page.context["groups"] for offer in group.offers] == [full]


def test_who_may_not_book_is_refused(client: Client) -> None:
    client.force_login(make_staff("bookings.view_booking"))
    session = make_session()
    assert (client.get(URL).status_code, client.post(URL, typed(session)).status_code) == (403, 403)
    assert not Booking.objects.exists()
