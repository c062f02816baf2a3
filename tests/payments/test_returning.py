"""Money back while the booking stays: never above what is left, by what was shown, and the customer told."""

from decimal import Decimal

import pytest

from communications.models import Message
from customers.models import Activity
from payments.flows.returning import send_back, standing_of
from payments.models import Payment, PaymentAllocation, Refund
from payments.services.refunds import FiguresChanged, RefundTooLarge
from tests.factories import make_booking, make_payment, make_refund

pytestmark = pytest.mark.django_db

GOODWILL = Refund.Reason.GOODWILL


def press(payment: Payment, amount: str, figures: str | None = None, booking: object = None) -> Refund:
    allocation = payment.allocations.order_by("pk")[0]
    return send_back(
        payment_id=payment.pk,
        booking_id=booking or allocation.booking_id,  # type: ignore[arg-type]
        amount=Decimal(amount),
        reason=GOODWILL,
        figures=standing_of(payment).figures if figures is None else figures,
    )


def test_a_refund_is_asked_for_and_told() -> None:
    booking = make_booking()
    payment = make_payment(booking, stripe_intent_id="pi_1")
    refund = press(payment, "20.00")
    assert (refund.status, refund.booking, refund.reason) == ("requested", booking, "goodwill")
    letter = Message.objects.get()
    assert (letter.kind, letter.refund, letter.amount, letter.to_email) == (
        "refund_sent",
        refund,
        Decimal("20.00"),
        booking.contact_email,
    )
    line = Activity.objects.get()
    assert line.summary == f"£20.00 of booking {booking.reference} is going back. Why: Goodwill"
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_the_second_of_two_presses_finds_other_figures() -> None:
    payment = make_payment(make_booking(), stripe_intent_id="pi_1")
    figures = standing_of(payment).figures
    press(payment, "20.00", figures)
    with pytest.raises(FiguresChanged):
        press(payment, "20.00", figures)
    assert (Refund.objects.count(), Message.objects.count(), Activity.objects.count()) == (1, 1, 1)


def test_never_more_than_is_left_of_the_bookings_share() -> None:
    booking, other = make_booking(), make_booking()
    payment = make_payment(booking, stripe_intent_id="pi_1")
    Payment.objects.filter(pk=payment.pk).update(amount=Decimal(150))
    payment.refresh_from_db()
    PaymentAllocation.objects.create(payment=payment, booking=other, amount=Decimal(60))
    Refund.objects.create(payment=payment, booking=booking, amount=Decimal(50), status="pending", reason=GOODWILL)
    standing = standing_of(payment)
    assert (standing.left, standing.share_of(booking.pk), standing.share_of(other.pk)) == (100, 40, 60)
    for key, amount in ((booking.pk, "40.01"), (other.pk, "60.01"), (payment.pk, "0.01")):
        with pytest.raises(RefundTooLarge):
            press(payment, amount, booking=key)
    assert Refund.objects.count() == 1
    press(payment, "60.00", booking=other.pk)
    assert standing_of(payment).left == Decimal("40.00")


@pytest.mark.parametrize(
    "fields",
    [{"stripe_intent_id": None}, {"stripe_intent_id": "pi_1", "status": "cancelled"}],
    ids=["by hand", "unpaid"],
)
def test_what_stripe_never_had_can_not_go_back_through_it(fields: dict[str, str | None]) -> None:
    payment = make_payment(make_booking(), **fields)  # type: ignore[arg-type]
    assert standing_of(payment).left == 0
    with pytest.raises(RefundTooLarge):
        press(payment, "1.00")


def test_who_paid_without_a_booking_or_an_address() -> None:
    """Nobody is written to where there is no address; the refund goes all the same."""
    booking = make_booking(contact_email="")
    booking.customer.email = ""
    booking.customer.save()
    press(make_payment(booking, stripe_intent_id="pi_1"), "5.00")
    assert (Refund.objects.count(), Message.objects.count()) == (1, 0)


def test_a_refund_of_the_whole_leaves_nothing() -> None:
    payment = make_payment(make_booking(), stripe_intent_id="pi_1")
    make_refund(payment, amount=Decimal(90), status=Refund.Status.FAILED)
    press(payment, "90.00")
    assert standing_of(payment).left == 0
