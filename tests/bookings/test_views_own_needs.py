"""A booker who comes too: taking back what they said from their booking, and the way to see and change it."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Attendee, Booking, CourseSession, SpecialRequirement
from bookings.services.requirements import Needs, OwnWords, add_own_requirement, record_requirements
from communications.models import Message
from config.kernel import clock
from customers.models import AccessLink, Activity, SignInRequest, User
from customers.services import access
from tests.architecture.rights_world import fingerprint
from tests.customers.signing import answer_all, link_for, signed_in
from tests.factories import make_booking, make_user, offer_first_templates

pytestmark = pytest.mark.django_db

SENTINEL = "sentinel-left-knee"
ON_RECORD = "You told us what would help you, and it’s on record."
NOTHING = "Nothing is on record about what would help you."
REMOVE = "Remove what’s on record"
SIGN_IN = "Email me a sign-in link"
LINK = "See, change or take back what you told us would help you"


@pytest.fixture
def hannah() -> User:
    return make_user("hannah@example.org", first_name="Hannah")


@pytest.fixture
def booking(hannah: User) -> Booking:
    """Hannah booked for herself and Tom. She ticked and wrote something, and he told us something of himself."""
    offer_first_templates()
    booking = make_booking(
        customer=hannah,
        people=[("Hannah", "Okafor", "hannah@example.org"), ("Tom", "Ackroyd", "tom@example.org")],
        contact_email="hannah@example.org",
    )
    booking.attendees.filter(position=1).update(is_booker=True)
    her_words = Needs(("large-print",), OwnWords(SENTINEL, "1"))
    record_requirements(booking=booking, needs=[(own_place(booking), her_words)], now=clock.now())
    add_own_requirement(attendee_id=booking.attendees.get(position=2).pk, needs=Needs(("quiet-room",)))
    return booking


@pytest.fixture
def by_link(client: Client, booking: Booking) -> Client:
    """A browser with the link to the booking, whoever sits there."""
    soon = clock.now() + timedelta(days=1)
    link = access.make_access_link(purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk), expires_at=soon)
    assert client.post(f"/access/{access.link_token(link)}/").status_code == 302
    return client


def own_place(booking: Booking) -> Attendee:
    return booking.attendees.get(position=1)


def url(booking: Booking, below: str = "taking-part/") -> str:
    return f"/bookings/{booking.reference}/{below}"


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    return response.content.decode()


def test_the_booking_leads_to_what_is_on_record_without_saying_what(by_link: Client, booking: Booking) -> None:
    assert f'href="{url(booking)}">{LINK}</a>' in page(by_link, url(booking, ""))
    shown = page(by_link, url(booking))
    assert (ON_RECORD in shown, REMOVE in shown, SIGN_IN in shown) == (True, True, True)
    for said in (SENTINEL, "Large print", "large-print", "quiet", "Tom"):
        assert said not in shown
    assert f"/places/{own_place(booking).pk}/" not in shown


def test_one_press_takes_back_ones_own_and_nobody_elses(by_link: Client, booking: Booking) -> None:
    response = by_link.post(url(booking), {"remove": "1"})
    assert response.headers["Location"] == url(booking)
    assert [one.attendee.first_name for one in SpecialRequirement.objects.all()] == ["Tom"]
    assert Activity.objects.filter(summary="Hannah Okafor took back what would help them").count() == 1
    shown = page(by_link, url(booking))
    assert (NOTHING in shown, REMOVE in shown, SIGN_IN in shown) == (True, False, True)
    assert "Tell us what would help you take part</a>" in page(by_link, url(booking, ""))
    # Pressed twice, as a second tab does.
    assert by_link.post(url(booking), {"remove": "1"}).status_code == 302
    assert SpecialRequirement.objects.count() == 1


def test_who_signs_in_from_there_sees_and_changes_it(by_link: Client, booking: Booking) -> None:
    """The whole way: the press, the letter to the booker's own address, the booking, the place."""
    shown = page(by_link, url(booking))
    assert '<form method="post" action="/my/sign-in/">' in shown
    assert '<input type="hidden" name="email" value="hannah@example.org">' in shown
    asked = by_link.post("/my/sign-in/", {"email": "hannah@example.org"})
    assert asked.headers["Location"] == "/my/sign-in/sent/"
    assert answer_all() == [SignInRequest.Answer.MAILED]
    assert Message.objects.get(kind=Message.Kind.SIGN_IN).to_email == "hannah@example.org"
    by_link.post(link_for("hannah@example.org"))

    place = f"/places/{own_place(booking).pk}/"
    assert by_link.get(url(booking)).headers["Location"] == f"{place}#helps"
    shown = page(by_link, place)
    assert ("Large print handouts" in shown, "We have what you wrote, too." in shown, SENTINEL in shown) == (
        True,
        True,
        False,
    )
    assert by_link.post(place, {"adjustments": ["quiet-room"]}).status_code == 302
    assert SpecialRequirement.objects.get(attendee=own_place(booking)).slugs == ("quiet-room",)
    assert by_link.post(place, {"remove": "1"}).status_code == 302
    assert not SpecialRequirement.objects.filter(attendee=own_place(booking)).exists()


def test_another_visitor_with_a_link_that_was_passed_on_is_not_led_on(by_link: Client, booking: Booking) -> None:
    by_link.cookies |= signed_in(make_user("tom@example.org")).cookies
    assert ON_RECORD in page(by_link, url(booking))
    assert by_link.get(f"/places/{own_place(booking).pk}/").status_code == 404


@pytest.mark.parametrize("how", ["stranger", "another customer", "a colleague on it"])
def test_nobody_else_comes_there_or_takes_anything_back(booking: Booking, how: str) -> None:
    browser = Client()
    if how != "stranger":
        browser = signed_in(make_user("tom@example.org" if "colleague" in how else "jo@example.org"))
    before = fingerprint()
    assert browser.get(url(booking)).status_code == 404
    assert browser.post(url(booking), {"remove": "1"}).status_code == 404
    assert fingerprint() == before


def test_a_booker_who_does_not_come_has_nothing_there(by_link: Client, booking: Booking) -> None:
    booking.attendees.update(is_booker=False)
    before = fingerprint()
    assert by_link.get(url(booking)).status_code == 404
    assert by_link.post(url(booking), {"remove": "1"}).status_code == 404
    assert fingerprint() == before
    assert "taking-part" not in page(by_link, url(booking, ""))


@pytest.mark.parametrize(
    "fields",
    [{"contact_email": "hanna@example.org"}, {"confirmed_at": None, "status": Booking.Status.PENDING}],
)
def test_no_letter_is_offered_that_leads_nowhere_or_to_another_mailbox(
    by_link: Client, booking: Booking, fields: dict[str, object]
) -> None:
    Booking.objects.update(**fields)
    shown = page(by_link, url(booking))
    assert (SIGN_IN in shown, "hannah@example.org" in shown, REMOVE in shown) == (False, False, True)
    assert "and give your reference" in shown


def test_it_can_be_taken_back_after_the_course_when_nothing_can_be_said_any_more(
    by_link: Client, booking: Booking
) -> None:
    CourseSession.objects.update(starts_at=clock.now() - timedelta(hours=8), ends_at=clock.now() - timedelta(hours=1))
    assert LINK in page(by_link, url(booking, ""))
    assert "You can tell us again" not in page(by_link, url(booking))
    by_link.post(url(booking), {"remove": "1"})
    shown = page(by_link, url(booking))
    assert (NOTHING in shown, SIGN_IN in shown) == (True, False)
    assert "taking-part" not in page(by_link, url(booking, ""))


def test_its_cost_and_the_bookings(
    by_link: Client, booking: Booking, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """No text is read for either: the booking knows from what it reads of its people."""
    with django_assert_num_queries(2):
        by_link.get(url(booking))
    with django_assert_num_queries(6):
        by_link.get(url(booking, ""))
