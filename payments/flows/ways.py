"""What a payment can be paid with at Stripe: opened, found again, and closed before anything else is opened.

Stripe is asked with nothing locked and no transaction open; what was meant to happen is a committed round before, and
what happened is noted under the lock after.
"""

from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from config.kernel.money import to_minor
from payments import locks, stripe_gateway
from payments.flows.settling import settle_intent, settle_payment
from payments.locks import LockedStory
from payments.models import Payment
from payments.services.opening import Round, abandon_round, booking_label, record_opening, unanswered_round
from payments.stripe_gateway import GatewayRefused, GatewayUnavailable, Intent

# An intent in one of these can still be paid by whoever has its secret.
PAYABLE_INTENT = ("requires_payment_method", "requires_confirmation", "requires_action")


@dataclass(frozen=True)
class Opened:
    """Something at Stripe to pay with. `key` lets the payer in: a page's address, or the secret of a form."""

    stripe_id: str
    key: str = field(repr=False)


def find(way: Payment.Way, stripe_id: str) -> Opened | None:
    """What was opened in this way before, if Stripe says that it still is open."""
    if way == Payment.Way.PAGE:
        page = stripe_gateway.fetch_checkout(stripe_id)
        return Opened(page.id, page.url) if page.status == "open" and page.url else None
    intent = stripe_gateway.fetch_intent(stripe_id)
    return Opened(intent.id, intent.client_secret) if intent.status in PAYABLE_INTENT else None


def open_round(begun: Round, story: LockedStory) -> Opened | None:
    """Asks Stripe for what was begun and notes it; None when it is not wanted any more.

    `story` was locked when the round began; nothing is locked any more, and what is asked with does not change.
    """
    payment_id = story.payment.pk
    try:
        opened = _ask(begun, story)
    except (GatewayRefused, GatewayUnavailable) as error:
        if isinstance(error, GatewayRefused) or error.is_kept:
            # Stripe keeps a refusal under its key; the next press has to ask with another.
            with transaction.atomic():
                abandon_round(payment=locks.lock_payment(payment_id), number=begun.number)
        raise
    with transaction.atomic():
        payment = locks.lock_payment(payment_id)
        if payment.status != Payment.Status.OPEN:
            # Closed while Stripe was asked: nobody is given the key, so nobody can pay with it.
            return None
        is_noted = record_opening(payment=payment, number=begun.number, way=begun.way, stripe_id=opened.stripe_id)
    return opened if is_noted else None


def close(payment_id: UUID) -> Payment:
    """Closes what is open at Stripe for this payment, and brings our records to where Stripe is then.

    What was begun and not answered is asked for once more, so that nothing stays open that we do not know of. Gives
    back the payment as it was when that was closed. Raises GatewayUnavailable; then it may still be open.
    """
    _find_out(payment_id)
    payment = Payment.objects.get(pk=payment_id)
    try:
        intent = _close(payment)
    except GatewayRefused:
        # Not open any more: paid in this very moment, or closed by time.
        settle_payment(payment_id=payment_id)
    else:
        if intent:
            settle_intent(intent=intent, payment_id=payment_id)
    return payment


def _close(payment: Payment) -> Intent | None:
    if payment.stripe_checkout_id:
        return stripe_gateway.expire_checkout(payment.stripe_checkout_id).intent
    return stripe_gateway.cancel_intent(payment.stripe_form_id) if payment.stripe_form_id else None


def _find_out(payment_id: UUID) -> None:
    """Learns what became of a round without an answer, by asking again with its key."""
    with transaction.atomic():
        story = locks.lock_story(payment_id)
        begun = unanswered_round(story.payment)
    if begun and story.payment.status == Payment.Status.OPEN:
        try:
            open_round(begun, story)
        except GatewayRefused:
            # Stripe never had it, and would not make it now.
            return


def _ask(begun: Round, story: LockedStory) -> Opened:
    payment, booking, label = story.payment, story.bookings[0], booking_label(story.bookings)
    description = f"{booking.session.course.name}, booking {label}"
    if begun.way == Payment.Way.FORM or begun.expires_at is None:
        intent = stripe_gateway.create_intent(
            idempotency_key=begun.idempotency_key,
            payment_id=str(payment.pk),
            booking=label,
            amount=to_minor(payment.amount, payment.currency),
            currency=payment.currency,
            description=description,
        )
        return Opened(intent.id, intent.client_secret)
    page = stripe_gateway.create_checkout(
        idempotency_key=begun.idempotency_key,
        payment_id=str(payment.pk),
        booking=label,
        amount=to_minor(payment.amount, payment.currency),
        currency=payment.currency,
        description=description,
        email=booking.contact_email,
        success_url=settings.SITE_URL + reverse("payments:returned", args=[booking.reference]),
        cancel_url=settings.SITE_URL + reverse("payments:pay", args=[booking.reference]),
        expires_at=begun.expires_at,
    )
    return Opened(page.id, page.url)
