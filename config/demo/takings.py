"""The money of past bookings, taken and given back in the stand-in on the day it happened.

Nothing is stored here and nothing is locked: the payment rows are filled in with what Stripe would have said.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.urls import reverse

from config.demo.history import Story
from config.demo.till import Till
from config.kernel.money import to_minor
from payments import stripe_gateway
from payments.models import Refund
from payments.services.opening import PAGE_MINUTES, booking_label

type Progress = Callable[[int, int], None]
type Deed = Callable[[], None]


def take(stories: list[Story], till: Till, on_progress: Progress) -> None:
    """Opens, pays and refunds, in the order in which it happened. Raises what the gateway raises."""
    deeds = sorted(_deeds(stories, till), key=lambda deed: deed[0])
    for number, (moment, do) in enumerate(deeds, start=1):
        till.hold_clock(moment)
        do()
        on_progress(number, len(deeds))
    till.let_clock_run()


def _deeds(stories: list[Story], till: Till) -> Iterator[tuple[datetime, Deed]]:
    for story in stories:
        yield story.booking.created_at, partial(_order, story, till)
        if story.refund is not None:
            yield story.refund.created_at, partial(_send_back, story, story.refund)


def _order(story: Story, till: Till) -> None:
    """The page is opened, and paid by who did pay."""
    booking, payment = story.booking, story.payment
    page = stripe_gateway.create_checkout(
        idempotency_key=f"checkout-{payment.pk}-1",
        payment_id=str(payment.pk),
        booking=booking_label([booking]),
        amount=to_minor(payment.amount, payment.currency),
        currency=payment.currency,
        description=f"{booking.session.course.name}, booking {booking_label([booking])}",
        email=booking.contact_email,
        success_url=settings.SITE_URL + reverse("payments:returned", args=[booking.reference]),
        cancel_url=settings.SITE_URL + reverse("payments:pay", args=[booking.reference]),
        expires_at=(booking.created_at + timedelta(minutes=PAGE_MINUTES)),
    )
    payment.stripe_checkout_id = page.id
    if not story.plan.was_paid:
        return
    till.hold_clock(story.plan.paid_at)
    till.pay(page.url, story.plan.booker)
    intent = stripe_gateway.fetch_checkout(page.id).intent
    if intent is None or intent.status != "succeeded":
        raise RuntimeError(f"The demo payment of {booking.reference} did not succeed.")
    payment.stripe_intent_id, payment.stripe_charge_id = intent.id, intent.charge_id
    payment.card_brand, payment.card_last4 = intent.card_brand, intent.card_last4


def _send_back(story: Story, refund: Refund) -> None:
    answer = stripe_gateway.create_refund(
        idempotency_key=f"refund-{refund.pk}-{refund.round}",
        refund_id=str(refund.pk),
        intent_id=story.payment.stripe_intent_id or "",
        amount=to_minor(refund.amount, refund.currency),
    )
    if answer.status != Refund.Status.SUCCEEDED:
        raise RuntimeError(f"The demo refund of {story.booking.reference} ended as {answer.status}.")
    refund.stripe_refund_id = answer.id
