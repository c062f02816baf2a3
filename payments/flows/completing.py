"""A booking becomes final: seated, invoiced, and everybody told. The one place where that happens."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from bookings import locks as booking_locks
from bookings.models import Booking
from bookings.services.lifecycle import can_be_seated, confirm_booking
from communications.services.outbox import queue_booking_messages
from config.kernel import clock
from config.kernel.jobs import enqueue
from customers.services.timeline import record_activity
from invoicing.services.confirmations import order_confirmation
from invoicing.services.issuing import issue_invoice
from payments.models import Payment


class NotFree(Exception):
    """This booking has to be paid for."""


class PlacesGone(Exception):
    """The order's time ran out and others took the places."""


def complete(*, booking: Booking, payment: Payment | None, paid: Decimal, now: datetime) -> bool:
    """Confirms a LOCKED booking, issues its invoice (whose number is the last lock taken) and queues the letters.

    Both its papers, the invoice and the printed confirmation, are made by a worker after commit.
    Call it inside the transaction that recorded the money, and have the statistics refreshed after it. A second call
    does nothing and says False.
    """
    if not confirm_booking(booking=booking, now=now):
        return False
    record_activity(
        user_id=booking.customer_id,
        kind="booking_confirmed",
        summary=f"Booking {booking.reference} is confirmed",
        subject_kind="booking",
        subject_key=str(booking.pk),
    )
    invoice = None
    if booking.total:
        invoice = issue_invoice(
            booking=booking,
            paid=paid,
            paid_on=clock.london_date(now) if paid else None,
            payment_note=payment.paid_with if payment else "",
        )
    queue_booking_messages(booking=booking, invoice=invoice, printed=order_confirmation(booking))
    return True


@transaction.atomic
def complete_free_order(*, booking_id: UUID) -> bool:
    """Confirms an order of £0.00 without any payment. False when it was confirmed already.

    Raises NotFree for one that costs something, and PlacesGone when it lapsed meanwhile and there is no room again.
    """
    session_id = Booking.objects.values_list("session_id", flat=True).get(pk=booking_id)
    session = booking_locks.lock_session(session_id)
    booking = booking_locks.lock_booking(booking_id)
    booking.session = session
    if booking.total:
        raise NotFree
    now = clock.now()
    if not can_be_seated(booking=booking, session=session, now=now):
        raise PlacesGone
    enqueue("customers.tasks.refresh_statistics", booking.customer_id)
    return complete(booking=booking, payment=None, paid=Decimal("0.00"), now=now)
