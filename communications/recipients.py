"""Who gets which letter.

The booker gets the confirmation, which has everything in it. A person with an address of their own also gets joining
instructions; several people who share an address each get their own letter. Joining instructions for someone without
an address, or with the booker's, go to who booked, to be passed on. They hold no link: what helps somebody take part is
for them alone to say, and who booked would read it there. Nobody is written to about a place whose name is to follow.
That a place is cancelled stands in the booker's own letter.
"""

from dataclasses import dataclass

from bookings.models import Attendee, Booking
from communications.models import Message
from communications.wording import plain_name
from customers.email_keys import email_key
from customers.models import User

# Letters to one person of ours, whatever address is on record for them.
_TO_THE_PERSON = (Message.Kind.OFFICE_LETTER, Message.Kind.LOG_IN_CHANGED)


@dataclass(frozen=True)
class Recipient:
    name: str
    email: str


def booker(booking: Booking) -> Recipient | None:
    """Who booked, at the address typed for this booking, else the customer's own; None without any."""
    email = (booking.contact_email or booking.customer.email).strip()
    name = plain_name(booking.contact_name or booking.customer.full_name)
    return Recipient(name, email) if email_key(email) else None


def person(user: User) -> Recipient | None:
    """Somebody at the address on record; None without any."""
    return Recipient(plain_name(user.full_name), user.email) if email_key(user.email) else None


def own_letter(attendee: Attendee, *, booked_by: Recipient | None) -> Recipient | None:
    """The person who takes a place, if their letters go to themselves."""
    key = email_key(attendee.email)
    if key is None or attendee.is_booker or (booked_by and key == email_key(booked_by.email)):
        return None
    return Recipient(plain_name(attendee.full_name), attendee.email.strip())


def letters_of(attendee: Attendee, *, booked_by: Recipient | None) -> Recipient | None:
    """Who gets the letters of the person who takes a place: themselves, else who booked; None for nobody.

    Who booked and comes along needs none beside the confirmation.
    """
    own = own_letter(attendee, booked_by=booked_by)
    if own or attendee.is_booker or not plain_name(attendee.full_name):
        return own
    return booked_by


def is_passed_on(message: Message) -> bool:
    """Whether a letter about one place goes to who booked instead of the person. `message` has its booking."""
    if message.attendee is None or message.booking is None:
        return False
    booked_by = booker(message.booking)
    return booked_by is not None and letters_of(message.attendee, booked_by=booked_by) == booked_by


def address_now(message: Message) -> Recipient:
    """Where a letter goes today: the address may have been mended since. Without any, where it went before.

    A link to sign in goes to whoever asked for it, and to nobody else.
    """
    found = None
    if message.attendee and message.booking:
        found = letters_of(message.attendee, booked_by=booker(message.booking))
    elif message.booking:
        found = booker(message.booking)
    elif message.user and message.kind in _TO_THE_PERSON:
        found = person(message.user)
    return found or Recipient(message.to_name, message.to_email)
