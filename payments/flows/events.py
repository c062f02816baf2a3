"""Stripe's events, applied by the worker. What an event says is not believed: its subject is fetched anew."""

import logging
from collections.abc import Callable

from django.db import OperationalError, transaction

from config.kernel import clock
from config.kernel.actor import STRIPE, acting_as
from payments import locks, selectors, stripe_gateway
from payments.flows import dashboard_refunds
from payments.flows.settling import settle_intent
from payments.models import Discrepancy, StripeEvent
from payments.services.inbox import claim_event, fail_event, finish_event, postpone_event
from payments.services.recording import record_discrepancy
from payments.stripe_gateway import GatewayRefused, GatewayUnavailable, Intent

logger = logging.getLogger(__name__)

# What was fetched becomes true when this is called; it says whether the event was about anything of ours.
type Application = Callable[[], bool]


def apply_stripe_event(*, event_id: str) -> None:
    """Applies one due event, once. Trouble is written on the event: tried again later, or listed for staff.

    Must not be called inside a transaction: with it the count of attempts would roll back.
    """
    if not claim_event(event_id=event_id, now=clock.now()):
        return
    event = StripeEvent.objects.get(pk=event_id)
    with acting_as(STRIPE):
        try:
            application = _fetch(event)
            _apply(event_id, application)
        except (GatewayUnavailable, OperationalError) as error:
            # The database's trouble (a deadlock, a restart) passes as Stripe's does.
            with transaction.atomic():
                reason = str(error) if isinstance(error, GatewayUnavailable) else type(error).__name__
                postpone_event(event=locks.lock_event(event_id), error=reason, now=clock.now())
        except GatewayRefused as error:
            with transaction.atomic():
                fail_event(event=locks.lock_event(event_id), error=f"{error.code}: {error}", now=clock.now())
        except Exception as error:
            # Whatever it is, it must not be lost nor go round for ever: staff see it, with "try again".
            logger.exception("A Stripe event could not be applied.", extra={"event_id": event_id})
            with transaction.atomic():
                fail_event(event=locks.lock_event(event_id), error=type(error).__name__, now=clock.now())


def _fetch(event: StripeEvent) -> Application:
    """Asks Stripe for the event's subject, with nothing locked and no transaction open.

    Mostly the browser's return page has settled the payment already: then Stripe need not be asked.
    """
    if event.type.startswith("payment_intent."):
        if selectors.is_settled_by(event.object_id):
            return lambda: True
        intent = stripe_gateway.fetch_intent(event.object_id)
        return lambda: _apply_intent(intent)
    if event.type.startswith("checkout.session."):
        page = stripe_gateway.fetch_checkout(event.object_id)
        return lambda: page.intent is not None and _apply_intent(page.intent)
    if event.type.startswith("refund."):
        found = dashboard_refunds.fetch([stripe_gateway.fetch_refund(event.object_id)])
        return lambda: dashboard_refunds.take_in(found)
    if event.type == "charge.refunded":
        found = dashboard_refunds.fetch(stripe_gateway.refunds_of_charge(event.object_id))
        return lambda: dashboard_refunds.take_in(found)
    return lambda: False


@transaction.atomic
def _apply(event_id: str, application: Application) -> None:
    event = locks.lock_event(event_id)
    if event.state != StripeEvent.State.RECEIVED:
        return
    is_ours = application()
    state = StripeEvent.State.APPLIED if is_ours else StripeEvent.State.IGNORED
    finish_event(event=event, state=state, now=clock.now())


def _apply_intent(intent: Intent) -> bool:
    if selectors.is_settled_by(intent.id):
        return True
    payment_id = selectors.payment_id_for_intent(intent.id) or selectors.known_payment_id(intent.payment_id)
    if payment_id is not None:
        settle_intent(intent=intent, payment_id=payment_id)
        return True
    if intent.status == "succeeded":
        record_discrepancy(
            kind=Discrepancy.Kind.UNKNOWN_PAYMENT,
            stripe_object_id=intent.id,
            payment=None,
            found=f"{intent.amount_received} {intent.currency}, {intent.booking}",
        )
        return True
    return False
