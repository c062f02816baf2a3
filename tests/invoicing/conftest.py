"""A day on which invoices are issued, bookings to issue them for, a place for files, and what was started."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from bookings.models import Booking, CourseSession
from config.kernel import clock, jobs
from invoicing.models import Invoice
from invoicing.services.issuing import issue_invoice
from tests.factories import make_booking, make_session
from tests.invoicing.builders import PEOPLE, TODAY, MakeInvoice, SetNow, Started


@pytest.fixture
def set_now(monkeypatch: pytest.MonkeyPatch) -> SetNow:
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


@pytest.fixture
def today(set_now: SetNow) -> None:
    """It is 10 in the morning on Saturday 21 November 2026."""
    set_now(TODAY)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """What was started in the background, in the place of a broker."""
    tasks: Started = []
    monkeypatch.setattr(jobs, "_send", lambda *task: tasks.append(task))
    return tasks


@pytest.fixture
def storage(settings: Settings, tmp_path: Path) -> Path:
    settings.STORAGE_PATH = str(tmp_path)
    return tmp_path


@pytest.fixture
def session(db: None) -> CourseSession:
    """Emergency First Aid at Work on Thursday 3 December 2026, £90 a place, VAT at 20%."""
    return make_session(starts_at=datetime(2026, 12, 3, 9, 0, tzinfo=UTC))


@pytest.fixture
def booking(session: CourseSession) -> Booking:
    """Three people, £270, for a nursery."""
    return make_booking(
        session,
        people=PEOPLE,
        company="Rylstone Nursery",
        billing_address="4 Mill Lane\nHebden Bridge HX7 8AB",
        po_number="RN-2208",
    )


@pytest.fixture
def make_invoice(today: None, booking: Booking) -> MakeInvoice:
    """Issues the invoice of a booking, paid in full unless told otherwise."""

    def make(booking: Booking = booking, **fields: Any) -> Invoice:
        in_full: dict[str, Any] = {
            "paid": booking.total,
            "paid_on": date(2026, 11, 21),
            "payment_note": "Visa ending 4242",
        }
        with transaction.atomic():
            return issue_invoice(booking=booking, **in_full | fields)

    return make


@pytest.fixture
def invoice(make_invoice: MakeInvoice) -> Invoice:
    return make_invoice()


@pytest.fixture
def unpaid_invoice(make_invoice: MakeInvoice) -> Invoice:
    return make_invoice(paid=Decimal("0.00"), paid_on=None, payment_note="")
