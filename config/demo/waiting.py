"""What went wrong in the demo, so that the office has something to put right: rows, as the site itself writes them.

A letter that bounced, a paper that could not be made, news of Stripe's that was not taken in, and money that nobody
knows. More waits by itself: needs to be arranged, a course without an instructor, one that is over and still open.
"""

from datetime import datetime, timedelta

from django.db import transaction

from communications.models import Message, MessageEvent
from config.kernel import clock
from invoicing.models import Invoice
from invoicing.services.documents import MAX_ATTEMPTS, WORKER_LOST
from payments.models import Discrepancy, StripeEvent

_UNKNOWN = "pi_demo_paid_by_somebody"
_LATE = "evt_demo_not_taken_in"


@transaction.atomic
def leave_waiting() -> None:
    """Adds it all once: a second call finds the first one's and changes nothing."""
    if Discrepancy.objects.filter(stripe_object_id=_UNKNOWN).exists():
        return
    now = clock.now()
    Discrepancy.objects.create(
        kind=Discrepancy.Kind.UNKNOWN_PAYMENT,
        stripe_object_id=_UNKNOWN,
        found="£180.00",
        created_at=now - timedelta(hours=2),
    )
    yesterday = now - timedelta(days=1)
    StripeEvent.objects.create(
        id=_LATE,
        type="payment_intent.succeeded",
        object_id=_UNKNOWN,
        happened_at=yesterday,
        received_at=yesterday,
        state=StripeEvent.State.FAILED,
        attempts=1,
        last_error="Stripe does not know what it is about.",
        finished_at=yesterday,
    )
    _let_a_letter_bounce(now)
    _let_a_paper_fail()


def _let_a_letter_bounce(now: datetime) -> None:
    """The joining instructions of somebody on the soonest course."""
    waiting = Message.objects.filter(kind=Message.Kind.JOINING_INSTRUCTIONS, state=Message.State.QUEUED)
    ahead = waiting.filter(booking__session__starts_at__gt=now)
    letter = ahead.order_by("booking__session__starts_at", "to_email").first()
    if letter is None:
        return
    letter.state, letter.sent_at, letter.attempts = Message.State.BOUNCED, letter.created_at, 1
    letter.save(update_fields=["state", "sent_at", "attempts"])
    MessageEvent.objects.create(message=letter, kind="bounced", detail="There is no such mailbox.")


def _let_a_paper_fail() -> None:
    """The newest invoice. Made again, it succeeds."""
    invoice = Invoice.objects.order_by("issued_at", "number").last()
    if invoice is None:
        return
    invoice.pdf_state, invoice.pdf_attempts = Invoice.PdfState.FAILED, MAX_ATTEMPTS
    invoice.pdf_error = WORKER_LOST
    invoice.save(update_fields=["pdf_state", "pdf_attempts", "pdf_error"])
