"""News of refunds, once, twice and in reverse."""

from collections.abc import Callable

import pytest
from django.db import transaction

from payments import locks
from payments.models import Discrepancy, PaymentEvent, Refund, StripeEvent
from payments.services.refunds import request_refund
from tests.factories.at_stripe import OpenStandIn, send_now
from tests.factories.orders import a_paid_order, booking_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

type Tell = Callable[[list[tuple[str, str]]], None]


def a_sent_refund(stand_in: OpenStandIn, number: str) -> Refund:
    payment = a_paid_order(stand_in, number=number)
    with transaction.atomic():
        refund = request_refund(
            payment=locks.lock_payment(payment.pk),
            booking=booking_of(payment),
            amount=payment.amount,
            reason=Refund.Reason.CANCELLED,
        )
    send_now(refund)
    refund.refresh_from_db()
    return refund


def kinds() -> list[str]:
    return list(PaymentEvent.objects.filter(kind__startswith="refund").order_by("pk").values_list("kind", flat=True))


def test_created_and_updated(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    refund = a_sent_refund(stripe_stand_in, "4000000000007726")
    assert refund.status == "pending"
    stripe_stand_in.control("settle")
    told([("refund.created", str(refund.stripe_refund_id)), ("refund.updated", str(refund.stripe_refund_id))])
    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert kinds() == ["refund_requested", "refund_succeeded"]
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"applied"}


def test_failed_after_all(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    refund = a_sent_refund(stripe_stand_in, "4000000000005126")
    assert refund.status == "succeeded"
    stripe_stand_in.control("settle")
    told([(f"refund.{news}", str(refund.stripe_refund_id)) for news in ("created", "updated", "failed")])
    refund.refresh_from_db()
    assert (refund.status, refund.last_error) == ("failed", "expired_or_canceled_card")
    assert kinds() == ["refund_requested", "refund_succeeded", "refund_failed"]


def test_told_before_our_own_answer_was_written_down(stripe_stand_in: OpenStandIn, told: Tell) -> None:
    refund = a_sent_refund(stripe_stand_in, "4242424242424242")
    stripe_id = str(refund.stripe_refund_id)
    Refund.objects.update(status="requested", stripe_refund_id=None, finished_at=None)
    PaymentEvent.objects.filter(kind="refund_succeeded")._raw_delete("default")
    told([("refund.created", stripe_id)])
    send_now(refund)
    refund.refresh_from_db()
    assert (refund.status, refund.stripe_refund_id) == ("succeeded", stripe_id)
    assert kinds() == ["refund_requested", "refund_succeeded"]
    assert len(stripe_stand_in.state()["refunds"]) == 1


@pytest.mark.parametrize("metadata", [{}, {"refund_id": "no uuid"}, {"refund_id": "OURS"}])
def test_a_refund_of_money_that_is_not_ours_is_listed_for_staff(
    stripe_stand_in: OpenStandIn, told: Tell, metadata: dict[str, str]
) -> None:
    """On a payment that we know nothing of, even if it names a refund of ours."""
    refund = a_sent_refund(stripe_stand_in, "4242424242424242")
    other = stripe_stand_in.stripe.v1.payment_intents.create(
        {
            "amount": 100,
            "currency": "gbp",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    metadata = {name: value.replace("OURS", str(refund.pk)) for name, value in metadata.items()}
    made = stripe_stand_in.stripe.v1.refunds.create({"payment_intent": other.id, "metadata": metadata})
    before = Refund.objects.values().get()
    told([("refund.created", made.id), ("refund.updated", made.id)])
    assert Refund.objects.values().get() == before
    found = Discrepancy.objects.get()
    assert (found.kind, found.stripe_object_id, found.payment) == ("unknown_refund", made.id, None)
    assert found.found == f"100 GBP of {other.id}"
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"applied"}
