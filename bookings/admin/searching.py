"""Finding bookings by whatever somebody has in hand: a reference, a document's number, a Stripe id, a person."""

from uuid import UUID

from django.db.models import Q

from bookings.models import Attendee
from config.kernel.references import reference_key
from config.kernel.searching import HoldsWords
from customers.selectors import people_matching
from invoicing.selectors import bookings_invoiced_under
from payments.selectors import bookings_paid_under, is_stripe_id

SEARCH_HELP = "Reference, email address, name, telephone, company, invoice number or Stripe id"
_MOST = 200


def bookings_matching(text: str) -> Q:
    """The condition for the bookings that `text` names. A number or id means exactly that; other words mean people."""
    if is_stripe_id(text):
        return Q(pk__in=bookings_paid_under(text))
    by_name = Q(customer__in=people_matching(text)) | Q(pk__in=_of_attendees(text))
    return by_name | Q(reference_key=reference_key(text)) | Q(pk__in=bookings_invoiced_under(text))


def _of_attendees(text: str) -> list[UUID]:
    held = HoldsWords("first_name", "last_name", "email", text=text)
    return list(Attendee.objects.filter(held).order_by().values_list("booking", flat=True)[:_MOST])
