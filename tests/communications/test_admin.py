"""Messages in the office: found, read, sent again, never edited."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from communications.models import Message
from communications.services import outbox
from customers.models import User
from tests.communications.builders import HANNAH, TOM, Book, issue

pytestmark = pytest.mark.django_db

LIST = "admin:communications_message_changelist"
PAGE = "admin:communications_message_change"
SEND = "admin:communications_message_send"


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
def message(book: Book) -> Message:
    return outbox.queue_booking_messages(booking=book(), invoice=None)[0]


def test_a_message_is_shown_and_cannot_be_edited(staff: Callable[..., Client], message: Message) -> None:
    Message.objects.update(state="sent", subject="A subject", body_text="Some <b>text</b>", body_html="<p>Unseen</p>")
    client = staff("view_message", "view_messageevent", "change_message", "delete_message", "add_message")
    page = client.get(reverse(PAGE, args=[message.pk])).content.decode()
    assert "<pre>Some &lt;b&gt;text&lt;/b&gt;</pre>" in page
    assert "Unseen" not in page
    assert "Send again" not in page
    assert "_save" not in page
    assert client.post(reverse(PAGE, args=[message.pk]), {"subject": "Another"}).status_code == 403
    assert client.get(reverse("admin:communications_message_add")).status_code == 403
    assert client.post(reverse("admin:communications_message_delete", args=[message.pk])).status_code == 403
    message.refresh_from_db()
    assert message.subject == "A subject"


def test_a_message_not_written_yet_says_so(staff: Callable[..., Client], message: Message) -> None:
    page = staff("view_message").get(reverse(PAGE, args=[message.pk])).content.decode()
    assert "It is written when it is sent." in page


def test_messages_are_found_by_address_name_reference_and_invoice(staff: Callable[..., Client], book: Book) -> None:
    booking, other = book([HANNAH, TOM]), book()
    invoice = issue(booking)
    confirmation, joining = outbox.queue_booking_messages(booking=booking, invoice=None)
    outbox.queue_booking_messages(booking=other, invoice=None)
    follow_up = outbox.queue_invoice_follow_up(invoice=invoice)
    client = staff("view_message")

    def found(text: str) -> set[object]:
        return set(client.get(reverse(LIST), {"q": text}).context["cl"].queryset)

    assert found("tom@example") == {joining}
    assert found("ackroyd") == {joining}
    assert found(booking.reference.lower().replace("-", " ")) == {confirmation, joining, follow_up}
    assert found(invoice.number) == {follow_up}
    assert len(found(" ")) == 4


def test_the_list_costs_the_same_for_one_message_and_for_three(
    staff: Callable[..., Client], book: Book, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = staff("view_message")
    for _ in range(3):
        outbox.queue_booking_messages(booking=book(), invoice=None)
        # Session, person, permissions (two), keys, rows.
        with django_assert_num_queries(6):
            assert client.get(reverse(LIST)).status_code == 200


def test_failed_messages_are_sent_again_from_the_list(staff: Callable[..., Client], book: Book) -> None:
    messages = [outbox.queue_booking_messages(booking=book(), invoice=None)[0] for _ in range(3)]
    Message.objects.filter(pk__in=[m.pk for m in messages[:2]]).update(state="failed", attempts=8)
    Message.objects.filter(pk=messages[2].pk).update(state="sent")
    client = staff("view_message", "send_message_again")
    data = {"action": "send_failed_again", "_selected_action": [str(m.pk) for m in messages]}
    response = client.post(reverse(LIST), data, follow=True)
    assert [str(note) for note in response.context["messages"]] == [
        "Sending again: 2 of 3.",
        "Left alone, because they have not failed: 1.",
    ]
    assert [Message.objects.get(pk=m.pk).state for m in messages] == ["queued", "queued", "sent"]


@pytest.mark.parametrize(
    "states, notes",
    [
        (["failed"], ["Sending again: 1 of 1."]),
        (["sent"], ["Left alone, because they have not failed: 1."]),
    ],
)
def test_the_list_says_only_what_happened(
    staff: Callable[..., Client], message: Message, states: list[str], notes: list[str]
) -> None:
    Message.objects.update(state=states[0])
    data = {"action": "send_failed_again", "_selected_action": [str(message.pk)]}
    response = staff("view_message", "send_message_again").post(reverse(LIST), data, follow=True)
    assert [str(note) for note in response.context["messages"]] == notes


def test_the_button_tries_a_failed_message_again(staff: Callable[..., Client], message: Message) -> None:
    Message.objects.update(state="failed", attempts=8)
    client = staff("view_message", "send_message_again")
    assert "Send again" in client.get(reverse(PAGE, args=[message.pk])).content.decode()
    response = client.post(reverse(SEND, args=[message.pk]))
    assert response["Location"] == reverse(PAGE, args=[message.pk])
    assert list(Message.objects.values_list("state", flat=True)) == ["queued"]


def test_the_button_sends_a_copy_of_a_sent_message(staff: Callable[..., Client], message: Message) -> None:
    Message.objects.update(state="sent")
    response = staff("view_message", "send_message_again").post(reverse(SEND, args=[message.pk]))
    copy = Message.objects.exclude(pk=message.pk).get()
    assert response["Location"] == reverse(PAGE, args=[copy.pk])
    assert (copy.state, copy.to_email) == ("queued", "hannah@example.org")


def test_the_button_needs_its_permission_and_a_press(staff: Callable[..., Client], message: Message) -> None:
    Message.objects.update(state="failed")
    client = staff("view_message")
    assert client.post(reverse(SEND, args=[message.pk])).status_code == 403
    assert client.get(reverse(SEND, args=[message.pk])).status_code == 405
    data = {"action": "send_failed_again", "_selected_action": [str(message.pk)]}
    client.post(reverse(LIST), data, follow=True)
    assert list(Message.objects.values_list("state", flat=True)) == ["failed"]
