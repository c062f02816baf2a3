"""A letter on its page, and sending it once more."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communications.models import Message, MessageEvent
from communications.services import outbox
from communications.services.resending import why_not_again
from communications.services.sign_in_letters import queue_sign_in
from customers.models import Activity, User
from customers.services import signing_in
from tests.communications.builders import HANNAH, TOM, Book

pytestmark = pytest.mark.django_db

AGAIN = "send_message_again"


@pytest.fixture
def staff(client: Client) -> Callable[..., Client]:
    """A member of staff with these permissions, logged in."""

    def log_in(*permissions: str) -> Client:
        user = User.objects.create_user("office@example.org", kind=User.Kind.ADMIN, is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def letters(book: Book) -> list[Message]:
    """The confirmation to Hannah and Tom's joining instructions, both sent."""
    messages = outbox.queue_booking_messages(booking=book([HANNAH, TOM]), invoice=None)
    html = '<p onclick="x()">Hello <img src="cid:mark@letter"></p><script>alert(1)</script>'
    Message.objects.update(state="sent", subject="You’re <b>booked</b>", body_text="Hello <b>you</b>", body_html=html)
    for message in messages:
        message.refresh_from_db()
    return messages


def page(name: str, message: Message) -> str:
    return reverse(f"admin:communications_message_{name}", args=[message.pk])


def said(answer: Any) -> list[str]:
    return [str(note) for note in get_messages(answer.wsgi_request)]


def test_the_letter_stands_in_a_frame_of_its_own(staff: Callable[..., Client], letters: list[Message]) -> None:
    client = staff("view_message")
    shown = client.get(page("page", letters[0]))
    text = shown.content.decode()
    assert f'src="{page("letter", letters[0])}" sandbox=""' in text
    assert "You’re &lt;b&gt;booked&lt;/b&gt;" in text
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in text
    assert "alert(1)" not in text
    assert "frame-src 'self'" in shown["Content-Security-Policy"]
    assert page("resend", letters[0]) not in text
    framed = client.get(page("letter", letters[0]))
    policy = framed["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'self'", "sandbox", "img-src data:"} <= set(policy)
    assert not [rule for rule in policy if rule.startswith("script-src")]
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert 'src="data:image/png;base64,' in framed.content.decode()


def test_what_was_not_written_yet_has_no_frame(staff: Callable[..., Client], book: Book) -> None:
    [message] = outbox.queue_booking_messages(booking=book(), invoice=None)
    client = staff("view_message")
    assert "It is written when it is sent" in client.get(page("page", message)).content.decode()
    assert client.get(page("letter", message)).status_code == 404


def test_what_became_of_it_is_said_in_words(staff: Callable[..., Client], letters: list[Message]) -> None:
    client = staff("view_message", AGAIN)
    for state in Message.State.values:
        Message.objects.filter(pk=letters[0].pk).update(state=state, last_error="The mail server refused us (550).")
        assert client.get(page("page", letters[0])).status_code == 200
    Message.objects.filter(pk=letters[0].pk).update(state="failed")
    text = client.get(page("page", letters[0])).content.decode()
    assert "It could not be sent, and is not tried again by itself." in text
    assert "The mail server refused us (550)." in text
    assert page("resend", letters[0]) in text


def test_it_costs_the_same_whatever_happened(staff: Callable[..., Client], letters: list[Message]) -> None:
    client = staff("view_message")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(page("page", letters[0]))
        return len(captured)

    queries()
    before = queries()
    MessageEvent.objects.bulk_create(MessageEvent(message=letters[0], kind="put back") for _ in range(3))
    assert queries() == before


@pytest.mark.parametrize("name, needed", [("page", "view_message"), ("letter", "view_message"), ("resend", AGAIN)])
def test_each_page_asks_for_its_right(
    staff: Callable[..., Client], letters: list[Message], name: str, needed: str
) -> None:
    client = staff(*({"view_message", AGAIN, "change_booking"} - {needed}))
    assert client.get(page(name, letters[0])).status_code == 403
    assert client.post(page(name, letters[0]), {"email": "x@example.org"}).status_code in (403, 405)
    assert Message.objects.count() == 2


def test_a_copy_goes_to_the_address_on_record(staff: Callable[..., Client], letters: list[Message]) -> None:
    client = staff("view_message", AGAIN)
    text = client.get(page("resend", letters[0])).content.decode()
    assert "It goes to <b>hannah@example.org</b>." in text
    # Without the right to change bookings an address that was sent along counts for nothing.
    answer = client.post(page("resend", letters[0]), {"email": "thief@example.org"})
    copy = Message.objects.get(state="queued")
    assert (answer["Location"], copy.to_email) == (page("page", copy), "hannah@example.org")
    assert said(answer) == ["It goes again as a new letter, to hannah@example.org."]
    # The second press finds the one that waits.
    client.post(page("resend", letters[0]))
    assert Message.objects.count() == 3


@pytest.mark.parametrize("which, right", [(0, "change_booking"), (1, "change_attendee")])
def test_an_address_is_put_right_and_the_letter_goes_there(
    staff: Callable[..., Client], letters: list[Message], which: int, right: str
) -> None:
    client, message = staff("view_message", AGAIN, right), letters[which]
    wrong = client.post(page("resend", message), {"email": "no address"})
    assert wrong.context["form"].errors["email"] == ["Enter an email address like name@example.com"]
    assert Message.objects.count() == 2
    client.post(page("resend", message), {"email": "mended@example.org"})
    assert Message.objects.get(state="queued").to_email == "mended@example.org"
    assert message.booking is not None
    message.booking.refresh_from_db()
    tom = message.booking.attendees.get(position=2)
    assert (message.booking.contact_email, tom.email) == (
        ("mended@example.org", "tom@example.org") if which == 0 else ("hannah@example.org", "mended@example.org")
    )
    assert Activity.objects.filter(kind="address_mended").count() == 1
    # The same address again changes nothing, and writes nothing down.
    Message.objects.update(state="sent")
    client.post(page("resend", message), {"email": "mended@example.org"})
    assert Activity.objects.filter(kind="address_mended").count() == 1


def test_a_failed_letter_goes_itself_to_the_mended_address(
    staff: Callable[..., Client], letters: list[Message]
) -> None:
    Message.objects.filter(pk=letters[0].pk).update(state="failed", attempts=8)
    client = staff("view_message", AGAIN, "change_booking")
    answer = client.post(page("resend", letters[0]), {"email": "mended@example.org"})
    letters[0].refresh_from_db()
    assert (letters[0].state, letters[0].to_email, letters[0].attempts) == ("queued", "mended@example.org", 0)
    assert said(answer) == [
        "It is in the queue again, to mended@example.org.",
        "The address hannah@example.org still signs in as Hannah Okafor.",
    ]
    assert Message.objects.count() == 2


def test_what_is_not_so_any_more_does_not_go_again(staff: Callable[..., Client], letters: list[Message]) -> None:
    client = staff("view_message", AGAIN)
    booking = letters[0].booking
    assert booking is not None
    booking.status, booking.cancelled_at = "cancelled", booking.created_at
    booking.save()
    sentence = "What it says is not so any more: the booking is not confirmed."
    assert sentence in client.get(page("resend", letters[0])).content.decode()
    assert said(client.post(page("resend", letters[0]))) == [f"Nothing was sent. {sentence}"]
    assert Message.objects.count() == 2


def test_why_a_letter_may_not_go_again(book: Book) -> None:
    [queued] = outbox.queue_booking_messages(booking=book(), invoice=None)
    assert why_not_again(queued).startswith("It is on its way.")
    link = Message(kind=Message.Kind.PAYMENT_LINK, state="sent", booking=book())
    assert why_not_again(link) == "There is nothing to pay any more."
    asked = signing_in.ask(email="hannah@example.org")
    sign_in = queue_sign_in(request=asked, user=None, email="hannah@example.org", name="")
    sign_in.state = Message.State.SENT
    assert why_not_again(sign_in) == ""
    sign_in.sign_in = None
    assert why_not_again(sign_in).startswith("The request that it answers is too old.")
