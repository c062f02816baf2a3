"""Somebody's address on record becomes another one: who reads the old mailbox sees nothing of theirs any more."""

from django.db import transaction
from django.db.models import Q

from bookings import locks
from bookings.models import Booking
from bookings.services.addresses import follow_customer
from customers.email_keys import email_key
from customers.models import User
from customers.services.visits import end_visits


@transaction.atomic
def leave_address(*, user: User, before: str) -> int:
    """Ends what the address `before` opened, and lets the bookings whose letters went there follow; says how many.

    Part of the transaction in which the user was saved with the new one. The same address in another spelling changes
    nothing. Locks: Booking.
    """
    old = email_key(before)
    if old is None or old == user.email_key:
        return 0
    end_visits(user=user)
    went_there = Booking.objects.filter(Q(contact_email="") | Q(contact_email__iexact=before), customer=user)
    followed = 0
    for booking_id in list(went_there.order_by("pk").values_list("pk", flat=True)):
        booking = locks.lock_booking(booking_id)
        followed += follow_customer(booking=booking, before=before, email=user.email)
    return followed
