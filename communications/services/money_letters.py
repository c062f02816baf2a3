"""Letters about money that goes back without a booking being cancelled at that moment."""

from communications import recipients
from communications.models import Message
from communications.services.outbox import queue_messages
from config.kernel import clock
from payments.models import Refund


def queue_refund_sent(*, refund: Refund) -> Message | None:
    """ "A refund is on its way", once a refund: to who booked, else to who paid. None when they have no address."""
    payer, booking = refund.payment.payer, refund.booking
    recipient = recipients.booker(booking) if booking else recipients.person(payer)
    if recipient is None:
        return None
    message = Message(
        dedupe_key=f"refund:{refund.pk}",
        kind=Message.Kind.REFUND_SENT,
        user_id=booking.customer_id if booking else payer.pk,
        booking=booking,
        refund=refund,
        amount=refund.amount,
        to_email=recipient.email,
        to_name=recipient.name,
        send_after=clock.now(),
    )
    return queue_messages([message])[0]
