"""Lines on a timeline about letters. To somebody who is no person of ours they stand with who booked for them."""

from communications.models import Message
from customers.services.timeline import record_activity

SENT_AGAIN = "message_sent_again"


def record_sent_again(message: Message) -> None:
    """The current actor, of the office or who booked, has this letter sent again."""
    user_id = message.user_id or (message.booking.customer_id if message.booking else None)
    if user_id:
        record_activity(
            user_id=user_id,
            kind=SENT_AGAIN,
            summary=f"Sent again: {message.get_kind_display()}",
            subject_kind="message",
            subject_key=str(message.pk),
        )
