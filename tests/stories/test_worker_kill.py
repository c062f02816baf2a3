"""The worker is killed with -9, again and again, while two hundred bookings are made. Nothing may be lost."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from bookings.models import Booking
from communications.models import Message
from invoicing.models import BookingConfirmation, Invoice
from payments.models import StripeEvent
from tests.factories import make_session
from tests.system.servers import until
from tests.system.site import RunningSite, run_site
from tests.system.visitor import Visitor, book

pytestmark = pytest.mark.django_db(transaction=True)

BOOKINGS = 200
BUYERS = 6
KILLS = 8
SEED = 20261121


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[RunningSite]:
    """Claims end soon, so that what a killed worker had in hand is picked up within the test."""
    with run_site(tmp_path, CLAIM_SECONDS="10") as running:
        yield running


def kill_workers(site: RunningSite, buyers: list[Future[int]]) -> None:
    """Kills the worker at random moments while there are buyers, and starts the next one; the last one lives."""
    moments = random.Random(SEED)
    for _ in range(KILLS):
        worker = site.start_worker()
        wait(buyers, timeout=moments.uniform(2.0, 6.0))
        worker.kill()
    site.start_worker()


def buy(site: str, code: str, number: int) -> int:
    visitor = Visitor(site)
    try:
        typed = {
            "email": f"buyer{number}@example.org",
            "coming": "",
            "person-1-first_name": "Tom",
            "person-1-last_name": "Ackroyd",
            "person-1-email": f"guest{number}@example.org",
        }
        return book(visitor, code, typed=typed).status
    finally:
        visitor.close()


def test_no_message_and_no_pdf_is_lost_when_the_worker_is_killed(site: RunningSite) -> None:
    session = make_session(capacity=BOOKINGS)
    with ThreadPoolExecutor(BUYERS) as pool:
        buyers = [pool.submit(buy, site.url, session.code, number) for number in range(BOOKINGS)]
        # From this thread: a process dies with the thread that started it.
        kill_workers(site, buyers)
    statuses = Counter(buyer.result() for buyer in buyers)

    assert statuses == {200: BOOKINGS}
    assert Booking.objects.filter(status=Booking.Status.CONFIRMED).count() == BOOKINGS
    until(lambda: not Invoice.objects.exclude(pdf_state=Invoice.PdfState.READY).exists(), patience=240)
    made = BookingConfirmation.PdfState.READY
    until(lambda: BookingConfirmation.objects.filter(pdf_state=made).count() == BOOKINGS, patience=240)
    until(lambda: not Message.objects.exclude(state=Message.State.SENT).exists(), patience=240)
    until(lambda: not StripeEvent.objects.filter(state=StripeEvent.State.RECEIVED).exists(), patience=240)
    time.sleep(1)

    assert sorted(Invoice.objects.values_list("number", flat=True)) == [
        f"{Invoice.objects.order_by('number')[0].number[:9]}{number:05d}" for number in range(1, BOOKINGS + 1)
    ]
    assert len(list(site.storage.glob("invoices/*/*.pdf"))) == BOOKINGS
    assert len(list(site.storage.glob("confirmations/*/*.pdf"))) == BOOKINGS
    arrived = site.mail.ids()
    sent = {f"<{pk}@" for pk in Message.objects.values_list("pk", flat=True)}
    assert {message_id.partition("@")[0] + "@" for message_id in arrived} == sent
    # Nobody is without a confirmation, joining instructions and exactly one copy of the invoice in some message.
    assert Message.objects.filter(kind=Message.Kind.BOOKING_CONFIRMATION).count() == BOOKINGS
    assert Message.objects.filter(kind=Message.Kind.JOINING_INSTRUCTIONS).count() == BOOKINGS
    assert Message.objects.exclude(invoice=None).count() == BOOKINGS
    # A message arrived twice only if its worker was killed with it in hand, between sending and saying so.
    doubles = {message_id for message_id, count in arrived.items() if count > 1}
    picked_up = {f"<{pk}@" for pk in Message.objects.filter(attempts__gt=1).values_list("pk", flat=True)}
    assert {message_id.partition("@")[0] + "@" for message_id in doubles} <= picked_up
    assert len(doubles) <= 2 * KILLS
