"""A session's page in the office, its list to print, and moving it on."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking, CourseSession, SpecialRequirement
from communications.models import Message
from config.kernel import clock
from tests.factories import (
    make_booking,
    make_hold,
    make_payment,
    make_refund,
    make_requirement,
    make_session,
    make_staff,
)

pytestmark = pytest.mark.django_db

TEACHES = ("bookings.view_coursesession", "bookings.view_attendee", "bookings.read_adjustments")


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(make_staff(is_superuser=True))
    return client


def page_of(session: CourseSession, page: str = "page", *args: str) -> str:
    return reverse(f"admin:bookings_coursesession_{page}", args=[session.pk, *args])


def needs_of(booking: Booking) -> SpecialRequirement:
    return make_requirement(booking.attendees.order_by("position")[0], said_by="booker")


def fill(session: CourseSession, people: int) -> Booking:
    """A paid booking of so many, part refunded, with a letter, and what one of them needs."""
    names = [("Tom", f"Ackroyd {n:02}", f"tom{n}@example.org") for n in range(people)]
    booking = make_booking(session, people=names, contact_phone="07700 900142")
    make_refund(make_payment(booking), amount=Decimal(10))
    key = f"letter-{booking.pk}"
    Message.objects.create(dedupe_key=key, kind=Message.Kind.INVOICE, booking=booking, to_email="tom@example.org")
    needs_of(booking)
    return booking


def test_places_people_money_and_letters_are_told(owner: Client) -> None:
    session = make_session(capacity=6)
    booking = fill(session, 3)
    make_booking(session, status=Booking.Status.PENDING, people=[("Una", "Else", "")])
    make_booking(session, status=Booking.Status.CANCELLED, people=[("Gone", "Away", "")])
    make_booking(
        session,
        status=Booking.Status.PENDING,
        people=[("Too", "Late", "")],
        lapses_at=clock.now() - timedelta(minutes=1),
    )
    make_hold(session, places=1)

    response = owner.get(page_of(session))

    places = response.context["places"]
    assert (places.confirmed, places.waiting, places.held, places.free, places.over) == (3, 1, 1, 1, 0)
    takings = response.context["takings"]
    expected, net = booking.total + 2 * session.price, booking.total - 10
    assert (takings.expected, takings.paid, takings.refunded, takings.net) == (expected, booking.total, 10, net)
    assert response.context["letters"] == [("Queued", "queued", 1)]
    page = response.content.decode()
    assert "5 of 6 places taken." in page
    assert "Una Else" in page
    assert "Gone Away" not in page
    assert "Too Late" not in page


def test_more_people_than_places_is_said_in_words(owner: Client) -> None:
    session = make_session(capacity=1)
    make_booking(session, people=[("Tom", "Ackroyd", ""), ("Una", "Else", "")])
    assert "1 more person than there are places." in owner.get(page_of(session)).content.decode()


@pytest.mark.parametrize("page", ["page", "people"])
def test_twelve_people_cost_no_more_than_one(owner: Client, page: str) -> None:
    counts = []
    for people in (1, 12):
        session = make_session()
        for _ in range(people):
            fill(session, 1)
        owner.get(page_of(session, page))
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(page_of(session, page)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_teaches_sees_their_own_session_without_addresses_and_money(client: Client) -> None:
    teacher = make_staff(*TEACHES, first_name="Sam", last_name="Whitaker")
    own, other = make_session(), make_session()
    own.instructors.add(teacher)
    booking = fill(own, 1)
    fill(other, 1)
    client.force_login(teacher)

    page = client.get(page_of(own)).content.decode()

    assert "Ackroyd 00" in page
    assert "On record" in page
    for words in ("@example.org", "£", "Hannah Okafor", f"/booking/{booking.pk}/", "Queued", "New booking", "/move/"):
        assert words not in page, words
    for name in ("page", "people"):
        assert client.get(page_of(other, name)).status_code == 404
    assert client.get(page_of(own, "move", "cancelled")).status_code == 403


def test_lists_show_who_teaches_only_their_own(client: Client) -> None:
    teacher = make_staff(*TEACHES, first_name="Sam", last_name="Whitaker")
    own, other = make_session(), make_session()
    own.instructors.add(teacher)
    mine, _ = fill(own, 1), fill(other, 1)
    client.force_login(teacher)

    sessions = client.get(reverse("admin:bookings_coursesession_changelist")).context["cl"].result_list
    people = client.get(reverse("admin:bookings_attendee_changelist"))

    assert sessions == [own]
    assert people.context["cl"].result_list == [mine.attendees.get()]
    assert "@example.org" not in people.content.decode()
    assert (
        client.get(reverse("admin:bookings_attendee_changelist"), {"q": "tom0@example.org"}).context["cl"].result_list
        == []
    )
    change = reverse("admin:bookings_attendee_change", args=[mine.attendees.get().pk])
    assert "@example.org" not in client.get(change).content.decode()
    assert client.get(reverse("admin:bookings_attendee_history", args=[mine.attendees.get().pk])).status_code == 403


def test_the_list_to_print_names_people_and_whom_to_call_and_nothing_else(owner: Client) -> None:
    session = make_session(days=2)
    fill(session, 2)
    make_booking(session, status=Booking.Status.PENDING, people=[("Aby", "Aaron", "")])

    response = owner.get(page_of(session, "people"))

    assert [str(person) for person in response.context["people"]] == ["Aby Aaron", "Tom Ackroyd 00", "Tom Ackroyd 01"]
    page = response.content.decode()
    assert page.count("07700 900142") == 2
    assert page.count('<span class="box">') == 6
    assert page.count("Has needs") == 1
    assert page.count("(not confirmed yet)") == 1
    assert "£" not in page
    assert "@example.org" not in page


def test_a_press_confirms_completes_and_says_so(owner: Client) -> None:
    session = make_session(status=CourseSession.Status.DRAFT)
    for status in ("tentative", "confirmed", "completed"):
        assert "What happens" in owner.get(page_of(session, "move", status)).content.decode()
        page = owner.post(page_of(session, "move", status), follow=True).content.decode()
        assert f"is {status}." in page
        assert CourseSession.objects.get().status == status
    assert "Nothing to do" in owner.get(page_of(session, "move", "completed")).content.decode()
    assert "is completed already" in owner.post(page_of(session, "move", "completed"), follow=True).content.decode()
    assert "This can’t be done" in owner.get(page_of(session, "move", "cancelled")).content.decode()
    assert "can’t become cancelled" in owner.post(page_of(session, "move", "cancelled"), follow=True).content.decode()
    assert CourseSession.objects.get().status == "completed"
    assert owner.get(page_of(session, "move", "draft")).status_code == 404


def test_a_session_with_bookings_is_not_cancelled(owner: Client) -> None:
    session = make_session()
    booking = make_booking(session)
    assert "1 booking has places on this session." in owner.get(page_of(session, "move", "cancelled")).content.decode()
    assert "Nothing was done." in owner.post(page_of(session, "move", "cancelled"), follow=True).content.decode()
    assert CourseSession.objects.get().status == CourseSession.Status.CONFIRMED

    Booking.objects.filter(pk=booking.pk).update(status=Booking.Status.CANCELLED, cancelled_at=clock.now())
    owner.post(page_of(session, "move", "cancelled"))

    after = CourseSession.objects.get()
    assert after.status == CourseSession.Status.CANCELLED
    assert after.cancelled_at is not None
    again = owner.post(page_of(session, "move", "cancelled"), follow=True).content.decode()
    assert "is cancelled already. Nothing was done." in again
    assert CourseSession.objects.get().cancelled_at == after.cancelled_at


def test_only_what_is_over_is_offered_as_completed(owner: Client) -> None:
    coming, over = make_session(), make_session(starts_at=clock.now() - timedelta(days=2))
    for session, is_offered in ((coming, False), (over, True)):
        page = owner.get(page_of(session)).content.decode()
        assert (page_of(session, "move", "completed") in page) == is_offered
        assert page_of(session, "move", "cancelled") in page
    assert "This session is not over yet" in owner.get(page_of(coming, "move", "completed")).content.decode()


def test_moving_a_session_needs_its_permission(client: Client) -> None:
    session = make_session()
    client.force_login(make_staff("bookings.view_booking", "bookings.view_coursesession"))
    assert client.post(page_of(session, "move", "completed")).status_code == 403
    assert CourseSession.objects.get().status == CourseSession.Status.CONFIRMED
