"""Which letters are queued, to whom, and that each is queued once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from pytest_django.fixtures import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from communications.models import Message, MessageEvent
from communications.services import outbox
from config.kernel import clock
from tests.communications.builders import HANNAH, PRIYA, TOM, Book, Person, Started, issue

pytestmark = pytest.mark.django_db


def test_a_booking_writes_to_the_booker_and_to_each_person_or_for_them_to_the_booker(
    book: Book, started: Started, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    booking = book([HANNAH, TOM, PRIYA])
    with django_capture_on_commit_callbacks(execute=True):
        messages = outbox.queue_booking_messages(booking=booking, invoice=None)
    tom, priya = booking.attendees.exclude(position=1).order_by("position")
    assert [(m.dedupe_key, m.kind, m.to_email, m.to_name, m.attendee) for m in messages] == [
        (f"booking:{booking.pk}:confirmation", "booking_confirmation", "hannah@example.org", "Hannah Okafor", None),
        (f"attendee:{tom.pk}:joining", "joining_instructions", "tom@example.org", "Tom Ackroyd", tom),
        (f"attendee:{priya.pk}:joining", "joining_instructions", "hannah@example.org", "Hannah Okafor", priya),
    ]
    assert {m.booking for m in messages} == {booking}
    assert [m.user for m in messages] == [booking.customer, None, booking.customer]
    assert [m.state for m in messages] == ["queued", "queued", "queued"]
    assert list(MessageEvent.objects.values_list("message", "kind")) == [(m.pk, "queued") for m in messages]
    assert started.take() == [([str(m.pk)], 0) for m in messages]


def test_a_second_call_finds_the_first_ones_messages_and_starts_nothing(
    book: Book, started: Started, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    booking = book([HANNAH, TOM])
    first = outbox.queue_booking_messages(booking=booking, invoice=None)
    with django_capture_on_commit_callbacks(execute=True):
        second = outbox.queue_booking_messages(booking=booking, invoice=None)
    assert second == first
    assert Message.objects.count() == 2
    assert MessageEvent.objects.count() == 2
    assert started.take() == []


def test_a_confirmation_waits_a_moment_for_its_invoice(
    book: Book, started: Started, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    booking = book([HANNAH, TOM])
    before = clock.now()
    with django_capture_on_commit_callbacks(execute=True):
        confirmation, joining = outbox.queue_booking_messages(booking=booking, invoice=issue(booking))
    assert before + timedelta(seconds=5) <= confirmation.send_after <= clock.now() + timedelta(seconds=5)
    assert before <= joining.send_after <= clock.now()
    assert confirmation.invoice is None
    assert started.take() == [([str(confirmation.pk)], 6), ([str(joining.pk)], 0)]


@pytest.mark.parametrize(
    "person",
    [
        Person(),
        Person("", "", "HANNAH@Example.org "),
        Person("Hannah", "Okafor", "hannah@work.example", is_booker=True),
    ],
)
def test_nobody_is_written_to_about_who_booked_or_a_name_to_follow(book: Book, person: Person) -> None:
    messages = outbox.queue_booking_messages(booking=book([person]), invoice=None)
    assert [m.kind for m in messages] == ["booking_confirmation"]


@pytest.mark.parametrize("email", ["", "  ", "HANNAH@Example.org "])
def test_who_has_no_address_of_their_own_is_written_to_through_who_booked(book: Book, email: str) -> None:
    booking = book([Person("Bo", "Lee", email)])
    outbox.queue_booking_messages(booking=booking, invoice=None)
    _, joining = outbox.queue_booking_messages(booking=booking, invoice=None)
    assert (joining.kind, joining.to_email, joining.to_name) == (
        "joining_instructions",
        "hannah@example.org",
        "Hannah Okafor",
    )
    assert (joining.attendee, joining.user) == (booking.attendees.get(), booking.customer)
    assert Message.objects.count() == 2


def test_people_who_share_an_address_each_get_their_own_letter(book: Book) -> None:
    shared = [Person("Bo", "Lee", "office@example.org"), Person("Di", "Lee", "office@example.org")]
    messages = outbox.queue_booking_messages(booking=book(shared), invoice=None)
    assert [(m.to_email, m.to_name) for m in messages[1:]] == [
        ("office@example.org", "Bo Lee"),
        ("office@example.org", "Di Lee"),
    ]


def test_a_booker_without_any_address_gets_nothing_and_the_others_still_do(book: Book) -> None:
    booking = book([TOM], contact=Person("Sam", "Roe"))
    messages = outbox.queue_booking_messages(booking=booking, invoice=None)
    assert [m.to_email for m in messages] == ["tom@example.org"]
    assert outbox.queue_invoice_follow_up(invoice=issue(booking)) is None
    assert outbox.queue_no_place_refund(booking=booking, amount=Decimal("90.00")) is None
    assert Message.objects.count() == 1


def test_the_customers_own_address_serves_where_none_was_typed(book: Book) -> None:
    messages = outbox.queue_booking_messages(booking=book(contact_email=""), invoice=None)
    assert [m.to_email for m in messages] == ["hannah@example.org"]


def test_the_number_of_queries_does_not_grow_with_the_people(
    book: Book, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, three = book([TOM]), book([TOM, TOM, TOM])
    for booking in (one, three):
        # People, insert, read, events.
        with django_assert_num_queries(4):
            outbox.queue_booking_messages(booking=booking, invoice=None)
    assert Message.objects.count() == 2 + 4


def test_the_apology_is_queued_once_with_its_sum(book: Book) -> None:
    booking = book()
    first = outbox.queue_no_place_refund(booking=booking, amount=Decimal("90.00"))
    second = outbox.queue_no_place_refund(booking=booking, amount=Decimal("90.00"))
    assert first is not None
    assert first == second == Message.objects.get()
    assert (first.kind, first.amount, first.to_email) == ("no_place_refund", Decimal("90.00"), "hannah@example.org")


def test_nothing_is_started_when_the_transaction_rolls_back(book: Book, started: Started) -> None:
    booking = book()
    with transaction.atomic():
        outbox.queue_booking_messages(booking=booking, invoice=None)
        transaction.set_rollback(True)
    assert Message.objects.count() == 0
    assert started.take() == []
