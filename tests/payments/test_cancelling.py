"""Cancelling a booking: places, money and letters in one stroke, and nothing at all when the figures are not right."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core.management import call_command
from django.db import transaction

from bookings.models import Attendee, Booking
from bookings.selectors import booking_with_session, places_left
from communications.models import Message
from communications.services.outbox import queue_booking_messages
from config.kernel import clock
from customers.models import Activity
from payments import locks
from payments.flows.cancelling import Effect, cancel, effect_of
from payments.flows.closing import close_payment
from payments.flows.paying import open_checkout
from payments.flows.settling import Outcome, settle_payment
from payments.models import Payment, PaymentAllocation, Refund
from payments.services.refunds import FiguresChanged, RefundTooLarge, request_refund
from tests.factories import make_booking, make_payment, make_refund, make_session
from tests.factories.at_stripe import OpenStandIn, open_at_stripe, send_now
from tests.factories.orders import a_paid_order, an_unpaid_order, booking_of, expire
from tests.factories.together import all_at_once

pytestmark = pytest.mark.django_db

ASKED = Booking.CancelReason.CUSTOMER
NOTHING = Decimal("0.00")


def seen(booking: Booking) -> Effect:
    return effect_of(booking_with_session(booking.pk))


def call_off(booking: Booking, refund: Decimal | None = None, figures: str | None = None) -> bool:
    effect = seen(booking)
    return cancel(
        booking_id=booking.pk,
        refund=effect.suggested if refund is None else refund,
        reason=ASKED,
        figures=effect.figures if figures is None else figures,
    )


def refunds() -> list[tuple[str, Decimal, str]]:
    return list(Refund.objects.order_by("amount").values_list("status", "amount", "reason"))


def paid(booking: Booking, amount: str, intent: str | None) -> Payment:
    return make_payment(booking, amount=Decimal(amount), stripe_intent_id=intent)


def test_a_paid_booking(stripe_stand_in: OpenStandIn, django_capture_on_commit_callbacks) -> None:
    session = make_session(capacity=3)
    payment = a_paid_order(stripe_stand_in, session, places=3)
    booking = booking_of(payment)
    assert places_left(session, clock.now()) == 0
    with django_capture_on_commit_callbacks() as started:
        assert call_off(booking) is True
    booking.refresh_from_db()
    assert (booking.status, booking.cancel_reason, booking.cancelled_at is None) == ("cancelled", "customer", False)
    assert places_left(session, clock.now()) == 3
    # The row is there before Stripe is asked for anything.
    assert refunds() == [("requested", Decimal("270.00"), "cancelled")]
    assert stripe_stand_in.state()["refunds"] == []
    tasks = [callback.args[0] for callback in started]
    assert sorted(set(tasks)) == [
        "communications.tasks.deliver_message",
        "customers.tasks.refresh_statistics",
        "payments.tasks.send_refund",
    ]
    letter = Message.objects.get(kind="booking_cancelled")
    assert (letter.amount, letter.booking) == (Decimal("270.00"), booking)
    # The confirmation had not gone yet, so it never goes.
    assert Message.objects.get(kind="booking_confirmation").state == Message.State.CANCELLED
    line = Activity.objects.get(kind="booking_cancelled")
    assert line.summary == f"Booking {booking.reference} is cancelled; £270.00 goes back. Why: The customer asked"
    send_now(Refund.objects.get())
    assert [refund["amount"] for refund in stripe_stand_in.state()["refunds"]] == [27000]
    call_command("recalculate_statistics")
    call_command("recalculate_statistics", "--check")


def test_a_second_press_does_nothing() -> None:
    booking = make_booking()
    paid(booking, "90.00", "pi_1")
    figures = seen(booking).figures
    assert call_off(booking, figures=figures) is True
    before = Message.objects.count()
    assert call_off(booking, figures=figures) is False
    assert (len(refunds()), Message.objects.count(), Activity.objects.count()) == (1, before, 1)


@pytest.mark.parametrize("happened", ["refunded", "paid", "expired"])
def test_what_changed_since_it_was_shown_stops_everything(happened: str) -> None:
    status = Booking.Status.PENDING if happened == "expired" else Booking.Status.CONFIRMED
    booking = make_booking(status=status)
    payment = paid(booking, "90.00", "pi_1") if happened != "expired" else None
    figures = seen(booking).figures
    if payment and happened == "refunded":
        make_refund(payment, amount=Decimal("1.00"), status=Refund.Status.REQUESTED)
    elif happened == "paid":
        paid(booking, "90.00", "pi_2")
    else:
        Booking.objects.update(status="expired", expired_at=clock.now())
    before = (Refund.objects.count(), Booking.objects.values().get())
    with pytest.raises(FiguresChanged):
        call_off(booking, refund=NOTHING, figures=figures)
    assert (Refund.objects.count(), Booking.objects.values().get()) == before
    assert (Message.objects.count(), Activity.objects.count()) == (0, 0)


def test_more_than_can_go_back_is_refused_whole() -> None:
    booking = make_booking()
    make_refund(paid(booking, "90.00", "pi_1"), amount=Decimal("30.00"), status=Refund.Status.PENDING)
    with pytest.raises(RefundTooLarge):
        call_off(booking, refund=Decimal("60.01"))
    booking.refresh_from_db()
    assert (booking.status, Refund.objects.count(), Message.objects.count()) == ("confirmed", 1, 0)


def test_the_sum_is_spread_over_what_was_paid_newest_first() -> None:
    booking = make_booking(people=[("A", "B", "")] * 3)
    old, new = paid(booking, "200.00", "pi_1"), paid(booking, "70.00", "pi_2")
    Payment.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=1))
    assert call_off(booking, refund=Decimal("135.00"))
    assert {refund.payment: refund.amount for refund in Refund.objects.all()} == {
        new: Decimal("70.00"),
        old: Decimal("65.00"),
    }


def test_only_what_was_paid_for_this_booking_and_through_stripe() -> None:
    booking, other = make_booking(), make_booking()
    shared = Payment.objects.create(
        payer=booking.customer, amount=Decimal(150), status="succeeded", paid_at=clock.now(), stripe_intent_id="pi_1"
    )
    for each, amount in ((booking, 60), (other, 90)):
        PaymentAllocation.objects.create(payment=shared, booking=each, amount=Decimal(amount))
    paid(booking, "30.00", None)
    effect = seen(booking)
    assert (effect.paid, effect.can_go_back, effect.by_hand, effect.suggested) == (90, 60, 30, 60)
    # Made in the Dashboard, it names no booking and takes from the payment as a whole.
    Refund.objects.create(payment=shared, amount=Decimal(100), status="succeeded", reason="dashboard")
    assert seen(booking).can_go_back == Decimal("50.00")
    assert call_off(booking, refund=Decimal("50.00"))
    assert Refund.objects.get(booking=booking).amount == Decimal("50.00")


def test_an_unpaid_order_is_closed_at_stripe_too(
    stripe_stand_in: OpenStandIn, django_capture_on_commit_callbacks
) -> None:
    payment = an_unpaid_order()
    open_checkout(payment=payment)
    assert len(open_at_stripe(stripe_stand_in)) == 1
    with django_capture_on_commit_callbacks() as started:
        assert call_off(booking_of(payment))
    assert ("payments.tasks.close_payment", [str(payment.pk)]) in [callback.args[:2] for callback in started]
    assert close_payment(payment_id=payment.pk) == Outcome.CANCELLED
    assert open_at_stripe(stripe_stand_in) == []
    assert [(letter.kind, letter.amount) for letter in Message.objects.all()] == [("booking_cancelled", NOTHING)]
    assert Refund.objects.count() == 0


def test_money_that_arrives_after_the_cancelling_goes_back_with_a_letter(stripe_stand_in: OpenStandIn) -> None:
    payment = an_unpaid_order()
    page = open_checkout(payment=payment)
    call_off(booking_of(payment))
    stripe_stand_in.pay(page)
    for _ in range(2):
        assert settle_payment(payment_id=payment.pk) == Outcome.REFUNDED
    assert booking_of(payment).status == Booking.Status.CANCELLED
    assert refunds() == [("requested", Decimal("90.00"), "no_place")]
    letter = Message.objects.get(kind="refund_sent")
    assert (letter.refund, letter.amount) == (Refund.objects.get(), Decimal("90.00"))
    assert Activity.objects.filter(summary="Paid after the booking was cancelled: £90.00 is going back").count() == 1
    assert not Message.objects.filter(kind="no_place_refund").exists()


def test_who_is_told() -> None:
    people = [("Hannah", "Okafor", ""), ("Tom", "Ackroyd", "tom@example.org"), ("Priya", "S", "priya@example.org")]
    booking = make_booking(people=people, total=NOTHING)
    queue_booking_messages(booking=booking, invoice=None)
    # Tom had his letter; Priya's has not gone, so she never hears of it, nor has Hannah's, to be passed on.
    Message.objects.filter(to_email="tom@example.org").update(state="sent")
    assert call_off(booking)
    assert sorted(Message.objects.values_list("kind", "to_email", "state")) == sorted(
        [
            ("booking_cancelled", booking.contact_email, "queued"),
            ("booking_confirmation", booking.contact_email, "cancelled"),
            ("joining_instructions", booking.contact_email, "cancelled"),
            ("joining_instructions", "priya@example.org", "cancelled"),
            ("joining_instructions", "tom@example.org", "sent"),
            ("place_cancelled", "tom@example.org", "queued"),
        ]
    )
    stopped = Message.objects.get(to_email="priya@example.org")
    assert [event.kind for event in stopped.events.all()] == ["queued", "cancelled"]


def test_nobody_without_an_address_is_written_to() -> None:
    booking = make_booking(contact_email="", people=[("Hannah", "Okafor", "")])
    booking.customer.email = ""
    booking.customer.save()
    assert call_off(booking)
    assert Message.objects.count() == 0


def test_an_expired_booking_has_nothing_to_cancel() -> None:
    payment = an_unpaid_order()
    booking = expire(payment)
    assert not seen(booking).is_cancellable
    with pytest.raises(FiguresChanged):
        call_off(booking)
    assert booking_of(payment).status == Booking.Status.EXPIRED


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("broker")
def test_cancelling_and_refunding_at_once_never_sends_more_than_was_paid() -> None:
    booking = make_booking()
    payment = paid(booking, "90.00", "pi_1")
    effect = seen(booking)

    def send_some() -> None:
        with transaction.atomic():
            request_refund(
                payment=locks.lock_payment(payment.pk),
                booking=booking,
                amount=Decimal(60),
                reason=Refund.Reason.GOODWILL,
            )

    press = partial(cancel, booking_id=booking.pk, refund=Decimal(90), reason=ASKED, figures=effect.figures)
    results = all_at_once([press, press, send_some, send_some])
    assert sum(amount for _, amount, _ in refunds()) <= 90
    booking.refresh_from_db()
    if booking.status == Booking.Status.CANCELLED:
        assert sorted(map(str, results[:2])) == ["False", "True"]
        assert refunds() == [("requested", Decimal("90.00"), "cancelled")]
    else:
        assert [type(result) for result in results[:2]] == [FiguresChanged, FiguresChanged]
        assert refunds() == [("requested", Decimal("60.00"), "goodwill")]
    assert Attendee.objects.count() == 1
