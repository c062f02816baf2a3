"""Putting letters into the outbox: which ones, to whom, once. Sending them is the business of flows.delivering."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

import invoicing.locks as invoice_locks
from bookings.models import Attendee, Booking
from communications import locks, recipients
from communications.models import Message, MessageEvent
from communications.services.history import record_sent_again
from config.kernel import clock
from config.kernel.jobs import enqueue
from invoicing.models import BookingConfirmation, Invoice
from invoicing.selectors import papers_being_made

DELIVER_TASK = "communications.tasks.deliver_message"

# A confirmation waits this long for its papers (the invoice's PDF and its own); then it goes without, and an invoice
# follows. A printed confirmation does not: the booking's page has it.
PAPERS_WAIT = timedelta(seconds=5)
# The task comes a little later than the row allows, so that it doesn't find the message too early.
PAPERS_WAIT_TASK_SECONDS = 6


def queue_booking_messages(
    *, booking: Booking, invoice: Invoice | None, printed: BookingConfirmation | None = None
) -> list[Message]:
    """The confirmation to who booked and joining instructions to each person, or for them to who booked.

    Part of the caller's transaction. A second call finds the first one's messages and starts nothing. `invoice` and
    `printed` are the papers just ordered, for whose PDFs the confirmation waits a moment; None for none. Who gets what
    is said in communications.recipients.
    """
    now = clock.now()
    booked_by = recipients.booker(booking)
    messages = []
    if booked_by:
        kind = Message.Kind.BOOKING_CONFIRMATION
        confirmation = to_booker(booking, booked_by, kind, confirmation_key(booking))
        confirmation.send_after = now + PAPERS_WAIT if invoice or printed else now
        messages.append(confirmation)
    messages.extend(
        _about_place(attendee, recipient, booking)
        for attendee in booking.attendees.all()
        if (recipient := recipients.letters_of(attendee, booked_by=booked_by))
    )
    return queue_messages(messages)


def queue_confirmation(*, booking: Booking) -> Message | None:
    """The confirmation alone, once: for a booking that came without letters. None when who booked has no address."""
    booked_by = recipients.booker(booking)
    if booked_by is None:
        return None
    return queue_messages(
        [to_booker(booking, booked_by, Message.Kind.BOOKING_CONFIRMATION, confirmation_key(booking))]
    )[0]


def queue_invoice_follow_up(*, invoice: Invoice) -> Message | None:
    """The invoice in a letter of its own, once. None when who booked has no address."""
    booked_by = recipients.booker(invoice.booking)
    if booked_by is None:
        return None
    message = to_booker(invoice.booking, booked_by, Message.Kind.INVOICE, follow_up_key(invoice))
    message.invoice = invoice
    return queue_messages([message])[0]


def queue_no_place_refund(*, booking: Booking, amount: Decimal) -> Message | None:
    """The apology to who paid after the places had gone, once a booking. None when they have no address."""
    booked_by = recipients.booker(booking)
    if booked_by is None:
        return None
    message = to_booker(booking, booked_by, Message.Kind.NO_PLACE_REFUND, f"booking:{booking.pk}:no-place-refund")
    message.amount = amount
    return queue_messages([message])[0]


@transaction.atomic
def invoice_ready(*, invoice: Invoice) -> None:
    """Sends an invoice on its way as soon as its PDF is there: with the confirmation if that has not gone, else alone.

    Takes the invoice's lock, as claiming a confirmation does (services.delivery.claim): the two never both carry the
    invoice and never both leave it to the other. A second call changes nothing.
    """
    invoice_locks.lock_booking_invoices(invoice.booking_id)
    confirmation = Message.objects.filter(dedupe_key=f"booking:{invoice.booking_id}:confirmation").first()
    if confirmation is not None and confirmation.invoice_id == invoice.pk:
        return
    if confirmation is None or confirmation.state != Message.State.QUEUED:
        queue_invoice_follow_up(invoice=invoice)
        return
    _let_go(confirmation, invoice.booking_id)


@transaction.atomic
def papers_ready(*, booking_id: UUID) -> None:
    """Sends a waiting confirmation on its way when the last of its papers is there. A second call changes nothing.

    The caller holds the lock on the booking's invoices, as `invoice_ready` does: of two papers that get ready at once,
    one sees the other.
    """
    confirmation = Message.objects.filter(dedupe_key=f"booking:{booking_id}:confirmation").first()
    if confirmation is not None:
        _let_go(confirmation, booking_id)


@transaction.atomic
def resend(*, message: Message) -> Message:
    """The same letter again as a new message, rendered anew and to the address on record now.

    While an earlier copy still waits, that one is returned: pressing twice sends once.
    """
    original_key, _, _ = message.dedupe_key.partition(":resend:")
    # Two people pressing at once come one after the other.
    original = locks.lock_original(original_key)
    copies = list(Message.objects.filter(dedupe_key__startswith=f"{original_key}:resend:").order_by("created_at"))
    waiting = [copy for copy in (original, *copies) if copy.state in {Message.State.QUEUED, Message.State.SENDING}]
    if waiting:
        return waiting[-1]
    recipient = recipients.address_now(original)
    copy = Message(
        dedupe_key=f"{original_key}:resend:{len(copies) + 1}",
        kind=original.kind,
        user_id=original.user_id,
        booking_id=original.booking_id,
        attendee_id=original.attendee_id,
        sign_in_id=original.sign_in_id,
        amount=original.amount,
        refund_id=original.refund_id,
        typed_subject=original.typed_subject,
        typed_text=original.typed_text,
        log_in_change=original.log_in_change,
        done_by=original.done_by,
        done_at=original.done_at,
        to_email=recipient.email,
        to_name=recipient.name,
    )
    if original.kind == Message.Kind.INVOICE:
        copy.invoice_id = original.invoice_id
    elif original.kind == Message.Kind.BOOKING_CONFIRMATION and original.booking_id:
        copy.send_after = clock.now() + PAPERS_WAIT if papers_being_made(original.booking_id) else clock.now()
    record_sent_again(copy)
    return queue_messages([copy])[0]


@transaction.atomic
def send_again(*, message: Message) -> bool:
    """Puts a failed message back into the queue with all its attempts. False when it is not failed (any more).

    It never went, so it goes to the address on record now.
    """
    recipient = recipients.address_now(message)
    moved = Message.objects.filter(pk=message.pk, state=Message.State.FAILED).update(
        state=Message.State.QUEUED,
        attempts=0,
        send_after=clock.now(),
        claimed_at=None,
        to_email=recipient.email,
        to_name=recipient.name,
    )
    if moved:
        MessageEvent.objects.create(message_id=message.pk, kind="queued", detail="Asked for by the office")
        record_sent_again(message)
        enqueue(DELIVER_TASK, message.pk)
    return moved == 1


def _let_go(confirmation: Message, booking_id: UUID) -> None:
    """Ends the wait of a confirmation none of whose papers is still being made.

    After a failed attempt it keeps its back-off, and takes along what is there all the same.
    """
    if confirmation.attempts or papers_being_made(booking_id):
        return
    moved = Message.objects.filter(pk=confirmation.pk, state=Message.State.QUEUED).update(send_after=clock.now())
    if moved:
        enqueue(DELIVER_TASK, confirmation.pk)


def confirmation_key(booking: Booking) -> str:
    return f"booking:{booking.pk}:confirmation"


def follow_up_key(invoice: Invoice) -> str:
    return f"invoice:{invoice.pk}"


def to_booker(booking: Booking, recipient: recipients.Recipient, kind: Message.Kind, dedupe_key: str) -> Message:
    return Message(
        dedupe_key=dedupe_key,
        kind=kind,
        user_id=booking.customer_id,
        booking=booking,
        to_email=recipient.email,
        to_name=recipient.name,
        send_after=clock.now(),
    )


def _about_place(attendee: Attendee, recipient: recipients.Recipient, booking: Booking) -> Message:
    """Joining instructions; those that who booked passes on stand among that one's letters."""
    is_passed_on = recipient == recipients.booker(booking)
    return Message(
        dedupe_key=f"attendee:{attendee.pk}:joining",
        kind=Message.Kind.JOINING_INSTRUCTIONS,
        user_id=booking.customer_id if is_passed_on else attendee.user_id,
        booking=booking,
        attendee=attendee,
        to_email=recipient.email,
        to_name=recipient.name,
        send_after=clock.now(),
    )


def queue_messages(messages: Sequence[Message]) -> list[Message]:
    """Stores messages whose keys are new, starts their delivery after commit, and gives back old and new in order.

    The unique key decides, also between two transactions; the number of queries does not grow with the messages.
    """
    with transaction.atomic(savepoint=False):
        keys = [message.dedupe_key for message in messages]
        Message.objects.bulk_create(messages, ignore_conflicts=True)
        stored = {message.dedupe_key: message for message in Message.objects.filter(dedupe_key__in=keys)}
        new = [message for message in messages if stored[message.dedupe_key].pk == message.pk]
        MessageEvent.objects.bulk_create(MessageEvent(message=message, kind="queued") for message in new)
        for message in new:
            waits = message.send_after > clock.now()
            enqueue(DELIVER_TASK, message.pk, delay_seconds=PAPERS_WAIT_TASK_SECONDS if waits else 0)
    return [stored[key] for key in keys]
