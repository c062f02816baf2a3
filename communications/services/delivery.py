"""What becomes of a message: claimed, sent, put back, failed, freed from a dead worker.

Every move is one conditional UPDATE that names the state it starts from, so of two workers one moves the row and the
other finds nothing to do. A worker that was taken for dead and comes back moves nothing: its claim is counted in
`attempts`. The moves are those of MESSAGE_TRANSITIONS.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

import invoicing.locks as invoice_locks
from communications import locks
from communications.models import Message, MessageEvent, MessageQuerySet
from communications.rendering import Letter
from communications.retrying import MAX_ATTEMPTS, back_off
from communications.services.outbox import follow_up_key
from config.kernel import clock
from invoicing.models import Invoice

WORKER_LOST = "The worker was lost each time it sent this message."


@transaction.atomic
def claim(*, message_id: UUID) -> Message | None:
    """Takes a due message in hand and decides which invoice it carries; None when there is nothing (more) to do."""
    now = clock.now()
    message = Message.objects.due(now).filter(pk=message_id).first()
    if message is None:
        return None
    message.invoice = _invoice_to_carry(message)
    claimed = (
        Message.objects.due(now)
        .filter(pk=message_id)
        .update(
            state=Message.State.SENDING,
            claimed_at=now,
            attempts=F("attempts") + 1,
            invoice=message.invoice,
        )
    )
    if not claimed:
        return None
    MessageEvent.objects.create(message=message, kind="claimed")
    message.refresh_from_db(fields=["state", "claimed_at", "attempts"])
    return message


@transaction.atomic
def mark_sent(*, message: Message, letter: Letter, provider_message_id: str) -> bool:
    """Notes that a claimed message went out, with the copy to keep (secrets masked by the caller)."""
    moved = _in_hand(message).update(
        state=Message.State.SENT,
        sent_at=clock.now(),
        subject=letter.subject[:200],
        body_text=letter.text,
        body_html=letter.html,
        provider_message_id=provider_message_id[:255],
        last_error="",
    )
    # It did go out, whoever has the row in hand now: the event says so in any case.
    MessageEvent.objects.create(message=message, kind="sent")
    return moved == 1


@transaction.atomic
def put_back(*, message: Message, reason: str) -> bool:
    """Back into the queue after a passing failure, with a growing wait; failed after the last attempt."""
    if message.attempts >= MAX_ATTEMPTS:
        return mark_failed(message=message, reason=f"{reason} Tried {message.attempts} times.")
    moved = _in_hand(message).update(
        state=Message.State.QUEUED, send_after=clock.now() + back_off(message.attempts), last_error=reason[:300]
    )
    return _note(message, moved, "put back", reason)


@transaction.atomic
def mark_failed(*, message: Message, reason: str) -> bool:
    """Gives a message up. Staff see it and can send it again once the cause is mended."""
    moved = _in_hand(message).update(state=Message.State.FAILED, last_error=reason[:300])
    return _note(message, moved, "failed", reason)


@transaction.atomic
def free_stuck(*, older_than: timedelta, limit: int) -> int:
    """Frees messages whose worker is gone, at most `limit`, the longest in hand first; says how many.

    Such a letter may have gone out already: it goes again, recognisable by its Message-ID, rather than never. One that
    took its worker with it at every attempt is given up.
    """
    messages = locks.lock_stuck(clock.now() - older_than, limit=limit)
    for message in messages:
        if message.attempts >= MAX_ATTEMPTS:
            mark_failed(message=message, reason=WORKER_LOST)
        else:
            moved = _in_hand(message).update(state=Message.State.QUEUED, send_after=clock.now())
            _note(message, moved, "freed", "The worker that had it in hand is gone.")
    return len(messages)


def _in_hand(message: Message) -> MessageQuerySet:
    """The row, if it is still in the hands of who claimed it as `message`."""
    return Message.objects.filter(pk=message.pk, state=Message.State.SENDING, attempts=message.attempts)


def _note(message: Message, moved: int, kind: str, detail: str) -> bool:
    if moved:
        MessageEvent.objects.create(message=message, kind=kind, detail=detail[:300])
    return moved == 1


def _invoice_to_carry(message: Message) -> Invoice | None:
    """The invoice this message takes along, decided under the invoice's lock (see outbox.invoice_ready).

    A confirmation takes it if the PDF is ready and no letter of its own was queued for it. Once decided it stays, also
    over several attempts.
    """
    if message.invoice_id or message.kind != Message.Kind.BOOKING_CONFIRMATION or message.booking_id is None:
        return message.invoice
    invoices = invoice_locks.lock_booking_invoices(message.booking_id)
    ready = [invoice for invoice in invoices if invoice.pdf_state == Invoice.PdfState.READY]
    if not ready:
        return None
    invoice = min(ready, key=lambda each: (each.issued_at, each.number))
    is_copy = ":resend:" in message.dedupe_key
    if not is_copy and Message.objects.filter(dedupe_key=follow_up_key(invoice)).exists():
        return None
    return invoice
