"""The portal: one's own bookings and places, nobody else's, and nothing of others on a place."""

import re
from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Booking, CourseSession
from config.kernel import clock
from customers.models import User
from tests.customers.signing import signed_in
from tests.factories import make_booking, make_course, make_payment, make_refund, make_session, make_user

pytestmark = pytest.mark.django_db

TOM = ("Tom", "Ackroyd", "Tom@example.org")


@pytest.fixture
def hannah() -> User:
    return make_user("hannah@example.org")


@pytest.fixture
def tom() -> User:
    return make_user("tom@example.org", first_name="Tom", last_name="Ackroyd")


def past_session(days: int = 30, **fields: object) -> CourseSession:
    return make_session(starts_at=clock.now() - timedelta(days=days), **fields)  # type: ignore[arg-type]


def shown(client: Client, address: str = "/my/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().partition("<main")[2].partition("</main>")[0].split())


def references(page: str) -> list[str]:
    return re.findall(r'href="/bookings/([^/"]+)/"', page)


def test_nobody_sees_it_without_signing_in(client: Client) -> None:
    assert client.get("/my/")["Location"] == "/my/sign-in/"


def test_with_nothing_booked_it_says_what_will_be_here(hannah: User) -> None:
    make_booking()
    page = shown(signed_in(hannah))
    assert "No bookings yet. When you book, or someone books for you, it shows here." in page
    assert '<a href="/">Find a course</a>' in page
    assert references(page) == []


def test_it_says_who_is_signed_in_and_until_when(hannah: User) -> None:
    page = shown(signed_in(hannah))
    assert "hannah@example.org</span>, until" in page
    assert page.count("<form") == 1
    assert 'action="/my/sign-out/"' in page


def test_the_next_booking_first_then_others_by_date(hannah: User) -> None:
    now = clock.now()
    later = make_booking(make_session(starts_at=now + timedelta(days=40)), customer=hannah)
    sooner = make_booking(make_session(starts_at=now + timedelta(days=10)), customer=hannah, people=[TOM, TOM])
    page = shown(signed_in(hannah))
    assert references(page) == [sooner.reference, later.reference]
    assert "Next up, in 10 days" in page
    assert "Kelham Works, Sheffield · 2 people" in page
    assert f'href="/bookings/{sooner.reference}/calendar.ics"' in page
    assert '<h2 id="coming">Also coming up</h2>' in page


def test_a_course_of_several_days_says_which(hannah: User) -> None:
    starts_at = clock.combine_london(clock.london_today() + timedelta(days=10), time(9))
    session = make_session(starts_at=starts_at, days=3)
    make_booking(session, customer=hannah)
    first, last = clock.london_date(session.starts_at), clock.london_date(session.ends_at)
    assert f'<p class="lead">{clock.format_date_range(first, last)}</p>' in shown(signed_in(hannah))


def test_nobody_elses_are_shown(hannah: User) -> None:
    make_booking(people=[("Hannah", "Okafor", "")], contact_email="hannah@example.org")
    assert references(shown(signed_in(hannah))) == []


@pytest.mark.parametrize(
    "status, paid, refunded, words",
    [
        (Booking.Status.PENDING, "0", "0", "Waiting for payment"),
        (Booking.Status.CONFIRMED, "90", "0", "Booked and paid"),
        (Booking.Status.CONFIRMED, "0", "0", "Booked"),
        (Booking.Status.CONFIRMED, "90", "45", "Part refunded"),
    ],
)
def test_each_state_has_its_words(hannah: User, status: Booking.Status, paid: str, refunded: str, words: str) -> None:
    make_booking(make_session(starts_at=clock.now() + timedelta(days=1)), customer=hannah)
    booking = make_booking(customer=hannah, status=status)
    if Decimal(paid):
        payment = make_payment(booking, amount=Decimal(paid))
        if Decimal(refunded):
            make_refund(payment, amount=Decimal(refunded))
    page = shown(signed_in(hannah))
    assert re.findall(r'<p class="tag tag-\w+">.*?</svg> (.*?)</p>', page) == [words]


def test_what_is_over_is_past(hannah: User) -> None:
    paid = make_booking(past_session(10), customer=hannah, people=[TOM, TOM])
    make_payment(paid)
    cancelled = make_booking(make_session(), customer=hannah, status=Booking.Status.CANCELLED)
    make_refund(make_payment(cancelled), amount=Decimal(90))
    lapsed = make_booking(
        past_session(20), customer=hannah, status=Booking.Status.PENDING, lapses_at=clock.now() - timedelta(minutes=1)
    )
    expired = make_booking(past_session(40), customer=hannah, status=Booking.Status.EXPIRED)
    page = shown(signed_in(hannah))
    assert references(page) == [cancelled.reference, paid.reference, lapsed.reference, expired.reference]
    assert '<td data-label="People">Ran out of time</td> <td data-label="Paid">£0</td>' in page
    assert "Next up" not in page
    assert '<td data-label="People">2 people</td> <td data-label="Paid">£180</td>' in page
    assert '<td data-label="People">Cancelled</td> <td data-label="Paid">£0 <span class="muted">(£90 refunded)' in page


def test_older_bookings_are_on_pages(hannah: User) -> None:
    session = past_session()
    made = [make_booking(session, customer=hannah).reference for _ in range(13)]
    client = signed_in(hannah)
    first, second = shown(client), shown(client, "/my/?page=2")
    assert references(first) + references(second) == made[::-1]
    assert "Showing 1 to 10 of 13" in first
    assert 'href="?page=2#past">Older bookings' in first
    assert "Newer bookings" not in first
    assert "Showing 11 to 13 of 13" in second
    assert 'href="?page=1#past">Newer bookings' in second
    assert "Older bookings</a>" not in second


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "", "1" * 5000])
def test_pages_that_there_are_not_are_answered(hannah: User, page: str) -> None:
    make_booking(past_session(), customer=hannah)
    assert "Showing 1 to 1 of 1" in shown(signed_in(hannah), f"/my/?page={page}")


def test_a_place_that_somebody_else_booked_shows_nothing_of_theirs(hannah: User, tom: User) -> None:
    booking = make_booking(customer=hannah, people=[("Hannah", "Okafor", ""), TOM])
    make_payment(booking)
    place = booking.attendees.get(first_name="Tom")
    page = shown(signed_in(tom))
    assert f'href="/places/{place.pk}/"' in page
    assert "Kelham Works, Sheffield · your place" in page
    assert references(page) == []
    for secret in ("Hannah", "Okafor", "hannah@example.org", "£", booking.reference, "people"):
        assert secret not in page, secret


def test_ones_own_place_on_ones_own_booking_is_shown_once(hannah: User) -> None:
    booking = make_booking(customer=hannah, people=[("Hannah", "Okafor", "hannah@example.org")])
    page = shown(signed_in(hannah))
    assert references(page) == [booking.reference]
    assert "/places/" not in page


def test_places_that_are_over_or_cancelled_stand_apart(hannah: User, tom: User) -> None:
    make_booking(past_session(), customer=hannah, people=[TOM])
    make_booking(customer=hannah, people=[TOM], status=Booking.Status.CANCELLED, confirmed_at=clock.now())
    make_booking(customer=hannah, people=[TOM], status=Booking.Status.PENDING)
    page = shown(signed_in(tom))
    assert '<h2 id="places">Booked for you by others</h2>' in page
    assert page.count('href="/places/') == 2
    assert re.findall(r"</svg> (\w+)</p>", page) == ["Cancelled", "Past"]
    assert "Next up" not in page


def test_the_number_of_queries_does_not_grow(hannah: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = signed_in(hannah)
    make_other = make_user("other@example.org")
    for _ in range(2):
        for session in (make_session(), past_session()):
            make_booking(session, customer=hannah, people=[TOM, TOM])
            make_booking(session, customer=make_other, people=[("Hannah", "Okafor", "hannah@example.org")])
        client.get("/")  # what pages read once a process is read
        with django_assert_num_queries(6):
            client.get("/my/")


def test_nothing_of_it_is_kept_by_the_browser(hannah: User) -> None:
    response = signed_in(hannah).get("/my/")
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_who_is_signed_in_opens_their_own_bookings_and_places_alone(hannah: User, tom: User) -> None:
    course = make_course(name="Paediatric First Aid")
    booking = make_booking(make_session(course=course), customer=hannah, people=[("Hannah", "Okafor", ""), TOM])
    place = booking.attendees.get(first_name="Tom")
    other = booking.attendees.get(first_name="Hannah")
    hers = [f"/bookings/{booking.reference}/", f"/bookings/{booking.reference}/calendar.ics"]
    his = [f"/places/{place.pk}/", f"/places/{place.pk}/calendar.ics"]
    for client, opened, closed in (
        (signed_in(hannah), hers, [*his, f"/places/{other.pk}/"]),
        (signed_in(tom), his, [*hers, f"/places/{other.pk}/"]),
        (signed_in(make_user()), [], [*hers, *his]),
    ):
        assert [client.get(address).status_code for address in opened] == [200] * len(opened)
        assert [client.get(address).status_code for address in closed] == [404] * len(closed)


def test_a_reference_that_is_not_theirs_costs_the_same_as_none(
    hannah: User, tom: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booking = make_booking(customer=hannah)
    client = signed_in(tom)
    pages = set()
    for reference in (booking.reference, "RFT-9999-99"):
        with django_assert_num_queries(2):
            pages.add(client.get(f"/bookings/{reference}/").content)
    assert len(pages) == 1


def test_a_place_opens_once_it_was_booked(hannah: User, tom: User) -> None:
    pending = make_booking(customer=hannah, people=[TOM], status=Booking.Status.PENDING)
    assert signed_in(tom).get(f"/places/{pending.attendees.get().pk}/").status_code == 404


def test_after_signing_out_nothing_opens(hannah: User) -> None:
    booking = make_booking(customer=hannah)
    client = signed_in(hannah)
    assert client.get(f"/bookings/{booking.reference}/").status_code == 200
    client.post("/my/sign-out/")
    assert client.get(f"/bookings/{booking.reference}/").status_code == 404
