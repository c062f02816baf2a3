"""Finding bookings by whatever somebody has in hand: a reference, a document's number, a Stripe id, a person."""

from uuid import UUID

from django.db.models import Q

from bookings.models import Attendee
from config.kernel.references import reference_key
from customers.selectors import people_matching
from invoicing.models import Invoice
from payments.models import PaymentAllocation, Refund

SEARCH_HELP = "Reference, email address, name, telephone, company, invoice number or Stripe id"
_STRIPE_PREFIXES = ("pi_", "cs_", "ch_", "re_", "pyr_")
_MOST = 200


def bookings_matching(text: str) -> Q:
    """The condition for the bookings that `text` names. A number or id means exactly that; other words mean people."""
    if text.startswith(_STRIPE_PREFIXES):
        return Q(pk__in=_of_stripe(text))
    by_name = Q(customer__in=people_matching(text)) | Q(pk__in=_of_attendees(text))
    invoiced = Invoice.objects.filter(number__iexact=text).values_list("booking", flat=True)
    return by_name | Q(reference_key=reference_key(text)) | Q(pk__in=list(invoiced))


def _of_stripe(text: str) -> list[UUID]:
    paid = PaymentAllocation.objects.filter(
        Q(payment__stripe_intent_id=text)
        | Q(payment__stripe_checkout_id=text)
        | Q(payment__stripe_charge_id=text)
        | Q(payment__in=Refund.objects.filter(stripe_refund_id=text).values("payment"))
    )
    return list(paid.values_list("booking", flat=True))


def _of_attendees(text: str) -> list[UUID]:
    condition = Q()
    for word in text.split():
        condition &= Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
    return list(Attendee.objects.filter(condition).order_by().values_list("booking", flat=True)[:_MOST])
