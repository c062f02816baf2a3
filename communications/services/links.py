"""The recipient's own secret address, made when the letter is sent and stored nowhere."""

from django.db import transaction

import bookings.locks as booking_locks
from bookings.selectors import links_end_at
from communications import recipients, selectors
from communications.models import Message
from customers.email_keys import email_key
from customers.models import AccessLink
from customers.services.access import ensure_access_link, link_token
from customers.services.signing_in import code_of, make_link

# Who has no place (any more) needs no page about it.
_WITHOUT_LINK = (Message.Kind.NO_PLACE_REFUND, Message.Kind.PLACE_CANCELLED)


@transaction.atomic
def ready_to_send(*, message: Message) -> tuple[Message, AccessLink | None]:
    """A message that is in hand, with everything its letter speaks of, and the link it carries.

    An address that was put right while the letter waited is where it goes. This and `bookings.services.addresses` take
    turns by the booking's lock, so no link that is open goes to an address that was left. Locks: Booking.
    """
    if message.booking_id:
        booking_locks.lock_booking(message.booking_id)
    whole = selectors.with_subject(message.pk)
    link = link_for(whole)
    if message.booking_id:
        recipient = recipients.address_now(whole)
        if email_key(recipient.email) != email_key(whole.to_email):
            whole.to_email, whole.to_name = recipient.email, recipient.name
            whole.save(update_fields=["to_email", "to_name"])
    return whole, link


def link_for(message: Message) -> AccessLink | None:
    """The link a letter carries: to one place for joining instructions, else to the booking; none in an apology.

    None either in a letter that somebody passes on: the page of a place is for who takes it alone.

    A letter for signing in gets a new one whenever it is sent: its half hour begins then.
    """
    if message.sign_in is not None:
        return make_link(request=message.sign_in)
    if message.booking is None or message.kind in _WITHOUT_LINK or recipients.is_passed_on(message):
        return None
    purpose, subject = AccessLink.Purpose.BOOKING, message.booking.pk
    if message.attendee is not None:
        purpose, subject = AccessLink.Purpose.ATTENDEE, message.attendee.pk
    expires_at = links_end_at(message.booking.session)
    return ensure_access_link(purpose=purpose, subject_key=str(subject), expires_at=expires_at)


def secrets_in(link: AccessLink | None) -> tuple[str, ...]:
    """What is masked in the copy that is kept of a letter with this link."""
    if link is None:
        return ()
    token = link_token(link)
    return (token, code_of(token)) if link.purpose == AccessLink.Purpose.SIGN_IN else (token,)
