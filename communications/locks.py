"""The row locks of this app. Each evaluates at once and gives back the locked rows; look at those, then act.

FOR NO KEY UPDATE everywhere: nobody changes a primary key, and rows that refer to these may be inserted meanwhile.
Order (docs/decisions/0004): Invoice, then Message. Sending needs no lock: it moves rows by conditional updates.
"""

from collections.abc import Collection
from datetime import datetime

from bookings.models import Booking
from communications.models import Message


def lock_original(dedupe_key: str) -> Message:
    """The first message of its kind, whose row stands for all its copies."""
    return Message.objects.select_for_update(no_key=True).get(dedupe_key=dedupe_key)


def lock_queued_about(booking: Booking, kinds: Collection[Message.Kind]) -> list[Message]:
    """The letters of these kinds about a booking that wait to be sent; nobody takes them in hand meanwhile."""
    queued = Message.objects.filter(booking=booking, state=Message.State.QUEUED, kind__in=kinds)
    return list(queued.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def lock_stuck(before: datetime, *, limit: int) -> list[Message]:
    """Messages claimed before then and never finished, the longest in hand first; what others have locked is theirs."""
    stuck = Message.objects.stuck(before).order_by("claimed_at")
    return list(stuck.select_for_update(skip_locked=True, no_key=True)[:limit])
