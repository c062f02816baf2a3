"""Step 4: the agreement makes the order, once."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from bookings import selectors
from bookings.models import Attendee, Booking, Hold, SpecialRequirement
from bookings.models.catalogue import CourseSession
from config.kernel import clock
from customers.models import AccessLink, User
from invoicing.models import SupplierProfile
from payments.models import Payment
from tests.bookings.answers import OWN_WORDS, agreed, come_to_check, name_people, page_after, say_needs, take_places
from tests.factories import make_booking, make_course, make_session

pytestmark = pytest.mark.django_db


def check_url(session: CourseSession) -> str:
    return f"/sessions/{session.code}/book/check/"


def agree(client: Client, session: CourseSession, total: str = "90.00"):
    return client.post(check_url(session), agreed(session, agreed_total=total))


def nothing_was_ordered() -> bool:
    return not (Booking.objects.exists() or Payment.objects.exists() or User.objects.exists())


def test_agreeing_places_the_order_and_goes_on_to_pay(client: Client) -> None:
    session = make_session()
    take_places(client, session, 2)
    toms = {"person-2-first_name": "Tom", "person-2-last_name": "Ackroyd", "person-2-email": "tom@example.org"}
    name_people(client, session, coming="on", **toms)
    say_needs(client, session, **OWN_WORDS)
    response = agree(client, session, "180.00")

    booking = Booking.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/bookings/{booking.reference}/pay/")
    assert (booking.status, booking.total) == (Booking.Status.PENDING, Decimal("180.00"))
    assert (booking.contact_name, booking.contact_email) == ("Hannah Okafor", "hannah@example.org")
    assert (booking.purpose, booking.referral_source) == ("work", "A colleague or friend")
    assert (booking.po_number, booking.company) == ("RN-2208", "Rylstone Nursery")
    assert booking.billing_address == "4 Mill Lane\nHebden Bridge"
    assert booking.source == Booking.Source.WEBSITE
    assert booking.policy.version == 1
    assert booking.terms_accepted_at is not None
    assert list(Attendee.objects.values_list("position", "first_name", "email", "is_booker")) == [
        (1, "Hannah", "hannah@example.org", True),
        (2, "Tom", "tom@example.org", False),
    ]
    requirement = SpecialRequirement.objects.get()
    assert (requirement.own_words, requirement.consent_version) == ("A chair", "2026-11")
    assert requirement.attendee.is_booker
    assert Payment.objects.get().amount == Decimal("180.00")
    assert Hold.objects.get().draft == {}


def test_the_browser_gets_the_key_to_its_booking(client: Client) -> None:
    session = make_session()
    come_to_check(client, session)
    cookie = agree(client, session).cookies["access"]
    booking = Booking.objects.get()
    assert cookie["path"] == f"/bookings/{booking.reference}/"
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert AccessLink.objects.get().subject_key == str(booking.pk)


def test_a_free_course_is_booked_without_paying(client: Client) -> None:
    session = make_session(course=make_course(price=0))
    come_to_check(client, session)
    page = client.get(check_url(session)).content.decode()
    assert "Confirm booking</button>" in page
    response = agree(client, session, "0.00")
    booking = Booking.objects.get()
    assert response.headers["Location"] == f"/bookings/{booking.reference}/"
    assert booking.status == Booking.Status.CONFIRMED
    assert Payment.objects.count() == 0


def test_the_page_shows_everything_once_more(client: Client) -> None:
    session = make_session(starts_at=clock.now() + timedelta(days=30))
    take_places(client, session, 3)
    name_people(client, session, coming="on")
    say_needs(client, session, **OWN_WORDS | {"you-own_words": "A <chair>"})
    page = client.get(check_url(session)).content.decode()
    for text in (
        "1. Hannah Okafor",
        "2. Name to follow",
        "A &lt;chair&gt;",
        "RN-2208",
        "Everyone else",
        "Total <strong>£270.00</strong> for 3 places, including £45.00 VAT.",
        "Swap a name free of charge, up to the morning of the course.",
        "Continue to payment</button>",
        '<a href="/terms/" target="_blank">',
    ):
        assert page.count(text) == 1, text
    for text in ("3 places at £75.00", "£225.00", "VAT at 20%"):
        assert page.count(text) == 2, text  # in the column beside it, and folded up on a phone
    assert "checked" not in page


def test_a_business_that_is_not_registered_shows_no_vat(client: Client) -> None:
    SupplierProfile.objects.create(version=2, legal_name="A small business", address="York", vat_registered=False)
    session = make_session()
    come_to_check(client, session)
    page = client.get(check_url(session)).content.decode()
    # As a word: the form's token is made of any letters.
    assert not re.search(r"\bVAT\b", page.partition("<footer")[0])
    assert "1 place at £90.00" in page


def test_without_the_tick_nothing_is_ordered(client: Client) -> None:
    session = make_session()
    come_to_check(client, session)
    unticked = {name: value for name, value in agreed(session).items() if name != "terms"}
    page = page_after(client, client.post(check_url(session), unticked))
    assert page.count("Tick the box to agree to the booking terms") == 2
    assert '<a href="#id_terms">' in page
    assert "<title>Error: Check your booking. Step 4 of 5" in page
    assert nothing_was_ordered()


@pytest.mark.parametrize("total", ["89.00", "", "NaN", "-1", "1e3", "x" * 9999, "Infinity", "90.00\0"])
def test_a_total_that_is_not_the_price_is_asked_for_again(client: Client, total: str) -> None:
    session = make_session()
    come_to_check(client, session)
    page = page_after(client, agree(client, session, total))
    assert "The price changed while you were booking. The total is now £90." in page
    assert "See all dates" not in page
    assert 'name="agreed_total" value="90.00"' in page
    assert "checked" not in page
    assert nothing_was_ordered()


def test_a_price_that_changes_meanwhile_is_shown_before_it_is_agreed_to(client: Client) -> None:
    session = make_session()
    come_to_check(client, session)
    CourseSession.objects.update(price=Decimal("95.00"))
    page = page_after(client, agree(client, session))
    assert "The total is now £95." in page
    # Told by focus as well: an alert that is there from the start is not read out.
    assert page.count('role="alert" tabindex="-1" autofocus') == page.count("autofocus") == 1
    assert nothing_was_ordered()
    assert agree(client, session, "95.00").status_code == 302


def test_the_same_press_twice_makes_one_order(client: Client) -> None:
    session = make_session()
    come_to_check(client, session)
    first = agree(client, session)
    del client.cookies["access"]
    second = agree(client, session)
    assert second.headers["Location"] == first.headers["Location"]
    assert second.cookies["access"].value == first.cookies["access"].value
    assert (Booking.objects.count(), Payment.objects.count(), Hold.objects.count()) == (1, 1, 1)


def test_going_back_after_ordering_finds_the_order(client: Client) -> None:
    session = make_session()
    come_to_check(client, session)
    agree(client, session)
    for url in (check_url(session), f"/sessions/{session.code}/book/people/"):
        page = client.get(url).content.decode()
        assert "<h1>You’ve placed this order</h1>" in page
        assert "hannah@example.org" not in page
    first = client.get(f"/sessions/{session.code}/book/").content.decode()
    assert "You’ve ordered places on this session already." in first
    client.post(f"/sessions/{session.code}/book/people/", {"first_name": "Someone else"})
    assert Hold.objects.get().draft == {}
    assert Booking.objects.count() == 1


def test_more_places_after_an_order_are_a_new_hold(client: Client) -> None:
    session = make_session()
    come_to_check(client, session)
    agree(client, session)
    take_places(client, session, 2)
    assert sorted(Hold.objects.values_list("places", flat=True)) == [1, 2]


def test_steps_cannot_be_skipped(client: Client) -> None:
    session = make_session()
    assert client.get(check_url(session)).headers["Location"] == f"/sessions/{session.code}/book/"
    assert agree(client, session).headers["Location"] == f"/sessions/{session.code}/book/"
    take_places(client, session)
    assert client.get(check_url(session)).headers["Location"] == f"/sessions/{session.code}/book/people/"
    assert agree(client, session).headers["Location"] == f"/sessions/{session.code}/book/people/"
    name_people(client, session, coming="on")
    assert client.get(check_url(session)).headers["Location"] == f"/sessions/{session.code}/book/requirements/"
    assert agree(client, session).headers["Location"] == f"/sessions/{session.code}/book/requirements/"
    assert nothing_was_ordered()


def test_a_lapsed_hold_is_ordered_when_there_is_room(client: Client) -> None:
    session = make_session(capacity=1)
    come_to_check(client, session)
    Hold.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert agree(client, session).status_code == 302
    assert Booking.objects.count() == 1


def test_a_lapsed_hold_whose_places_are_gone_orders_nothing(client: Client) -> None:
    session = make_session(capacity=1)
    come_to_check(client, session)
    Hold.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    rival = make_booking(session)
    page = page_after(client, agree(client, session))
    assert "That session just filled up. Your details are saved." in page
    assert list(Booking.objects.all()) == [rival]
    assert Hold.objects.get().draft["email"] == "hannah@example.org"


@pytest.mark.parametrize("minutes", [20, -1])
def test_a_session_cancelled_meanwhile_orders_nothing(client: Client, minutes: int) -> None:
    session = make_session()
    come_to_check(client, session)
    CourseSession.objects.update(status=CourseSession.Status.CANCELLED)
    Hold.objects.update(expires_at=clock.now() + timedelta(minutes=minutes))
    other = make_session(course=session.course)
    page = page_after(client, agree(client, session))
    assert "This session was cancelled. Your details are saved. Choose another date." in page
    assert f'name="session" value="{other.code}"' in page
    assert nothing_was_ordered()


def test_more_time_on_this_step(client: Client) -> None:
    session = make_session()
    come_to_check(client, session)
    response = client.post(check_url(session), {"extend": "1", "agreed_total": "90.00"})
    assert response.headers["Location"] == check_url(session)
    assert Hold.objects.get().extensions == 1
    assert nothing_was_ordered()
    Hold.objects.update(extensions=selectors.current_policy().max_extensions)
    page = page_after(client, client.post(check_url(session), {"extend": "1", "agreed_total": "90.00"}))
    assert "We can’t hold these places any longer than this." in page
