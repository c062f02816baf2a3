"""News of a payment that is settled already: noted, and nothing asked or locked for it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.flows.events import apply_stripe_event
from payments.flows.paying import open_checkout
from payments.flows.settling import Outcome, settle_payment
from payments.models import Discrepancy, Payment, StripeEvent
from tests.factories.at_stripe import OpenStandIn, intent_id_of
from tests.factories.orders import an_unpaid_order
from tests.factories.stripe_events import make_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def settled(stripe_stand_in: OpenStandIn) -> Payment:
    """A payment whose buyer came back before Stripe told us."""
    payment = an_unpaid_order()
    stripe_stand_in.pay(open_checkout(payment=payment))
    assert settle_payment(payment_id=payment.pk) == Outcome.PAID
    payment.refresh_from_db()
    return payment


def applied(kind: str, about: str) -> tuple[str, list[str]]:
    """Where the event ended, and the statements that lock rows."""
    event = make_event(kind, about)
    with CaptureQueriesContext(connection) as queries:
        apply_stripe_event(event_id=event.pk)
    event.refresh_from_db()
    return event.state, [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]


def test_stripe_is_not_asked_about_an_intent_that_paid(settled: Payment, stripe_stand_in: OpenStandIn) -> None:
    stripe_stand_in.control("faults", method="GET", path="/v1/", kind="500", times=2)
    state, locking = applied("payment_intent.succeeded", str(settled.stripe_intent_id))
    stripe_stand_in.request("DELETE", "/_control/faults")
    assert state == StripeEvent.State.APPLIED
    assert len(locking) == 1
    assert "payments_stripeevent" in locking[0]


def test_its_page_is_asked_for_and_locks_no_booking(settled: Payment) -> None:
    state, locking = applied("checkout.session.completed", str(settled.stripe_checkout_id))
    assert state == StripeEvent.State.APPLIED
    assert len(locking) == 1
    assert "payments_stripeevent" in locking[0]


def test_another_intent_for_the_same_payment_is_looked_at(settled: Payment, stripe_stand_in: OpenStandIn) -> None:
    Payment.objects.update(stripe_intent_id="pi_of_another_page")
    intent = intent_id_of(stripe_stand_in, settled)
    assert applied("payment_intent.succeeded", intent)[0] == StripeEvent.State.APPLIED
    found = Discrepancy.objects.get()
    assert (found.kind, found.stripe_object_id) == (Discrepancy.Kind.PAID_TWICE, intent)
