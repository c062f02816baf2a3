"""Letting a customer pay, on Stripe's own page or in the form on ours: never in both ways at once."""

from uuid import UUID

from django.db import transaction

from bookings.models import Booking
from bookings.services.lifecycle import give_more_time
from config.kernel import clock
from customers.services.timeline import record_activity
from payments import locks, selectors
from payments.flows import ways
from payments.flows.settling import Outcome, settle_payment
from payments.models import Payment
from payments.services.looking import look_soon
from payments.services.opening import Round, start_round
from payments.stripe_gateway import GatewayUnavailable

# How often one press looks again after another tab was quicker.
MOST_TURNS = 5


class NotPayable(Exception):
    """There is nothing to pay here now: paid, lapsed, or with a question that staff are looking into."""


def open_checkout(*, payment: Payment) -> str:
    """The address of Stripe's page for this payment; an open page is used again, and an open form is closed first.

    `payment` is what the caller read of it; the locked row decides, and what is out of date is read again. Raises
    NotPayable, and GatewayUnavailable or GatewayRefused from Stripe; the order keeps its places meanwhile.
    """
    return _open(payment, Payment.Way.PAGE)


def open_form(*, payment: Payment) -> str:
    """The client secret for the form on our page; an open form is used again, and an open page is closed first.

    The secret lets its holder pay this payment and is for its payer's page only: it is kept nowhere. `payment` and what
    is raised are as with `open_checkout`.
    """
    return _open(payment, Payment.Way.FORM)


def settle_doubt(*, payment_id: UUID) -> Outcome:
    """The payer's browser lost Stripe's answer: asks Stripe, and closes what is not paid.

    After that an attempt still on its way to Stripe can succeed no more, so OPEN means that nothing was paid and that
    one may pay again. Raises GatewayUnavailable while nothing is known.
    """
    outcome = settle_payment(payment_id=payment_id)
    if outcome == Outcome.OPEN:
        ways.close(payment_id)
        outcome = settle_payment(payment_id=payment_id)
    return outcome


def _open(payment: Payment, way: Payment.Way) -> str:
    for _ in range(MOST_TURNS):
        if payment.status in Payment.UNFINISHED_STATUSES:
            known = _known_id(payment)
            if payment.way == way and known and (key := _key_in_use(payment, way, known)):
                return key
            if payment.way and payment.way != way:
                payment = ways.close(payment.pk)
        begun = _begin_round(payment, way)
        if begun and (opened := ways.open_round(*begun)):
            return opened.key
        # Another tab was quicker, between our look and our lock or while Stripe was asked.
        payment = Payment.objects.get(pk=payment.pk)
    raise GatewayUnavailable("Other tabs keep opening other ways to pay.")


def _key_in_use(payment: Payment, way: Payment.Way, known_id: str) -> str:
    """Of what was opened for this payment before; empty when it is not open, and our records are as Stripe's then."""
    opened = ways.find(way, known_id)
    if opened is None:
        # Paid in another tab, or closed by time: our records follow, and then decide.
        settle_payment(payment_id=payment.pk)
        return ""
    with transaction.atomic():
        story = _lock_payable(payment.pk)
        if _known_id(story.payment) != known_id:
            return ""
        look_soon(payment=story.payment, now=clock.now())
    return opened.key


def _known_id(payment: Payment) -> str | None:
    return payment.stripe_checkout_id or payment.stripe_form_id


@transaction.atomic
def extend_order(*, payment_id: UUID) -> None:
    """Keeps the places of an order that is not paid yet for the policy's extension."""
    for booking in locks.lock_story(payment_id).bookings:
        before = booking.lapses_at
        give_more_time(booking=booking, now=clock.now())
        if booking.lapses_at and booking.lapses_at != before:
            record_activity(
                user_id=booking.customer_id,
                kind="order_extended",
                summary=f"Asked for more time to pay {booking.reference}: until {clock.format_time(booking.lapses_at)}",
                subject_kind="booking",
                subject_key=str(booking.pk),
            )


def _lock_payable(payment_id: UUID) -> locks.LockedStory:
    """Part of the caller's transaction. Raises NotPayable."""
    story = locks.lock_story(payment_id)
    now = clock.now()
    is_kept = all(
        booking.status == Booking.Status.PENDING and (booking.lapses_at is None or booking.lapses_at > now)
        for booking in story.bookings
    )
    is_open = story.payment.status == Payment.Status.OPEN
    if not is_open or not is_kept or selectors.open_discrepancies(story.payment).exists():
        raise NotPayable
    return story


@transaction.atomic
def _begin_round(seen: Payment, way: Payment.Way) -> tuple[Round, locks.LockedStory] | None:
    """None when something else is open for this payment by now than what was looked at."""
    story = _lock_payable(seen.pk)
    now_open = (story.payment.checkout_round, _known_id(story.payment))
    if now_open != (seen.checkout_round, _known_id(seen)):
        return None
    return start_round(payment=story.payment, way=way, now=clock.now()), story
