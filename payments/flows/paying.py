"""Sending a customer to Stripe to pay: one page a payment, however often they press."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from bookings.models import Booking
from bookings.services.lifecycle import give_more_time
from config.kernel import clock
from config.kernel.money import to_minor
from payments import locks, selectors, stripe_gateway
from payments.flows.settling import settle_payment
from payments.models import Payment
from payments.services.opening import Round, abandon_round, booking_label, record_page, start_round
from payments.stripe_gateway import CheckoutPage


class NotPayable(Exception):
    """There is nothing to pay here now: paid, lapsed, or with a question that staff are looking into."""


def open_checkout(*, payment: Payment) -> str:
    """The address of Stripe's page for this payment; an open page is used again.

    `payment` is what the caller read of it; the locked row decides, and what is out of date is read again. Raises
    NotPayable, and GatewayUnavailable or GatewayRefused from Stripe; the order keeps its places meanwhile.
    """
    while True:
        known = payment.stripe_checkout_id
        if known and payment.status in Payment.UNFINISHED_STATUSES:
            page = stripe_gateway.fetch_checkout(known)
            if page.status == "open" and page.url:
                with transaction.atomic():
                    _lock_payable(payment.pk)
                return page.url
            # Paid in another tab, or closed by time: our records follow, and then decide.
            settle_payment(payment_id=payment.pk)
        begun = _begin_round(payment.pk, known)
        if begun:
            return _open_page(*begun)
        # Another tab opened a page between our look and our lock: that one is used.
        payment = Payment.objects.get(pk=payment.pk)


def _open_page(story_round: Round, story: locks.LockedStory) -> str:
    """`story` was locked when the round began; nothing is locked any more, and what is asked with does not change."""
    payment_id = story.payment.pk
    try:
        page = _ask_for_page(story_round, story)
    except (stripe_gateway.GatewayRefused, stripe_gateway.GatewayUnavailable) as error:
        if isinstance(error, stripe_gateway.GatewayRefused) or error.is_kept:
            # Stripe keeps a refusal under its key; the next press has to ask with another.
            with transaction.atomic():
                abandon_round(payment=locks.lock_payment(payment_id))
        raise
    with transaction.atomic():
        payment = locks.lock_payment(payment_id)
        if payment.status != Payment.Status.OPEN:
            # Closed while the page was made: nobody is sent there, so nobody can pay on it.
            raise NotPayable
        record_page(payment=payment, checkout_id=page.id)
    return page.url


@transaction.atomic
def extend_order(*, payment_id: UUID) -> None:
    """Keeps the places of an order that is not paid yet for the policy's extension."""
    for booking in locks.lock_story(payment_id).bookings:
        give_more_time(booking=booking, now=clock.now())


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
def _begin_round(payment_id: UUID, known_page: str | None) -> tuple[Round, locks.LockedStory] | None:
    """None when the payment has another page by now than the one that was looked at."""
    story = _lock_payable(payment_id)
    if story.payment.stripe_checkout_id != known_page:
        return None
    return start_round(payment=story.payment, now=clock.now()), story


def _ask_for_page(story_round: Round, story: locks.LockedStory) -> CheckoutPage:
    payment, booking, label = story.payment, story.bookings[0], booking_label(story.bookings)
    return stripe_gateway.create_checkout(
        idempotency_key=story_round.idempotency_key,
        payment_id=str(payment.pk),
        booking=label,
        amount=to_minor(payment.amount, payment.currency),
        currency=payment.currency,
        description=f"{booking.session.course.name}, booking {label}",
        email=booking.contact_email,
        success_url=settings.SITE_URL + reverse("payments:returned", args=[booking.reference]),
        cancel_url=settings.SITE_URL + reverse("payments:pay", args=[booking.reference]),
        expires_at=story_round.expires_at,
    )
