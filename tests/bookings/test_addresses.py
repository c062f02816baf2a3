"""Putting addresses right: what moves along, and which links close."""

from datetime import timedelta

import pytest

from bookings.models import Booking
from bookings.services.addresses import follow_customer, mend_contact_email, mend_place_email
from config.kernel import clock
from customers.models import AccessLink, Activity
from customers.services import access
from tests.factories import make_booking, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking() -> Booking:
    """Hannah's, for Tom, with a link to each in some letter."""
    booking = make_booking(
        customer=make_user("hannah@example.org"),
        contact_email="hannah@example.org",
        people=[("Tom", "Ackroyd", "tom@example.org")],
    )
    soon = clock.now() + timedelta(days=1)
    for purpose, key in [("booking", booking.pk), ("attendee", booking.attendees.get().pk)]:
        access.make_access_link(purpose=AccessLink.Purpose(purpose), subject_key=str(key), expires_at=soon)
    return booking


def still_open() -> list[str]:
    return sorted(AccessLink.objects.filter(revoked_at=None).values_list("purpose", flat=True))


def test_each_address_closes_its_own_links(booking: Booking) -> None:
    mend_place_email(booking=booking, attendee_id=booking.attendees.get().pk, email="tom@mended.example")
    assert still_open() == ["booking"]
    mend_contact_email(booking=booking, email="hannah@mended.example")
    assert still_open() == []
    lines = Activity.objects.filter(user=booking.customer, kind="address_mended").order_by("id")
    assert list(lines.values_list("summary", flat=True)) == [
        f"Booking {booking.reference}: the email address of a person was put right",
        f"Booking {booking.reference}: the email address of who booked was put right",
    ]


def test_another_spelling_closes_none(booking: Booking) -> None:
    assert mend_place_email(booking=booking, attendee_id=booking.attendees.get().pk, email="Tom@Example.org") is True
    assert mend_contact_email(booking=booking, email="Hannah@Example.org") is True
    assert still_open() == ["attendee", "booking"]


def test_a_first_address_closes_none() -> None:
    booking = make_booking(customer=make_user(""), contact_email="", people=[("Hannah", "Okafor", "")])
    access.make_access_link(
        purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk), expires_at=clock.now() + timedelta(days=1)
    )
    assert mend_contact_email(booking=booking, email="hannah@example.org") is True
    assert (still_open(), booking.attendees.get().email) == (["booking"], "")


@pytest.mark.parametrize(
    "typed, follows, kept, left",
    [
        ("Hannah@example.org", True, "new@example.org", ["attendee"]),
        ("", True, "", ["attendee"]),
        ("work@example.org", False, "work@example.org", ["attendee", "booking"]),
    ],
)
def test_a_booking_follows_its_customer_where_its_letters_went(
    booking: Booking, typed: str, follows: bool, kept: str, left: list[str]
) -> None:
    booking.contact_email = typed
    assert follow_customer(booking=booking, before="hannah@example.org", email="new@example.org") is follows
    assert (booking.contact_email, still_open()) == (kept, left)
