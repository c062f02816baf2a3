"""What the desk looks for is few rows of big tables: none of them is read through."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from bookings.models import Booking, CourseSession
from communications.models import Message
from config.kernel import clock
from customers.flows.desk.board import KINDS
from invoicing.models import BookingConfirmation
from payments.models import Discrepancy, StripeEvent
from tests.customers.waiting import taught
from tests.factories import make_booking, make_payment, make_refund, make_staff
from tests.factories.many import copies

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
BIG = ("stripeevent", "discrepancy", "payment", "refund", "message", "booking", "coursesession", "bookingconfirmation")
INDEXES = {
    "OpenDiscrepancies": "discrepancy_open",
    "FailedRefunds": "refund_failed",
    "FailedEvents": "stripeevent_failed",
    "StuckPayments": "payment_unfinished",
    "DeclinedPayments": "payment_unfinished",
    "RefundedInDashboard": "refund_dashboard",
    "EndedSessions": "session_open_end",
    "AboutToLapse": "booking_pending_lapse",
    "LostLetters": "message_lost",
    "WithoutInstructor": "session_",
    "TooManyPeople": "session_",
    "StillTentative": "session_",
    "ConfirmationsWithoutPdf": "confirmation_pdf_failed",
}


def a_long_history() -> None:
    """Years of what went well, all of it long ago, and the planner knows."""
    past = clock.now() - 200 * DAY
    session = taught(starts_at=past, status=CourseSession.Status.COMPLETED)
    booking = make_booking(session, created_at=past)
    payment = make_payment(booking, created_at=past, paid_at=past)
    refund = make_refund(payment, amount=Decimal(1), created_at=past, finished_at=past)
    event = StripeEvent(type="refund.updated", happened_at=past, received_at=past, state="applied")
    found = Discrepancy(kind="amount", created_at=past, resolved_at=past)
    letter = Message(
        kind=Message.Kind.INVOICE, booking=booking, created_at=past, state="sent", to_email="a@example.org"
    )
    copies(session, code=str)
    sessions = list(CourseSession.objects.values_list("pk", flat=True))
    copies(booking, reference=str, reference_key=str, session_id=sessions.__getitem__)
    copies(payment)
    refund.booking = None
    copies(refund)
    copies(event, id=str)
    copies(found, stripe_object_id=str)
    bookings = list(Booking.objects.values_list("pk", flat=True))
    copies(letter, dedupe_key=str, booking_id=bookings.__getitem__)
    BookingConfirmation.objects.bulk_create(
        BookingConfirmation(booking=one, pdf_state="ready", pdf_next_attempt_at=past) for one in Booking.objects.all()
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_no_kind_reads_a_big_table_through() -> None:
    a_long_history()
    owner = make_staff(is_superuser=True)
    for kind in KINDS:
        plan = kind(owner, clock.now()).rows()[:101].explain()
        assert [table for table in BIG if re.search(rf"Seq Scan on \w+_{table} ", plan)] == [], (kind, plan)
        assert INDEXES.get(kind.__name__, "") in plan, (kind, plan)
