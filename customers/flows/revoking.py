"""Closing an access link by hand, with a line on the timeline of who it belonged to."""

from uuid import UUID

from django.db import transaction

from bookings.models import Attendee, Booking
from customers.models import AccessLink, SignInRequest, User
from customers.services.access import revoke_link
from customers.services.timeline import record_activity

LINK_REVOKED = "link_revoked"


@transaction.atomic
def revoke(*, link: AccessLink) -> bool:
    """Closes one link for good. False when it was closed already."""
    if not revoke_link(link):
        return False
    user_id = _owner(link)
    if user_id:
        what = link.get_purpose_display()
        record_activity(user_id=user_id, kind=LINK_REVOKED, summary=f"Revoked a link: {what[0].lower()}{what[1:]}")
    return True


def _owner(link: AccessLink) -> UUID | None:
    """Who it was mailed to, or who booked for them; None where nobody knows (any more)."""
    match link.purpose:
        case AccessLink.Purpose.BOOKING:
            return Booking.objects.filter(pk=link.subject_key).values_list("customer_id", flat=True).first()
        case AccessLink.Purpose.ATTENDEE:
            place = Attendee.objects.select_related("booking").filter(pk=link.subject_key).first()
            return (place.user_id or place.booking.customer_id) if place else None
    request = SignInRequest.objects.filter(pk=link.subject_key).first()
    return User.objects.filter(email_key=request.email_key).values_list("pk", flat=True).first() if request else None
