"""The press that books for somebody: what it makes, what it asks for first, and what it refuses."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Attendee, Booking
from communications.models import Message
from config.kernel import clock
from customers.models import Membership, Organisation
from tests.bookings.office_desk import URL, chosen, sit_down, typed
from tests.factories import make_booking, make_session, make_staff, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    sit_down(client)
    return client


def problems(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    assert not answer.context["form"].is_valid()
    return dict(answer.context["form"].errors)


def test_one_press_books_and_says_what_follows(client: Client) -> None:
    jas, office, session = sit_down(client), client, make_session()
    names = "Tom Ackroyd, tom@example.org\n\nPriya Sharma <priya@example.org>;"
    answer = office.post(URL, typed(session, coming="on", names=names, notes="Ring before ten."), follow=True)

    booking = Booking.objects.get()
    assert answer.redirect_chain == [(reverse("admin:bookings_booking_page", args=[booking.pk]), 302)]
    (said,) = answer.context["messages"]
    assert str(said).startswith(
        f"{booking.reference} is made, and a payment link for £270.00 is on its way to hannah@example.org."
    )
    assert [(one.full_name, one.email, one.is_booker) for one in Attendee.objects.order_by("position")] == [
        ("Hannah Okafor", "hannah@example.org", True),
        ("Tom Ackroyd", "tom@example.org", False),
        ("Priya Sharma", "priya@example.org", False),
    ]
    assert (booking.created_by, booking.source, booking.notes) == (jas, "phone", "Ring before ten.")

    again = office.post(URL, typed(session), follow=True)
    assert [str(said) for said in again.context["messages"]] == [
        f"This form was sent before. {booking.reference} is the booking it made."
    ]
    assert (Booking.objects.count(), Message.objects.count()) == (1, 1)


def test_everything_that_is_missing_is_said_at_once_and_nothing_is_lost(office: Client) -> None:
    answer = office.post(URL, {"book": "1", "places": "100", "names": "tom@", "notes": "Kept.", "source": "fax"})
    assert problems(answer) == {
        "first_name": ["Enter a first name"],
        "last_name": ["Enter a last name"],
        "session": ["Choose a session"],
        "places": ["Enter how many people are coming, from 1 to 99"],
        "names": ["Line 1: enter an email address like name@example.com"],
        "source": ["Choose how they booked"],
        "purpose": ["Choose whether this is for themselves or for work"],
        "terms": ["Tick the box once they agree to the booking terms"],
    }
    page = answer.content.decode()
    assert "Kept." in page
    assert "<title>Error:" in page
    assert 'href="#id_purpose_0"' in page
    assert not Booking.objects.exists()


TOO_MANY = "There are 4 people for 3 places. Book more, or take somebody out"
EARLY = "Tick the box once they ask us to hold the course before their 14 days are over"


@pytest.mark.parametrize(
    "wrong, field, sentence",
    [
        ({"email": None}, "email", "Enter an email address, or untick “Email a payment link now”"),
        ({"coming": "on", "names": "A B\nC D\nE F"}, "names", TOO_MANY),
        ({"purpose": "self"}, "early_start", EARLY),
        ({"organisation": "0"}, "organisation", "Choose an organisation they belong to"),
        ({"notes": "a\0b"}, "notes", "Type this again: it holds characters that we can’t store"),
        ({"session": "x~1"}, "session", "Choose a session that can still be booked"),
        ({"session": None}, "session", "Choose a session"),
        ({"places": "4"}, "session", "Only 3 are left. Choose another session, or book fewer"),
        ({"names": "x" * 151}, "names", "Line 1: shorten this name"),
    ],
)
def test_each_mistake_is_said_at_its_field(office: Client, wrong: dict[str, Any], field: str, sentence: str) -> None:
    session = make_session(starts_at=clock.now() + timedelta(days=5), capacity=3)
    assert problems(office.post(URL, typed(session, **wrong))) == {field: [sentence]}
    assert not Booking.objects.exists()


def test_another_price_than_was_told_is_shown_before_it_is_booked(office: Client) -> None:
    session = make_session()
    answer = office.post(URL, typed(session, session=f"{session.pk}~80.00"))
    assert problems(answer) == {"session": ["The price changed: it’s now £90 a place. Tell them before you book"]}
    assert f'value="{session.pk}~90.00" selected' in answer.content.decode()


def test_who_may_be_known_is_named_and_somebody_new_needs_a_tick(office: Client) -> None:
    session = make_session()
    alike = make_user("h.okafor@work.example")
    answer = office.post(URL, typed(session))
    assert list(problems(answer)) == ["is_somebody_new"]
    assert answer.context["people"] == [alike]
    assert reverse("admin:customers_user_page", args=[alike.pk]) in answer.content.decode()
    assert office.post(URL, typed(session, is_somebody_new="on")).status_code == 302
    assert Booking.objects.get().customer != alike


def test_an_address_under_another_name_needs_a_tick(office: Client) -> None:
    session, hannah = make_session(), make_user("hannah@example.org")
    answer = office.post(URL, typed(session, first_name="Ada", last_name="Byron"))
    asks = "hannah@example.org is Hannah Okafor’s address. Choose them, or tick the box to go on"
    assert problems(answer) == {"is_somebody_new": [asks]}
    office.post(URL, typed(session, first_name="Ada", last_name="Byron", is_somebody_new="on"))
    booking = Booking.objects.get()
    assert (booking.customer, booking.contact_name) == (hannah, "Ada Byron")


def test_the_same_session_again_is_named_and_needs_a_tick(office: Client) -> None:
    session, hannah = make_session(), make_user("hannah@example.org")
    there = make_booking(session, customer=hannah)
    answer = office.post(URL, chosen(session, hannah))
    asks = f"Hannah Okafor is booked on this session: {there.reference}. Tick the box to book it again"
    assert problems(answer) == {"again": [asks]}
    # It is said as soon as the session is chosen.
    part = office.post(URL, {"customer": hannah.pk, "session": f"{session.pk}~90.00", "part": "again"})
    assert there.reference in part.content.decode()
    assert reverse("admin:bookings_booking_page", args=[there.pk]) in answer.content.decode()
    assert office.post(URL, chosen(session, hannah, again="on")).status_code == 302
    assert Booking.objects.count() == 2


def test_an_organisation_of_theirs_is_invoiced_and_may_want_its_number(office: Client) -> None:
    session, hannah = make_session(), make_user("hannah@example.org", company="Old Ltd")
    mine = Organisation.objects.create(name="Rylstone Nursery", billing_address="1 Mill Lane", po_required=True)
    left = Organisation.objects.create(name="Left Ltd")
    Membership.objects.create(user=hannah, organisation=mine)
    Membership.objects.create(user=hannah, organisation=left, ended_on=clock.london_today())
    page = office.get(URL, {"customer": str(hannah.pk)})
    assert page.context["form"]["organisation"].value() == mine.pk
    said = chosen(session, hannah, organisation=str(mine.pk))
    assert problems(office.post(URL, said)) == {"po_number": ["Rylstone Nursery needs a PO number on every booking"]}
    assert list(problems(office.post(URL, said | {"organisation": str(left.pk)}))) == ["organisation"]
    office.post(URL, said | {"po_number": "PO 7"})
    booking = Booking.objects.get()
    assert (booking.organisation, booking.company, booking.billing_address) == (mine, "Rylstone Nursery", "1 Mill Lane")


def test_going_over_capacity_takes_the_right_and_a_reason(office: Client, client: Client) -> None:
    session = make_session(capacity=1)
    beyond = {"exceed": "on", "exceed_because": "There are more chairs"}
    refused = office.post(URL, typed(session, **beyond))
    assert problems(refused) == {"session": ["Only 1 place is left. Choose another session, or book fewer"]}

    rights = ("bookings.add_booking", "bookings.view_booking", "bookings.exceed_capacity")
    client.force_login(make_staff(*rights, first_name="Ines"))
    asked = client.post(URL, typed(session, exceed="on"))
    assert problems(asked) == {"exceed_because": ["Say why this session may hold more people than it has places"]}
    assert list(problems(client.post(URL, typed(session)))) == ["session"]
    assert client.post(URL, typed(session, **beyond)).status_code == 302
    assert Booking.objects.get().notes == "2 over capacity: There are more chairs"


def test_a_free_course_is_booked_at_once(office: Client) -> None:
    session = make_session(price=Decimal("0.00"))
    answer = office.post(URL, typed(session, email=None), follow=True)
    booking = Booking.objects.get()
    assert booking.status == Booking.Status.CONFIRMED
    assert [str(said) for said in answer.context["messages"]] == [
        f"{booking.reference} is booked. The course is free, so there is nothing to pay."
    ]


def test_an_address_that_is_somebody_elses_is_refused_at_its_field(office: Client) -> None:
    make_user("hannah@example.org")
    answer = office.post(URL, chosen(make_session(), make_user(""), email="hannah@example.org"))
    assert problems(answer) == {"email": ["Somebody else has this address. Choose them above, or type another address"]}
    assert not Booking.objects.exists()
