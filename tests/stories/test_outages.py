"""Redis stopped, Stripe slow, busy, broken or silent after the charge: nothing is lost and nobody is charged twice."""

import pytest

from bookings.models import Booking
from communications.models import Message
from payments.models import Payment, StripeEvent
from payments.services.inbox import LISTENED_FOR
from tests.factories import make_session
from tests.system.servers import until
from tests.system.site import RunningSite
from tests.system.visitor import book, order_places, pay_at_stripe

pytestmark = pytest.mark.django_db(transaction=True)

UNREACHABLE = "We can’t reach our payment service"


def all_sent() -> bool:
    return Message.objects.exists() and not Message.objects.exclude(state=Message.State.SENT).exists()


def charges(site: RunningSite) -> int:
    return len([charge for charge in site.stripe.state()["charges"] if charge["status"] == "succeeded"])


def everything_is_right(site: RunningSite) -> None:
    """One booking, one payment, one charge; and in the end every event applied and every message sent."""
    until(lambda: Booking.objects.get().status == Booking.Status.CONFIRMED)
    until(all_sent)
    until(lambda: not StripeEvent.objects.filter(state=StripeEvent.State.RECEIVED).exists())
    assert Payment.objects.get().status == Payment.Status.SUCCEEDED
    assert charges(site) == 1
    assert not StripeEvent.objects.filter(state=StripeEvent.State.FAILED).exists()
    assert Message.objects.filter(kind=Message.Kind.BOOKING_CONFIRMATION).count() == 1


def test_with_redis_stopped_bookings_go_on_and_the_letters_follow_when_it_is_back(site: RunningSite) -> None:
    session = make_session()
    site.start_worker()
    site.broker.stop()
    visitor = site.visitor()

    page = book(visitor, session.code)

    assert (page.status, Booking.objects.get().status) == (200, Booking.Status.CONFIRMED)
    until(lambda: StripeEvent.objects.filter(type="payment_intent.succeeded").exists())
    # What nobody listens for is put aside as it comes; the rest waits for a worker.
    assert StripeEvent.objects.filter(type__in=LISTENED_FOR).exclude(state=StripeEvent.State.RECEIVED).count() == 0
    assert visitor.get("/healthz/").status == 200
    assert visitor.get("/readyz/").status == 503
    assert site.mail.messages == []

    site.broker.start()
    everything_is_right(site)
    until(lambda: visitor.get("/readyz/").status == 200)


@pytest.mark.parametrize("kind", ["500", "429"])
def test_when_stripe_cannot_open_a_page_the_order_waits_and_the_next_press_works(site: RunningSite, kind: str) -> None:
    site.start_worker()
    visitor = site.visitor()
    payment_page = order_places(visitor, make_session().code)
    site.stripe.control("faults", method="POST", path="/v1/checkout/sessions", kind=kind, times=1)

    refused = visitor.post(payment_page)

    assert refused.status == 503
    assert UNREACHABLE in refused.text
    assert Booking.objects.get().status == Booking.Status.PENDING
    visitor.follow(pay_at_stripe(visitor, refused))
    everything_is_right(site)


def test_when_the_answer_to_opening_a_page_is_lost_the_next_press_gets_the_same_page(site: RunningSite) -> None:
    site.restart_web(STRIPE_TIMEOUT_SECONDS="2")
    site.start_worker()
    visitor = site.visitor()
    payment_page = order_places(visitor, make_session().code)
    site.stripe.control("faults", method="POST", path="/v1/checkout/sessions", kind="timeout_after", seconds=6, times=2)

    lost = visitor.post(payment_page)

    assert lost.status == 503
    site.restart_web(STRIPE_TIMEOUT_SECONDS="10")
    visitor.close()
    visitor.follow(pay_at_stripe(visitor, visitor.get(payment_page.path)))
    assert len(site.stripe.stripe.v1.checkout.sessions.list({"limit": 100}).data) == 1
    everything_is_right(site)


def test_when_nothing_is_heard_after_the_charge_the_webhook_tells_and_nobody_pays_twice(site: RunningSite) -> None:
    site.start_worker()
    visitor = site.visitor()
    payment_page = order_places(visitor, make_session().code)
    sent = visitor.post(payment_page)
    stripe = site.visitor(sent.location)
    hosted = stripe.get(sent.location)
    site.stripe.control("faults", method="POST", path="/c/pay/", kind="timeout_after", seconds=2, times=1)

    stripe.post(hosted, number="4242424242424242", expiry="12 / 34", cvc="123", name="Hannah Okafor")

    # The customer never came back; pressing "pay" again leads to the booking, not to a second payment.
    pressed = visitor.post(payment_page)
    assert (pressed.status, pressed.location) == (302, f"/bookings/{Booking.objects.get().reference}/")
    everything_is_right(site)


def test_when_stripe_does_not_answer_on_the_way_back_the_page_says_that_we_are_checking(site: RunningSite) -> None:
    site.start_worker()
    visitor = site.visitor()
    payment_page = order_places(visitor, make_session().code)
    sent = visitor.post(payment_page)
    stripe = site.visitor(sent.location)
    hosted = stripe.get(sent.location)
    site.stripe.control("webhooks", mode="hold")
    site.stripe.control("faults", method="GET", path="/v1/", kind="500", times=1)

    paid = stripe.post(hosted, number="4242424242424242", expiry="12 / 34", cvc="123", name="Hannah Okafor")
    checking = visitor.get(paid.location)

    assert checking.status == 200
    assert "pay again" in checking.text
    assert Booking.objects.get().status == Booking.Status.PENDING
    site.stripe.control("webhooks", mode="normal")
    site.stripe.control("flush")
    everything_is_right(site)
