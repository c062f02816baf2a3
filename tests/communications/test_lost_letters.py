"""A letter that was lost and sent again: its own row says what became of it, and leads to the copy."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking
from communications.models import Message
from communications.selectors import copies_of, same_letter
from communications.services import outbox
from config.kernel import clock
from customers.flows import desk
from tests.communications.builders import HANNAH, TOM, Book
from tests.customers.waiting import message
from tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db

STATE = Message.State
SEE = ("communications.view_message", "communications.send_message_again", "bookings.view_booking")


def page_of(letter: Message) -> str:
    return reverse("admin:communications_message_page", args=[letter.pk])


def now_is(letter: Message, state: Message.State) -> Message:
    Message.objects.filter(pk=letter.pk).update(state=state, sent_at=clock.now())
    letter.refresh_from_db()
    return letter


def to_do() -> list[str]:
    """The pages of the letters that need somebody today."""
    groups = desk.board_for(make_staff("communications.view_message"), clock.now()).of_others
    return [item.address for group in groups for item in group.items]


@pytest.fixture
def lost(book: Book) -> Message:
    """Tom's joining instructions came back."""
    _confirmation, joining = outbox.queue_booking_messages(booking=book([HANNAH, TOM]), invoice=None)
    return now_is(joining, STATE.BOUNCED)


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_staff(*SEE, "customers.view_user"))
    return client


@pytest.mark.parametrize("state", [STATE.QUEUED, STATE.SENT, STATE.DELIVERED])
def test_a_copy_that_goes_or_went_is_shown_and_leaves_nothing_to_do(
    office: Client, lost: Message, state: Message.State
) -> None:
    assert to_do() == [page_of(lost)]
    copy = now_is(outbox.resend(message=lost), state)
    assert to_do() == []

    page = office.get(page_of(lost)).content.decode()
    assert f"A copy to tom@example.org {'is on its way' if state == STATE.QUEUED else 'went on '}" in page
    assert f'<a href="{page_of(copy)}">see the copy</a>' in page
    assert "Put the address right" not in page
    assert page_of(lost) in office.get(page_of(copy)).content.decode()

    lost.refresh_from_db()
    assert lost.state == STATE.BOUNCED
    words = copy.get_state_display().lower()
    for address in (
        reverse("admin:communications_message_changelist"),
        reverse("admin:bookings_booking_page", args=[lost.booking_id]),
    ):
        assert office.get(address).content.decode().count(f'href="{page_of(copy)}">Copy: {words}</a>') == 1


def test_under_a_customers_messages_the_copy_stands_below(office: Client) -> None:
    hannah = make_user("hannah@example.org")
    letter = message(None, user=hannah, kind=Message.Kind.OFFICE_LETTER, state=STATE.BOUNCED)
    copy = now_is(outbox.resend(message=letter), STATE.SENT)
    address = reverse("admin:customers_user_page", args=[hannah.pk])
    page = office.get(address, {"tab": "messages"}).content.decode()
    assert f'<a href="{page_of(copy)}">Copy</a>' in page


def test_of_a_copy_that_is_lost_as_well_only_the_copy_is_left_to_do(office: Client, lost: Message) -> None:
    copy = now_is(outbox.resend(message=lost), STATE.BOUNCED)
    assert to_do() == [page_of(copy)]
    assert "A copy to tom@example.org was lost as well" in office.get(page_of(lost)).content.decode()
    again = now_is(outbox.resend(message=copy), STATE.SENT)
    assert to_do() == []
    assert [one.pk for one in same_letter(copy)] == [lost.pk, copy.pk, again.pk]
    assert copies_of([lost, copy, again]) == {lost.pk: again, copy.pk: again}


@pytest.mark.parametrize("state", [STATE.SUPPRESSED, STATE.CANCELLED])
def test_a_copy_that_never_went_is_no_help(lost: Message, state: Message.State) -> None:
    now_is(outbox.resend(message=lost), state)
    assert to_do() == [page_of(lost)]


def test_a_letter_about_nobodys_booking_is_found_by_whom_it_was_for() -> None:
    letter = message(None, user=make_user(), kind=Message.Kind.OFFICE_LETTER, state=STATE.BOUNCED)
    copy = now_is(outbox.resend(message=letter), STATE.BOUNCED)
    assert to_do() == [page_of(copy)]
    outbox.resend(message=copy)
    assert to_do() == []


def test_another_letter_of_the_same_kind_is_no_copy_unless_it_is_a_payment_link(lost: Message) -> None:
    """Two refunds are told of in two letters; of two payment links the newer one does."""
    booking: Any = lost.booking
    now_is(lost, STATE.SENT)
    refund = message(booking, kind=Message.Kind.REFUND_SENT, state=STATE.BOUNCED)
    message(booking, kind=Message.Kind.REFUND_SENT, state=STATE.SENT)
    Booking.objects.filter(pk=booking.pk).update(status=Booking.Status.PENDING)
    key = f"booking:{booking.pk}:payment-link:"
    link = message(booking, kind=Message.Kind.PAYMENT_LINK, state=STATE.BOUNCED, dedupe_key=f"{key}1")
    assert to_do() == [page_of(refund), page_of(link)]
    newer = message(booking, kind=Message.Kind.PAYMENT_LINK, state=STATE.SENT, dedupe_key=f"{key}2")
    assert to_do() == [page_of(refund)]
    assert copies_of([link, refund]) == {link.pk: newer}


def test_the_list_costs_the_same_for_one_copy_and_for_three(office: Client, lost: Message, book: Book) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert office.get(reverse("admin:communications_message_changelist")).status_code == 200
        return len(captured)

    outbox.resend(message=lost)
    queries()
    for_one = queries()
    for letter in outbox.queue_booking_messages(booking=book([HANNAH, TOM]), invoice=None):
        outbox.resend(message=now_is(letter, STATE.BOUNCED))
    assert Message.objects.count() == 7
    assert queries() == for_one
