"""Messages in the office: found, read, sent again, never edited."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communications.models import Message
from communications.services import outbox
from customers.models import User
from tests.communications.builders import HANNAH, TOM, Book, issue

pytestmark = pytest.mark.django_db

LIST = "admin:communications_message_changelist"
PAGE = "admin:communications_message_change"


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


def test_a_message_cannot_be_edited(staff: Callable[..., Client], message: Message) -> None:
    client = staff("view_message", "view_messageevent", "change_message", "delete_message", "add_message")
    assert "_save" not in client.get(reverse(PAGE, args=[message.pk])).content.decode()
    assert client.post(reverse(PAGE, args=[message.pk]), {"subject": "Another"}).status_code == 403
    assert client.get(reverse("admin:communications_message_add")).status_code == 403
    assert client.post(reverse("admin:communications_message_delete", args=[message.pk])).status_code == 403
    message.refresh_from_db()
    assert message.subject == ""


def test_failed_and_bounced_ones_are_one_press_away(staff: Callable[..., Client], book: Book) -> None:
    states = ("failed", "bounced", "sent", "queued")
    for state in states:
        [message] = outbox.queue_booking_messages(booking=book(), invoice=None)
        Message.objects.filter(pk=message.pk).update(state=state)
    client = staff("view_message")

    def shown(**query: str) -> set[str]:
        return {row.state for row in client.get(reverse(LIST), query).context["cl"].result_list}

    assert (shown(), shown(state__exact="lost"), shown(state__exact="sent")) == (
        set(states),
        {"failed", "bounced"},
        {"sent"},
    )
    assert 'href="?state__exact=lost"' in client.get(reverse(LIST)).content.decode()


def test_messages_are_found_by_address_name_reference_and_invoice(staff: Callable[..., Client], book: Book) -> None:
    booking, other = book([HANNAH, TOM]), book()
    invoice = issue(booking)
    confirmation, joining = outbox.queue_booking_messages(booking=booking, invoice=None)
    outbox.queue_booking_messages(booking=other, invoice=None)
    follow_up = outbox.queue_invoice_follow_up(invoice=invoice)
    client = staff("view_message")

    def found(text: str) -> set[object]:
        return set(client.get(reverse(LIST), {"q": text}).context["cl"].queryset)

    assert found("tom@exam") == {joining}
    assert found("ackroyd") == {joining}
    assert found(booking.reference.lower().replace("-", " ")) == {confirmation, joining, follow_up}
    assert found(invoice.number) == {follow_up}
    assert len(found(" ")) == 4


def test_the_list_costs_the_same_for_one_message_and_for_three(staff: Callable[..., Client], book: Book) -> None:
    client, counts = staff("view_message"), []
    for _ in range(3):
        outbox.queue_booking_messages(booking=book(), invoice=None)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(LIST)).status_code == 200
        counts.append(len(queries))
    # The first page also reads who is logged in and what they may do for the first time.
    assert counts[1] == counts[2]


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
