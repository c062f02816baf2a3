"""An address is put right: who reads the mailbox it used to be sees nothing any more, who reads the new one does."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from bookings.models import Booking, CourseSession
from communications.flows.delivering import deliver
from communications.flows.resending import send_once_more
from communications.mailbox import read
from communications.models import MailboxMessage, Message
from communications.services import delivery, links, outbox
from config.kernel import clock
from customers.models import AccessLink, Activity, PortalVisit
from customers.services import access
from tests.communications.builders import HANNAH, PRIYA, TOM, Book, Person
from tests.customers.signing import signed_in
from tests.factories import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mailbox")]

BOOKER, PLACE = 0, 1


@pytest.fixture
def booking(book: Book, make_session: Callable[..., CourseSession]) -> Booking:
    """Hannah's, for herself and Tom, on a course in a month."""
    return book([HANNAH, TOM], on=make_session(clock.london_today() + timedelta(days=30), code="M2QK7H"))


@pytest.fixture
def letters(booking: Booking) -> list[Message]:
    """The confirmation to Hannah and Tom's joining instructions, both gone."""
    queued = outbox.queue_booking_messages(booking=booking, invoice=None)
    for letter in queued:
        deliver(message_id=letter.pk)
        letter.refresh_from_db()
    return queued


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_staff(is_superuser=True))
    return client


def send_what_waits() -> None:
    """The copy of a confirmation would wait for its papers a moment."""
    waiting = Message.objects.get(state="queued")
    Message.objects.filter(pk=waiting.pk).update(send_after=clock.now())
    deliver(message_id=waiting.pk)


def mailed_link(address: str) -> str:
    """The path of the link in the newest letter to this address."""
    newest = next(box for box in MailboxMessage.objects.order_by("-id") if address in box.recipients)
    [path] = re.findall(r"http://testserver(/access/\S+/)", read(newest).text)
    return str(path)


def opened(path: str) -> tuple[Client, str]:
    """A browser in which a letter's link was opened, and the page that it leads to."""
    browser = Client()
    page = browser.post(path)["Location"]
    assert browser.get(page).status_code == 200
    return browser, page


@pytest.mark.parametrize("which, old", [(BOOKER, "hannah@example.org"), (PLACE, "tom@example.org")])
def test_the_old_letter_and_the_browser_it_was_opened_in_open_nothing(
    office: Client, letters: list[Message], which: int, old: str
) -> None:
    old_link, others_link = mailed_link(old), mailed_link(letters[1 - which].to_email)
    stranger, page = opened(old_link)
    office.post(f"/admin/communications/message/{letters[which].pk}/resend/", {"email": "mended@example.org"})
    assert stranger.get(page).status_code == 404
    assert Client().get(old_link).status_code == Client().post(old_link).status_code == 404
    send_what_waits()
    new_link = mailed_link("mended@example.org")
    assert new_link != old_link
    assert opened(new_link)[1] == page
    # What was sent to anybody else still opens.
    opened(others_link)


@pytest.mark.parametrize("which, old", [(BOOKER, "hannah@example.org"), (PLACE, "tom@example.org")])
def test_the_same_address_again_closes_nothing(office: Client, letters: list[Message], which: int, old: str) -> None:
    link = mailed_link(old)
    browser, page = opened(link)
    office.post(f"/admin/communications/message/{letters[which].pk}/resend/", {"email": old.upper()})
    send_what_waits()
    assert browser.get(page).status_code == 200
    assert mailed_link(old.upper()) == link


@pytest.mark.parametrize("in_hand", [False, True])
def test_a_letter_that_waited_meanwhile_goes_to_the_new_address(booking: Booking, in_hand: bool) -> None:
    confirmation, joining = outbox.queue_booking_messages(booking=booking, invoice=None)
    deliver(message_id=joining.pk)
    copy = outbox.resend(message=joining)
    Message.objects.filter(pk=joining.pk).update(state="bounced")
    if in_hand:
        assert delivery.claim(message_id=copy.pk) is not None
    send_once_more(message_id=joining.pk, email="mended@example.org")
    message, link = links.ready_to_send(message=copy)
    assert link is not None
    assert (message.to_email, message.to_name) == ("mended@example.org", "Tom Ackroyd")
    assert access.find_live_link(access.link_token(link)) == link
    assert AccessLink.objects.filter(purpose="attendee", revoked_at=None).count() == 1
    copy.refresh_from_db()
    confirmation.refresh_from_db()
    assert (copy.to_email, confirmation.to_email) == ("mended@example.org", "hannah@example.org")


def test_who_shares_the_bookers_mailbox_moves_along(
    book: Book, office: Client, make_session: Callable[..., CourseSession]
) -> None:
    child = Person("Ada", "Okafor", "Hannah@Example.org")
    booking = book([HANNAH, child, TOM], on=make_session(clock.london_today() + timedelta(days=30), code="M2QK7H"))
    letter = outbox.queue_booking_messages(booking=booking, invoice=None)[0]
    Message.objects.filter(pk=letter.pk).update(state="bounced")
    answer = office.post(f"/admin/communications/message/{letter.pk}/resend/", {"email": "mended@example.org"})
    emails = list(booking.attendees.order_by("position").values_list("email", flat=True))
    assert emails == ["mended@example.org", "mended@example.org", "tom@example.org"]
    # The address by which she signs in is another matter, and the office is told so.
    [_sent, told] = map(str, get_messages(answer.wsgi_request))
    assert told == (
        "The address hannah@example.org still signs in as Hannah Okafor. "
        f'<a href="/admin/customers/user/{booking.customer_id}/change/">Put it right on their page as well</a>.'
    )


def test_a_letter_to_pass_on_goes_by_the_bookers_address(
    book: Book, office: Client, make_session: Callable[..., CourseSession]
) -> None:
    booking = book([HANNAH, PRIYA], on=make_session(clock.london_today() + timedelta(days=30), code="M2QK7H"))
    confirmation, passed_on = outbox.queue_booking_messages(booking=booking, invoice=None)
    deliver(message_id=confirmation.pk)
    Message.objects.filter(pk=passed_on.pk).update(state="bounced")
    page = f"/admin/communications/message/{passed_on.pk}/resend/"
    assert "later letters about this booking go there too" in office.get(page).content.decode()
    office.post(page, {"email": "mended@example.org"})
    booking.refresh_from_db()
    assert (booking.contact_email, booking.attendees.get(position=2).email) == ("mended@example.org", "")
    send_what_waits()
    newest = MailboxMessage.objects.latest("id")
    assert (newest.recipients, "/access/" in read(newest).text) == ("Hannah Okafor <mended@example.org>", False)
    # Only the confirmation had a link, which is closed.
    assert [link.revoked_at is None for link in AccessLink.objects.all()] == [False]


@pytest.mark.parametrize("typed", ["hannah@example.org", ""])
def test_a_customers_address_takes_its_bookings_along(
    office: Client, booking: Booking, letters: list[Message], typed: str
) -> None:
    Booking.objects.update(contact_email=typed)
    stranger, page = opened(mailed_link("hannah@example.org"))
    signed = signed_in(booking.customer)
    assert signed.get("/my/").status_code == 200
    form = {"kind": "customer", "email": "mended@example.org", "first_name": "Hannah", "last_name": "Okafor"}
    form |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    answer = office.post(f"/admin/customers/user/{booking.customer_id}/change/", form)
    assert answer.status_code == 302
    assert stranger.get(page).status_code == 404
    assert signed.get("/my/").status_code == 302
    booking.refresh_from_db()
    assert booking.contact_email == ("mended@example.org" if typed else "")
    assert booking.attendees.get(position=1).email == "mended@example.org"
    assert "Letters about 1 booking go to the new address" in str(next(iter(get_messages(answer.wsgi_request))))
    copy = outbox.resend(message=letters[BOOKER])
    deliver(message_id=copy.pk)
    assert opened(mailed_link("mended@example.org"))[1] == page


def test_a_customers_other_details_and_bookings_for_other_addresses_stay(
    office: Client, booking: Booking, letters: list[Message]
) -> None:
    Booking.objects.update(contact_email="work@example.org")
    browser, page = opened(mailed_link("hannah@example.org"))
    signed = signed_in(booking.customer)
    form = {"kind": "customer", "email": "Hannah@example.org", "first_name": "Hannah", "last_name": "Okafor-Lee"}
    form |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    change = f"/admin/customers/user/{booking.customer_id}/change/"
    assert office.post(change, form).status_code == 302
    assert signed.get("/my/").status_code == 200
    assert office.post(change, form | {"email": "mended@example.org"}).status_code == 302
    assert PortalVisit.objects.filter(ended_at=None).count() == 0
    assert browser.get(page).status_code == 200
    booking.refresh_from_db()
    assert booking.contact_email == "work@example.org"
    assert not Activity.objects.filter(kind="address_mended").exists()
