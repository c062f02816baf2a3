"""Cancelling a booking: its places freed at once, its money on the way back, everybody told.

What would happen is worked out first and shown (`effect_of`). Who then goes on says what they saw; if that is not so
any more, nothing is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from bookings import locks as booking_locks
from bookings.models import Booking
from bookings.services.cancelling import refund_rule, suggested_refund
from bookings.services.lifecycle import cancel_booking
from communications.services.cancelling import tell_of_cancelling
from config.kernel import clock
from config.kernel.jobs import enqueue
from config.kernel.money import format_money
from customers.services.timeline import record_activity
from payments import locks, selectors
from payments.models import Payment, Refund
from payments.selectors import NOTHING
from payments.services.looking import close_soon
from payments.services.refunds import FiguresChanged, RefundTooLarge, request_refund

CANCELLABLE_STATUSES = (Booking.Status.PENDING, Booking.Status.CONFIRMED)


@dataclass(frozen=True)
class Effect:
    """The money of a booking that could be cancelled today, in pounds; refunds on their way have gone back."""

    status: Booking.Status
    paid: Decimal
    gone_back: Decimal
    # What Stripe can send back, and what was paid otherwise and has to be given back by hand.
    can_go_back: Decimal
    by_hand: Decimal
    suggested: Decimal
    why: str
    unfinished: tuple[Payment, ...]

    @property
    def is_cancellable(self) -> bool:
        return self.status in CANCELLABLE_STATUSES

    @property
    def figures(self) -> str:
        """All that somebody who presses the button relies on, in one word."""
        sums = (self.paid, self.gone_back, self.can_go_back, self.by_hand, self.suggested)
        waiting = [f"{payment.pk}:{payment.status}" for payment in self.unfinished]
        return " ".join([self.status, *(f"{amount:.2f}" for amount in sums), *waiting])


def effect_of(booking: Booking) -> Effect:
    """What cancelling would mean now, for a booking read with its policy and session: three queries."""
    shares = selectors.paid_shares(booking)
    paid, gone_back = _sum(share.paid for share in shares), _sum(share.gone_back for share in shares)
    can_go_back = _sum(share.can_be_sent for share in shares)
    rule = refund_rule(booking, clock.london_today())
    suggested = suggested_refund(percent=rule.percent, paid=paid, gone_back=gone_back)
    return Effect(
        status=Booking.Status(booking.status),
        paid=paid,
        gone_back=gone_back,
        can_go_back=can_go_back,
        by_hand=_sum(share.left for share in shares) - can_go_back,
        suggested=min(suggested, can_go_back),
        why=rule.why,
        unfinished=tuple(selectors.unfinished_payments(booking)),
    )


@transaction.atomic
def cancel(*, booking_id: UUID, refund: Decimal, reason: Booking.CancelReason, figures: str) -> bool:
    """Cancels one booking and sends `refund` pounds back; `figures` are those of the effect that was shown.

    False when it was cancelled already: then nothing more is done. Raises FiguresChanged, and RefundTooLarge for more
    than can go back; both leave everything as it was. Locks: CourseSession, Booking, Payment.
    """
    session_id = Booking.objects.values_list("session_id", flat=True).get(pk=booking_id)
    session = booking_locks.lock_session(session_id)
    booking = booking_locks.lock_booking(booking_id)
    if booking.status == Booking.Status.CANCELLED:
        return False
    booking.session = session
    for payment in selectors.payments_of(booking).order_by("pk"):
        locks.lock_payment(payment.pk)
    effect = effect_of(booking)
    if not effect.is_cancellable or effect.figures != figures:
        raise FiguresChanged
    now = clock.now()
    cancel_booking(booking=booking, reason=reason, now=now)
    _send_back(booking, refund, effect)
    # Whatever is open at Stripe is closed after the commit; who pays in that moment gets it back (settling).
    close_soon(payments=effect.unfinished, now=now)
    tell_of_cancelling(booking=booking, refunded=refund)
    record_activity(
        user_id=booking.customer_id,
        kind="booking_cancelled",
        summary=_summary(booking, reason, refund),
        subject_kind="booking",
        subject_key=str(booking.pk),
    )
    enqueue("customers.tasks.refresh_statistics", booking.customer_id)
    return True


def _send_back(booking: Booking, amount: Decimal, effect: Effect) -> None:
    """Shares the sum out over what was paid, newest payment first, with a refund row for each."""
    if amount > effect.can_go_back:
        raise RefundTooLarge(effect.can_go_back)
    rest = amount
    for share in selectors.paid_shares(booking):
        part = min(rest, share.can_be_sent)
        if part:
            request_refund(payment=share.payment, booking=booking, amount=part, reason=Refund.Reason.CANCELLED)
            rest -= part


def _summary(booking: Booking, reason: Booking.CancelReason, refund: Decimal) -> str:
    money = f"; {format_money(refund)} goes back" if refund else ""
    return f"Booking {booking.reference} is cancelled{money}. Why: {reason.label}"


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)
