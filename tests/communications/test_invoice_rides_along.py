"""The invoice goes with the confirmation or after it: always once, whichever worker is first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction

import invoicing.locks as invoice_locks
from communications.models import Message
from communications.services import delivery, outbox
from config.kernel import clock
from invoicing.models import Invoice
from tests.communications.builders import Book, Started, issue, store_pdf
from tests.factories.together import PATIENCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(book: Book) -> tuple[Invoice, Message]:
    """An invoice that is being made and the confirmation that waits for it."""
    booking = book()
    with transaction.atomic():
        invoice = issue(booking)
        return invoice, outbox.queue_booking_messages(booking=booking, invoice=invoice)[0]


def claim(message: Message) -> Message:
    Message.objects.filter(pk=message.pk).update(send_after=clock.now())
    claimed = delivery.claim(message_id=message.pk)
    assert claimed is not None
    return claimed


def get_ready(invoice: Invoice) -> None:
    with transaction.atomic():
        locked = invoice_locks.lock_invoice(invoice.pk)
        store_pdf(locked)
        outbox.invoice_ready(invoice=locked)


def carriers() -> list[tuple[str, Invoice | None]]:
    return [(message.kind, message.invoice) for message in Message.objects.order_by("created_at")]


def test_ready_in_time_it_rides_along_and_nobody_waits_longer(
    waiting: tuple[Invoice, Message], started: Started, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    invoice, confirmation = waiting
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        get_ready(invoice)
    confirmation.refresh_from_db()
    assert confirmation.send_after <= clock.now()
    assert started.take() == [([str(confirmation.pk)], 0)]
    assert claim(confirmation).invoice == invoice
    assert carriers() == [("booking_confirmation", invoice)]


def test_ready_too_late_it_follows_once(waiting: tuple[Invoice, Message]) -> None:
    invoice, confirmation = waiting
    assert claim(confirmation).invoice is None
    get_ready(invoice)
    outbox.invoice_ready(invoice=invoice)
    assert carriers() == [("booking_confirmation", None), ("invoice", invoice)]
    follow_up = Message.objects.get(kind="invoice")
    assert (follow_up.dedupe_key, follow_up.to_email) == (f"invoice:{invoice.pk}", "hannah@example.org")
    assert claim(follow_up).invoice == invoice


def test_what_has_ridden_along_does_not_follow(waiting: tuple[Invoice, Message]) -> None:
    invoice, confirmation = waiting
    get_ready(invoice)
    claim(confirmation)
    outbox.invoice_ready(invoice=invoice)
    assert carriers() == [("booking_confirmation", invoice)]


def test_a_confirmation_put_back_keeps_the_invoice_it_took(waiting: tuple[Invoice, Message]) -> None:
    invoice, confirmation = waiting
    get_ready(invoice)
    delivery.put_back(message=claim(confirmation), reason="Busy.")
    outbox.invoice_ready(invoice=invoice)
    assert claim(confirmation).invoice == invoice
    assert carriers() == [("booking_confirmation", invoice)]


def test_ready_while_the_first_attempt_is_under_way_it_follows_and_is_not_taken_later(
    waiting: tuple[Invoice, Message],
) -> None:
    invoice, confirmation = waiting
    claimed = claim(confirmation)
    get_ready(invoice)
    delivery.put_back(message=claimed, reason="Busy.")
    assert claim(confirmation).invoice is None
    assert carriers() == [("booking_confirmation", None), ("invoice", invoice)]


def test_ready_between_two_attempts_it_rides_along_and_the_back_off_stays(waiting: tuple[Invoice, Message]) -> None:
    invoice, confirmation = waiting
    delivery.put_back(message=claim(confirmation), reason="Busy.")
    get_ready(invoice)
    confirmation.refresh_from_db()
    assert confirmation.send_after > clock.now() + timedelta(seconds=30)
    assert claim(confirmation).invoice == invoice
    assert carriers() == [("booking_confirmation", invoice)]


def test_without_a_confirmation_it_goes_alone(book: Book) -> None:
    invoice = issue(book())
    get_ready(invoice)
    assert carriers() == [("invoice", invoice)]


def test_a_copy_of_a_confirmation_takes_the_invoice_along_again(waiting: tuple[Invoice, Message]) -> None:
    invoice, confirmation = waiting
    claim(confirmation)
    get_ready(invoice)
    Message.objects.update(state=Message.State.SENT)
    copy = outbox.resend(message=confirmation)
    assert claim(copy).invoice == invoice


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["claim", "ready"])
def test_two_workers_at_once(waiting: tuple[Invoice, Message], started: Started, first: str) -> None:
    """Whoever is first keeps its transaction open until the other one waits for the invoice's lock."""
    invoice, confirmation = waiting
    Message.objects.update(send_after=clock.now())
    steps: dict[str, Callable[[], object]] = {
        "claim": lambda: delivery.claim(message_id=confirmation.pk),
        "ready": lambda: get_ready(invoice),
    }
    second = "ready" if first == "claim" else "claim"
    has_locked, may_commit = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                steps[first]()
                has_locked.set()
                assert may_commit.wait(PATIENCE)
        finally:
            connection.close()

    def follow() -> None:
        try:
            assert has_locked.wait(PATIENCE)
            steps[second]()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(hold), pool.submit(follow)]
        wait_until_somebody_waits_for_a_lock()
        may_commit.set()
        for future in futures:
            future.result(PATIENCE)
    expected: list[tuple[str, Invoice | None]] = [("booking_confirmation", invoice)]
    if first == "claim":
        expected = [("booking_confirmation", None), ("invoice", invoice)]
    assert carriers() == expected


WHO_WAITS = """SELECT pg_sleep(0.01), count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()"""


def wait_until_somebody_waits_for_a_lock() -> None:
    for _ in range(6000):
        with connection.cursor() as cursor:
            cursor.execute(WHO_WAITS)
            if cursor.fetchone()[1]:
                return
    raise AssertionError("Nobody waited: the two never met.")
