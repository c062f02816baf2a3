"""Finding money by whatever somebody has in hand: a person, a booking reference, an invoice number or a Stripe id."""

from uuid import UUID

from django.db.models import Q

from bookings.models import Booking
from config.kernel.references import reference_key
from customers.selectors import people_matching
from invoicing.selectors import bookings_invoiced_under
from payments.models import Payment, PaymentAllocation, Refund
from payments.selectors import by_stripe_id, is_stripe_id

STRIPE_IDS = ("stripe_intent_id", "stripe_charge_id", "stripe_form_id", "stripe_checkout_id")
SEARCH_HELP = "Email address, name, telephone, company, booking reference, invoice number or Stripe id"


def payments_matching(text: str) -> Q:
    """The condition for the payments that `text` names. A number or id means exactly that; other words mean people."""
    if is_stripe_id(text):
        return by_stripe_id(text)
    named = Q(reference_key=reference_key(text)) | Q(pk__in=bookings_invoiced_under(text))
    bookings = Booking.objects.filter(named).order_by()
    allocated = PaymentAllocation.objects.filter(booking__in=list(bookings.values_list("pk", flat=True)))
    return Q(payer__in=people_matching(text)) | Q(pk__in=list(allocated.values_list("payment", flat=True)))


def payment_keys(text: str) -> list[UUID]:
    """The keys of the payments that `text` names, for searching rows that hang on payments."""
    return list(Payment.objects.filter(payments_matching(text)).order_by().values_list("pk", flat=True))


def stripe_ids_of(text: str) -> set[str]:
    """Every id at Stripe of the payments that `text` names, and `text` itself."""
    keys = payment_keys(text)
    ids = {value for row in Payment.objects.filter(pk__in=keys).values_list(*STRIPE_IDS) for value in row if value}
    refunds = Refund.objects.filter(payment__in=keys, stripe_refund_id__isnull=False)
    return ids | {str(value) for value in refunds.values_list("stripe_refund_id", flat=True)} | {text}
