"""Sending a letter: claimed in one short transaction, rendered and sent outside any, and its fate noted in another."""

import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from communications import selectors
from communications.models import Message
from communications.posting import post
from communications.rendering import Letter, render
from communications.retrying import Action, strategy_for
from communications.services import delivery
from communications.services.links import ready_to_send, secrets_in
from communications.services.outbox import DELIVER_TASK
from config.kernel import clock
from config.kernel.jobs import enqueue
from customers.services.access import link_url
from invoicing.models import Invoice
from invoicing.selectors import DocumentMissing
from invoicing.services.documents import make_again

logger = logging.getLogger(__name__)

# How many messages one sweep starts, and frees, at most: a backlog is worked off over several.
SWEEP_LIMIT = 200
# A message younger than this is on its way through the broker.
BROKER_TIME = timedelta(seconds=10)


def deliver(*, message_id: UUID) -> None:
    """Sends one due message, or notes why not and what happens next. Nothing to do is no error.

    Must not be called inside a transaction: the letter would be sent while locks are held, and again if it rolled back.
    """
    message = delivery.claim(message_id=message_id)
    if message is None:
        return
    try:
        letter, provider_message_id = _send(message)
    except Exception as error:  # noqa: BLE001 - whatever it is decides what happens to this message, and is noted on it
        _after_failure(message, error)
        return
    if not delivery.mark_sent(message=message, letter=letter, provider_message_id=provider_message_id):
        logger.warning("A message took longer than its claim.", extra={"message_id": str(message_id)})


def sweep() -> None:
    """Picks up what a dead worker or a stopped broker left lying, and what waited for its next attempt."""
    delivery.free_stuck(older_than=timedelta(seconds=settings.CLAIM_SECONDS), limit=SWEEP_LIMIT)
    for message_id in selectors.due_ids(clock.now() - BROKER_TIME, limit=SWEEP_LIMIT):
        enqueue(DELIVER_TASK, message_id)


def _send(message: Message) -> tuple[Letter, str]:
    """Renders and sends; gives back the copy to keep and the mailer's name for the message."""
    whole, link = ready_to_send(message=message)
    letter = render(whole, link_url=link_url(link) if link else "")
    return letter.without(secrets_in(link)), post(whole, letter)


def _after_failure(message: Message, error: Exception) -> None:
    if isinstance(error, DocumentMissing) and message.invoice_id:
        # The file is gone although the row says it is there: it is made anew while this message waits.
        make_again(Invoice, message.invoice_id)
    strategy = strategy_for(error)
    facts = {"message_id": str(message.pk), "kind": message.kind, "reason": strategy.reason}
    if strategy.action is Action.RETRY:
        delivery.put_back(message=message, reason=strategy.reason)
        if strategy.is_expected:
            logger.warning("A message could not be sent yet.", extra=facts)
        else:
            logger.error("A message could not be sent yet.", extra=facts, exc_info=error)
        return
    delivery.mark_failed(message=message, reason=strategy.reason)
    level = logging.ERROR if strategy.action is Action.MEND_SETTINGS else logging.WARNING
    logger.log(level, "A message could not be sent.", extra=facts)
