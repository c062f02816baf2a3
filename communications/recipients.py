"""Who gets which letter.

The booker gets the confirmation, which has everything in it. A person with an address of their own also gets joining
instructions; several people who share an address each get their own letter. Someone without an address, or with the
booker's, gets none: their letters would only repeat to the booker what the confirmation says, so that one asks for it
to be passed on.
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
    """The person who takes a place, if joining instructions go to them."""
    key = email_key(attendee.email)
    if key is None or attendee.is_booker or (booked_by and key == email_key(booked_by.email)):
        return None
    return Recipient(plain_name(attendee.full_name), attendee.email.strip())


def address_now(message: Message) -> Recipient:
    """Where a letter goes today: the address may have been mended since. Without any, where it went before.

    A link to sign in goes to whoever asked for it, and to nobody else.
    """
    found = None
    if message.attendee:
        found = own_letter(message.attendee, booked_by=None)
    elif message.booking:
        found = booker(message.booking)
    elif message.user and message.kind in _TO_THE_PERSON:
        found = person(message.user)
    return found or Recipient(message.to_name, message.to_email)
