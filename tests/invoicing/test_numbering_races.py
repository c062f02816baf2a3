"""Numbers without gaps while 16 issue at once and every third of them rolls back. Real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection, transaction

from bookings.models import Booking
from config.kernel import clock
from invoicing import locks
from invoicing.models import Invoice, NumberSequence
from invoicing.services.issuing import issue_invoice
from invoicing.services.numbering import Series, next_number
from tests.factories import make_booking, make_session
from tests.factories.together import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 16
ROUNDS = 6


@pytest.fixture(autouse=True)
def _in_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 21, 10, 0, tzinfo=UTC))


def at_once[T](work: Callable[[int], T], *, times: int = THREADS) -> list[T]:
    """Runs `work(0)`, `work(1)` ... on as many connections, which all start together."""
    start = Barrier(times)

    def run(which: int) -> T:
        try:
            start.wait(PATIENCE)
            return work(which)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def take_numbers(which: int) -> list[str]:
    """Takes a number in each of several transactions; every third transaction rolls back and returns its number."""
    kept = []
    for turn in range(ROUNDS):
        with transaction.atomic():
            number = next_number(Series.INVOICE).text
            if (which + turn) % 3 == 0:
                transaction.set_rollback(True)
            else:
                kept.append(number)
    return kept


def test_numbers_have_no_gap_and_no_double_under_concurrency_and_rollback() -> None:
    kept = sorted(number for numbers in at_once(take_numbers) for number in numbers)
    assert kept == [f"INV-2026-{n:05d}" for n in range(1, THREADS * ROUNDS * 2 // 3 + 1)]
    assert NumberSequence.objects.get().last_number == len(kept)


def test_the_same_without_the_lock_gives_a_number_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shows that the test above would notice: with a plain read, those who read together take the same number."""
    NumberSequence.objects.create(series="INV", year=2026)
    everybody_has_read = Barrier(THREADS)

    def read_only(*, series: str, year: int) -> NumberSequence:
        sequence = NumberSequence.objects.get(series=series, year=year)
        everybody_has_read.wait(PATIENCE)
        return sequence

    monkeypatch.setattr(locks, "lock_sequence", read_only)

    def take_one(_which: int) -> str:
        with transaction.atomic():
            return next_number(Series.INVOICE).text

    assert at_once(take_one) == ["INV-2026-00001"] * THREADS


def test_invoices_issued_at_once_are_numbered_in_a_row() -> None:
    session = make_session()
    bookings = [make_booking(session) for _ in range(THREADS)]

    def issue(which: int) -> str:
        with transaction.atomic():
            return paid(bookings[which]).number

    assert sorted(at_once(issue)) == [f"INV-2026-{n:05d}" for n in range(1, THREADS + 1)]
    assert Invoice.objects.count() == THREADS


def test_an_invoice_that_is_rolled_back_leaves_its_number_to_the_next() -> None:
    first, second = make_booking(), make_booking()
    with transaction.atomic():
        assert paid(first).number == "INV-2026-00001"
        transaction.set_rollback(True)
    with transaction.atomic():
        assert paid(second).number == "INV-2026-00001"
    assert list(Invoice.objects.values_list("booking", "number")) == [(second.pk, "INV-2026-00001")]


def paid(booking: Booking) -> Invoice:
    return issue_invoice(
        booking=booking, paid=booking.total, paid_on=clock.london_today(), payment_note="Visa ending 4242"
    )
