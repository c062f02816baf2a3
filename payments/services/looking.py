"""When Stripe is asked about a payment of whose end nobody told us: soon after an opening, then ever more rarely.

The payer's browser and Stripe's events bring the news within seconds. Looking is for news that was lost, and for what
nobody needs any more and could not be closed because Stripe did not answer.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from config.kernel.jobs import enqueue
from payments import selectors
from payments.models import Payment

# Minutes from an opening to the first look, from there to the second, and so on; the last goes on until the end.
# Two: whoever is typing at Stripe needs no asking after. Five to thirty: an order of the website is paid or has lapsed
# by then. Sixty: a payment link is open for days, and there are thousands of them; Stripe repeats its events for three
# days, so an hour is the longest that money waits of which we heard nothing.
LOOK_MINUTES = (2, 5, 15, 30, 60)
LOOK_FIELDS = ("looks", "next_look_at")


def look_anew(*, payment: Payment, now: datetime) -> None:
    """Begins with the shortest pause again. Writes nothing: the caller saves LOOK_FIELDS of its LOCKED or new row."""
    payment.looks, payment.next_look_at = 0, now + timedelta(minutes=LOOK_MINUTES[0])


def look_soon(*, payment: Payment, now: datetime) -> None:
    """The payer of a LOCKED payment came back to what was opened before. A look that is soon anyway stays as it is."""
    if payment.looks:
        look_anew(payment=payment, now=now)
        payment.save(update_fields=LOOK_FIELDS)


def close_soon(*, payments: Iterable[Payment], now: datetime) -> None:
    """Has payments closed after the commit, as nobody needs them any more. Their bookings are LOCKED by the caller.

    They are due at once, so the next sweep does it when the task is lost.
    """
    keys = sorted(payment.pk for payment in payments)
    Payment.objects.filter(pk__in=keys).update(looks=0, next_look_at=now)
    for key in keys:
        enqueue("payments.tasks.close_payment", key)


def claim_look(*, payment: Payment, now: datetime) -> bool:
    """Takes a due look in hand, as `payment` was read just now. False when it is not due or somebody else has it.

    The next one is put off by it, before Stripe is asked: whatever becomes of this one, others get their turn.
    """
    looks = min(payment.looks + 1, len(LOOK_MINUTES) - 1)
    next_look_at = now + timedelta(minutes=LOOK_MINUTES[looks])
    due = selectors.due_looks(now).filter(pk=payment.pk)
    return due.update(looks=looks, next_look_at=next_look_at) == 1
